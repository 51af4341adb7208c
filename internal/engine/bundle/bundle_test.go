package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/bundle"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func file(target, name string) *inventory.Source {
	return &inventory.Source{Target: target, File: target + name}
}

func chart(target, name string) *inventory.Source {
	return &inventory.Source{Target: target, File: target + name + "/templates/x.yaml", Bundle: target + name}
}

func live(context string) *inventory.Source {
	return &inventory.Source{Target: "cluster:" + context, Cluster: context}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		name    string
		sources []*inventory.Source
		want    []string // the numbers of the objects of each part
	}{
		{"nothing", nil, []string{""}},
		{"one file", []*inventory.Source{file("repo", "/a.yaml")}, []string{"0"}},
		{"manifests", []*inventory.Source{file("repo", "/a.yaml"), file("repo", "/b/c.yaml")}, []string{"01"}},
		{"two charts of a folder", []*inventory.Source{chart("repo", "/one"), chart("repo", "/two"), chart("repo", "/one")}, []string{"02", "1"}},
		{"a chart beside manifests", []*inventory.Source{file("repo", "/a.yaml"), chart("repo", "/one"), file("repo", "/b.yaml")}, []string{"02", "1"}},
		{"charts named one by one", []*inventory.Source{chart("one", ""), chart("two", ""), file("more.yaml", "")}, []string{"012"}},
		{"tests and examples", []*inventory.Source{file("repo", "/a.yaml"), file("repo", "/test/x/a.yaml"), file("repo", "/test/x/b.yaml"), file("repo", "/test/y/a.yaml")}, []string{"0", "12", "3"}},
		{"a folder of tests, named", []*inventory.Source{file("repo/test", "/a.yaml"), file("repo/test", "/b/c.yaml")}, []string{"01"}},
		{"a cluster", []*inventory.Source{live("prod"), live("prod")}, []string{"01"}},
		{"a cluster and what is to come", []*inventory.Source{live("prod"), file("repo", "/a.yaml")}, []string{"01"}},
		{"two clusters", []*inventory.Source{live("prod"), live("stage"), live("prod")}, []string{"02", "1"}},
		{"environments", []*inventory.Source{file("repo", "/dev/app/web.yaml#"), file("repo", "/dev/rbac/a.yaml"), file("repo", "/prod/app/web.yaml#"), file("repo", "/common.yaml")}, []string{"01", "2", "3"}},
		{"providers", []*inventory.Source{file("repo", "/deploy/aws.yaml#"), file("repo", "/deploy/gcp.yaml#"), file("repo", "/crd/a.yaml"), file("repo", "/crd/b.yaml")}, []string{"0", "1", "23"}},
		{"one file that says it twice", []*inventory.Source{file("repo", "/a.yaml#"), file("repo", "/a.yaml#"), file("repo", "/b.yaml")}, []string{"012"}},
		{"no source", []*inventory.Source{nil, file("repo", "/a.yaml")}, []string{"01"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var subjects []*inventory.Subject
			numbers := map[*inventory.Subject]string{}
			for i, source := range test.sources {
				root := document.Make(map[string]any{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": string(rune('0' + i))}})
				s := inventory.NewSubject(root, source, 1, "", nil)
				if source != nil && strings.HasSuffix(source.File, "#") { // the same workload
					root = document.Make(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "web"}, "spec": map[string]any{}})
					s = inventory.NewSubject(root, source, 1, "", nil)
				}
				numbers[s], subjects = string(rune('0'+i)), append(subjects, s)
			}
			var got []string
			for _, part := range bundle.Split(inventory.NewIndex(subjects)) {
				var names strings.Builder
				for _, s := range part.All() {
					names.WriteString(numbers[s])
				}
				got = append(got, names.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
}

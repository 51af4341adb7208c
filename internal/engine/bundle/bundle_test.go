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
		{"no source", []*inventory.Source{nil, file("repo", "/a.yaml")}, []string{"01"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var subjects []*inventory.Subject
			for i, source := range test.sources {
				root := document.Make(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": string(rune('0' + i))}})
				subjects = append(subjects, inventory.NewSubject(root, source, 1, "", nil))
			}
			var got []string
			for _, part := range bundle.Split(inventory.NewIndex(subjects)) {
				var names strings.Builder
				for _, s := range part.All() {
					names.WriteString(s.Name)
				}
				got = append(got, names.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
}

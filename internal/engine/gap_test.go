package engine

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// TestGapsAreUnknown judges two namespaces by a check that fails for what is absent, with gaps.
func TestGapsAreUnknown(t *testing.T) {
	source := &inventory.Source{Target: "cluster:", Cluster: "c"}
	subject := func(text string) *inventory.Subject {
		documents, _ := document.Read([]byte(text), document.DefaultLimits)
		return inventory.NewSubject(documents[0].Root, source, 0, "", nil)
	}
	controls := []*control.Control{
		{ID: "quota", Check: control.Check{Scope: "object:Namespace", Go: "namespace.ResourceQuota", Reads: []string{"ResourceQuota"}}},
		{ID: "whole", Check: control.Check{Scope: "object:KubernetesCluster", CEL: "false", Message: "'no'", Reads: []string{"ResourceQuota"}}},
		{ID: "pods", Check: control.Check{Scope: "containers.all", CEL: "false", Message: "'no'"}},
	}
	const noRight = "no right to list resourcequotas"
	tests := []struct {
		name string
		gaps []inventory.Gap
		want []string
	}{
		{"all seen", nil, []string{"fail quota Namespace a", "fail quota Namespace b", "fail whole KubernetesCluster c"}},
		{"nowhere", []inventory.Gap{{Kind: "ResourceQuota", Reason: noRight}}, []string{"unknown quota KubernetesCluster c", "unknown whole KubernetesCluster c"}},
		{"in one alone", []inventory.Gap{{Kind: "ResourceQuota", Except: []string{"a"}, Reason: noRight}},
			[]string{"fail quota Namespace a", "unknown quota KubernetesCluster c", "unknown whole KubernetesCluster c"}},
		{"not in one", []inventory.Gap{{Kind: "ResourceQuota", Namespaces: []string{"a"}, Reason: noRight}},
			[]string{"fail quota Namespace b", "unknown quota KubernetesCluster c", "unknown whole KubernetesCluster c"}},
		{"not asked for", []inventory.Gap{{Kind: "ResourceQuota", Except: []string{"a"}, Reason: "only a was asked for", Unasked: true}},
			[]string{"fail quota Namespace a", "notapplicable quota KubernetesCluster c", "notapplicable whole KubernetesCluster c"}},
		{"the provider's", []inventory.Gap{{Kind: "KubernetesCluster", Reason: "asked", Provider: true}, {Kind: "Job", Reason: "x"}},
			[]string{"fail quota Namespace a", "fail quota Namespace b", "notapplicable whole KubernetesCluster c", "unknown pods KubernetesCluster c", "fail whole KubernetesCluster c"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inv := &inventory.Inventory{Targets: []inventory.Target{{Name: "cluster:"}}, Subjects: []*inventory.Subject{
				subject("apiVersion: kubeproof.dev/v1\nkind: KubernetesCluster\nmetadata: {name: c}\n"),
				subject("kind: Namespace\nmetadata: {name: a}\n"), subject("kind: Namespace\nmetadata: {name: b}\n")}}
			for _, gap := range test.gaps {
				gap.Target = "cluster:"
				inv.Gaps = append(inv.Gaps, gap)
			}
			plan, err := New(controls, Options{KeepAll: true})
			if err != nil {
				t.Fatal(err)
			}
			result, err := plan.Judge(context.Background(), inv)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for _, f := range result.Findings {
				got[string(f.Outcome)+" "+f.Control+" "+f.Subject.Kind+" "+f.Subject.Name] = true
				if f.Outcome == assessment.Unknown && f.Message == "" {
					t.Errorf("%s is unknown and does not say why", f.Control)
				}
			}
			want := map[string]bool{}
			for _, w := range test.want {
				want[w] = true
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

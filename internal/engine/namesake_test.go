package engine

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func TestKindsOfOtherGroupsAreNotKubernetes(t *testing.T) {
	inv := &inventory.Inventory{Targets: []inventory.Target{{Name: "t"}}}
	for _, text := range []string{
		"apiVersion: v1\nkind: Node\nmetadata: {name: machine}\n",
		"apiVersion: projectcalico.org/v3\nkind: Node\nmetadata: {name: calico}\n",
		"apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: knative}\n",
		"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ingress}\n",
		"apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: old}\n",
	} {
		documents, _ := document.Read([]byte(text), document.DefaultLimits)
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(documents[0].Root, &inventory.Source{Target: "t"}, 0, "", nil))
	}
	plan, err := New([]*control.Control{{ID: "c", Check: control.Check{Scope: "object:Node,Service,Ingress", CEL: "false", Message: "'no'"}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := plan.Judge(context.Background(), inv)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, finding := range result.Findings {
		got = append(got, finding.Subject.Name)
	}
	if diff := cmp.Diff([]string{"machine", "ingress", "old"}, got); diff != "" {
		t.Errorf("judged (-want +got):\n%s", diff)
	}
}

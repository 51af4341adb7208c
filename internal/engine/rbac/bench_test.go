package rbac_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// manyBindings are 5,000 bindings in 500 namespaces, of 1,000 roles with five rules each, for
// users, groups and service accounts, some of which are bound in every namespace.
func manyBindings(b *testing.B) *inventory.Index {
	b.Helper()
	var all []*inventory.Subject
	source := &inventory.Source{Cluster: "prod"}
	add := func(o map[string]any) {
		all = append(all, inventory.NewSubject(document.Make(o), source, 0, "", nil))
	}
	g := generator{rand.New(rand.NewPCG(1, 2))}
	for i := range 1000 {
		var rules []any
		for range 5 {
			rules = append(rules, g.rule(false))
		}
		add(map[string]any{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": map[string]any{"name": fmt.Sprint("r", i)}, "rules": rules})
	}
	for i := range 5000 {
		namespace := fmt.Sprint("n", i%500)
		add(map[string]any{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
			"metadata": map[string]any{"name": fmt.Sprint("b", i), "namespace": namespace},
			"roleRef":  map[string]any{"kind": "ClusterRole", "name": fmt.Sprint("r", i%1000)},
			"subjects": []any{map[string]any{"kind": "User", "name": fmt.Sprint("u", i%200)}, map[string]any{"kind": "Group", "name": "ops"},
				map[string]any{"kind": "ServiceAccount", "name": "app", "namespace": namespace}}})
	}
	return inventory.NewIndex(all)
}

func BenchmarkBuild(b *testing.B) {
	index := manyBindings(b)
	for b.Loop() {
		rbac.Of(inventory.NewIndex(index.All()))
	}
}

func BenchmarkCan(b *testing.B) {
	model := rbac.Of(manyBindings(b))
	who := rbac.Subject{Kind: rbac.ServiceAccount, Namespace: "n7", Name: "app"}
	for i := 0; b.Loop(); i++ {
		model.Can(who, rbac.Request{Verb: "get", Resource: "secrets", Namespace: "n7"}, "ops")
	}
}

// BenchmarkWhoCan asks for eight verbs on one resource in every namespace.
func BenchmarkWhoCan(b *testing.B) {
	model := rbac.Of(manyBindings(b))
	for b.Loop() {
		for _, verb := range verbs[:8] {
			model.WhoCanAnywhere(rbac.Request{Verb: verb, Resource: "secrets"})
		}
	}
}

func BenchmarkWhoCanInOneNamespace(b *testing.B) {
	model := rbac.Of(manyBindings(b))
	for b.Loop() {
		for _, verb := range verbs[:8] {
			model.WhoCan(rbac.Request{Verb: verb, Resource: "secrets", Namespace: "n7"})
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	model, other := rbac.Of(manyBindings(b)), rbac.Of(manyBindings(b))
	for b.Loop() {
		rbac.Diff(model, other, true)
	}
}

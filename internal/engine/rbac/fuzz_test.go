package rbac_test

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// FuzzModel builds models of hostile objects: nothing panics, and who is among those who can can.
func FuzzModel(f *testing.F) {
	f.Add(object("ClusterRole", "name: a", reader)+binding("ClusterRoleBinding", "name: b", "a", "{kind: User, name: x}"), "get", "pods")
	f.Add(object("ClusterRole", "name: a", "rules: {verbs: get}")+object("RoleBinding", "name: b", "roleRef: a\nsubjects: {kind: User}"), "*", "*")
	f.Add(object("ClusterRole", "name: a", `rules: ["x", null, {verbs: get, resources: {a: b}, apiGroups: [null, 1]}]`)+
		object("ClusterRoleBinding", "name: b", "roleRef: {kind: ClusterRole, name: a}\nsubjects: [x, null, [], {kind: [User], name: {}}]"), "get", "x")
	f.Add(object("ClusterRole", "name: a, labels: {a: b}", "aggregationRule: {clusterRoleSelectors: [{}, null, {matchLabels: [a], matchExpressions: {}}]}")+
		object("ClusterRole", "name: view, labels: 1", "aggregationRule: [x]"), "get", "pods/exec")
	f.Add(binding("RoleBinding", "name: cluster-admin, namespace: {}", "cluster-admin", `{kind: User, name: "system:serviceaccount:a:"}, {kind: ServiceAccount}`), "get", "/x*")
	f.Fuzz(func(t *testing.T, text, verb, what string) {
		documents, _ := document.Read([]byte(text), document.DefaultLimits)
		for _, cluster := range []string{"", "prod"} {
			all := subjects(documents, &inventory.Source{File: "a.yaml", Cluster: cluster})
			index := inventory.NewIndex(all)
			model := rbac.Of(index)
			for _, s := range all {
				model.Origin(s)
			}
			rbac.Diff(model, model, true)
			asked, err := model.ParseAsked(index, what)
			if err != nil {
				continue
			}
			request := asked.Request(verb, "", "")
			for _, access := range model.WhoCan(request) {
				if _, _, can := model.Can(access.Holder.Subject, request); !can {
					t.Errorf("%s is among those who can %s, but cannot", access.Holder, request)
				}
			}
		}
	})
}

package rbac_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

func TestParseAsked(t *testing.T) {
	index := index(t, "", object("ClusterRole", "name: a", `rules: [{apiGroups: [acme.example], resources: [gadgets], verbs: [get]}, {apiGroups: [one.example, two.example], resources: [both], verbs: [get]}]`)[4:]+
		binding("ClusterRoleBinding", "name: a", "a", "{kind: User, name: alice}")+`
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, scope: Cluster, names: {plural: widgets, kind: Widget, shortNames: [wd]}}
`)
	model := rbac.Of(index)
	tests := []struct {
		text string
		want rbac.Asked
		err  string
	}{
		{"pods", rbac.Asked{Resource: "pods"}, ""},
		{"po", rbac.Asked{Resource: "pods"}, ""},
		{"Pod", rbac.Asked{Resource: "pods"}, ""},
		{"pods/exec", rbac.Asked{Resource: "pods", Sub: "exec"}, ""},
		{"deploy", rbac.Asked{Resource: "deployments", Group: "apps"}, ""},
		{"deployments.apps", rbac.Asked{Resource: "deployments", Group: "apps"}, ""},
		{"deployments.v1.apps", rbac.Asked{Resource: "deployments", Group: "apps"}, ""},
		{"deployments/scale.apps", rbac.Asked{Resource: "deployments", Group: "apps", Sub: "scale"}, ""},
		{"deployments.apps/scale", rbac.Asked{Resource: "deployments", Group: "apps", Sub: "scale"}, ""},
		{"deployments.extensions", rbac.Asked{Resource: "deployments", Group: "extensions"}, ""},
		{"events", rbac.Asked{Resource: "events"}, ""},
		{"events.events.k8s.io", rbac.Asked{Resource: "events", Group: "events.k8s.io"}, ""},
		{"nodes", rbac.Asked{Resource: "nodes", ClusterScoped: true}, ""},
		{"namespaces", rbac.Asked{Resource: "namespaces"}, ""},
		{"users", rbac.Asked{Resource: "users", ClusterScoped: true}, ""},
		{"wd", rbac.Asked{Resource: "widgets", Group: "example.com", ClusterScoped: true}, ""},
		{"gadgets", rbac.Asked{Resource: "gadgets", Group: "acme.example"}, ""},
		{"both", rbac.Asked{}, `resource "both" is unknown: write it with its group, as widgets.example.com`},
		{"both.one.example", rbac.Asked{Resource: "both", Group: "one.example"}, ""},
		{"*", rbac.Asked{Resource: "*", Group: "*"}, ""},
		{"*.apps", rbac.Asked{Resource: "*", Group: "apps"}, ""},
		{"*/log", rbac.Asked{Resource: "*", Group: "*", Sub: "log"}, ""},
		{"/metrics", rbac.Asked{Path: "/metrics"}, ""},
		{"nothing", rbac.Asked{}, `resource "nothing" is unknown: write it with its group, as widgets.example.com`},
		{"", rbac.Asked{}, `resource "" has no name: write it as pods, pods/exec or deployments.apps`},
		{".apps", rbac.Asked{}, `resource ".apps" has no name: write it as pods, pods/exec or deployments.apps`},
	}
	for _, test := range tests {
		got, err := model.ParseAsked(index, test.text)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
		if text := fmt.Sprint(err); err != nil && text != test.err || err == nil && test.err != "" {
			t.Errorf("%q: error %q, want %q", test.text, text, test.err)
		}
	}
}

func TestDiffLeavesOutStandardBindings(t *testing.T) {
	discovery := func(rule string) string {
		return object("ClusterRole", "name: system:basic-user", "rules: ["+rule+"]") +
			binding("ClusterRoleBinding", "name: system:basic-user", "system:basic-user", `{kind: Group, name: "system:authenticated"}`)
	}
	standard := `{apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews], verbs: [create]}`
	cluster := rbac.Of(index(t, "prod", discovery(standard)))
	widened := rbac.Of(index(t, "prod", discovery(standard+`, {apiGroups: [""], resources: [secrets], verbs: [get]}`)))
	files := rbac.Of(index(t, "", binding("ClusterRoleBinding", "name: a", "cluster-admin", "{kind: User, name: alice}")))
	const gained, lost = "[{User alice [* *.* * *] []}]", "[{Group system:authenticated [] [create selfsubjectaccessreviews.authorization.k8s.io]} {User alice [* *.* * *] []}]"
	if got := fmt.Sprint(rbac.Diff(cluster, files, false)); got != gained {
		t.Errorf("%s, want %s", got, gained)
	}
	if got := fmt.Sprint(rbac.Diff(cluster, files, true)); got != lost {
		t.Errorf("with all: %s, want %s", got, lost)
	}
	const drifted = "[{Group system:authenticated [get secrets] []}]"
	if got := fmt.Sprint(rbac.Diff(cluster, widened, false)); got != drifted {
		t.Errorf("%s, want %s", got, drifted)
	}
}

func TestDiff(t *testing.T) {
	rules := func(text string) *rbac.Model {
		return rbac.Of(index(t, "", object("ClusterRole", "name: a", "rules: ["+text+"]")+
			binding("RoleBinding", "name: a, namespace: shop", "a", "{kind: User, name: alice}")))
	}
	tests := []struct{ before, after, want string }{
		{`{apiGroups: [""], resources: [pods, secrets], verbs: [get]}`, `{apiGroups: [""], resources: [secrets], verbs: [get]}, {apiGroups: [""], resources: [pods], verbs: [get]}`, "[]"},
		{`{apiGroups: [""], resources: ["*"], verbs: [get]}`, `{apiGroups: [""], resources: [pods/log], verbs: [get]}`, "[{User alice [] [get *]}]"},
		{`{apiGroups: [""], resources: ["*/log"], verbs: [get]}`, `{apiGroups: [""], resources: [pods/log], verbs: [get]}`, "[{User alice [] [get */log]}]"},
		{`{apiGroups: [""], resources: [pods/log], verbs: [get]}`, `{apiGroups: ["*"], resources: ["*/log"], verbs: ["*"]}`, "[{User alice [* */log.*] []}]"},
		{`{apiGroups: [""], resources: [cm], resourceNames: [a, b], verbs: [get]}`, `{apiGroups: [""], resources: [cm], resourceNames: [b, c], verbs: [get]}`, "[{User alice [get cm c] [get cm a]}]"},
		{`{apiGroups: [""], resources: [cm], resourceNames: [a], verbs: [get]}`, `{apiGroups: [""], resources: [cm], verbs: [get]}`, "[{User alice [get cm] []}]"},
		{`{apiGroups: [""], resources: [nodes], verbs: [get]}`, `{nonResourceURLs: ["*"], verbs: ["*"]}`, "[]"}, // a RoleBinding gives neither
	}
	for _, test := range tests {
		if got := fmt.Sprint(rbac.Diff(rules(test.before), rules(test.after), false)); got != test.want {
			t.Errorf("from %s to %s: %s, want %s", test.before, test.after, got, test.want)
		}
	}
}

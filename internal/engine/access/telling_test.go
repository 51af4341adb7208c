package access

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// from gives the objects of a text to files, in turn.
func from(in assessment.Input, sources ...*inventory.Source) assessment.Input {
	for i, s := range in.Inventory.Subjects {
		s.Source = sources[i%len(sources)]
	}
	in.Index = inventory.NewIndex(in.Inventory.Subjects)
	return in
}

func TestOneFindingForAllBindings(t *testing.T) {
	const app, other = "{kind: ServiceAccount, name: app, namespace: shop}", "{kind: ServiceAccount, name: other, namespace: shop}"
	values := control.Values{"rights": []string{"get,list secrets"}}
	reads := func(name, verbs, kind, who string) string {
		return grantText(name, rule(verbs, `""`, "secrets"), kind, who)
	}
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"the same account", reads("a", "get", "ClusterRoleBinding", app) + reads("b", "list", "ClusterRoleBinding", app), []string{
			`fail a: ServiceAccount shop/app can get and list secrets in the whole cluster (ClusterRole "a" and ClusterRole "b")`,
			`notapplicable b: told at ClusterRoleBinding "a"`}},
		{"another account", reads("a", "get", "ClusterRoleBinding", app) + reads("b", "get", "ClusterRoleBinding", other), []string{
			`fail a: ServiceAccount shop/app can get secrets in the whole cluster (ClusterRole "a")`,
			`fail b: ServiceAccount shop/other can get secrets in the whole cluster (ClusterRole "b")`}},
		{"in a namespace, too", reads("a", "list", "ClusterRoleBinding", app) + reads("b", "get", "RoleBinding", app), []string{
			`fail a: ServiceAccount shop/app can list secrets in the whole cluster (ClusterRole "a")`,
			`notapplicable b: ServiceAccount shop/app can do the same in the whole cluster, which is told there`}},
		{"and others in the namespace", reads("a", "list", "ClusterRoleBinding", app) + reads("b", "get", "RoleBinding", app+", "+other), []string{
			`fail a: ServiceAccount shop/app can list secrets in the whole cluster (ClusterRole "a")`,
			`fail b: ServiceAccount shop/app and ServiceAccount shop/other can get secrets in namespace shop (ClusterRole "b")`}},
	} {
		in := inputOf(t, test.text, values)
		if diff := cmp.Diff(test.want, said(Holders(in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestInstallationsSayTheSameEach(t *testing.T) {
	const text = "{kind: ServiceAccount, name: app, namespace: shop}"
	install := grantText("a", rule("get", `""`, "secrets"), "ClusterRoleBinding", text)
	in := inputOf(t, install+install, control.Values{"rights": []string{"get secrets"}})
	one, ha := &inventory.Source{Target: "t", File: "t/install.yaml"}, &inventory.Source{Target: "t", File: "t/ha.yaml"}
	got := said(Holders(from(in, one, one, ha, ha)))
	const want = `fail a: ServiceAccount shop/app can get secrets in the whole cluster (ClusterRole "a")`
	if diff := cmp.Diff([]string{want, want}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRightsOfOtherChartsCompleteNothing(t *testing.T) {
	const who = "{kind: ServiceAccount, name: app, namespace: shop}"
	in := inputOf(t, grantText("a", rule("create", `""`, "secrets"), "ClusterRoleBinding", who)+grantText("b", rule("get", `""`, "secrets"), "ClusterRoleBinding", who),
		control.Values{"rights": []string{"create secrets with get secrets"}})
	if got := said(Holders(in)); len(got) != 1 || !strings.HasPrefix(got[0], "fail a: ") {
		t.Fatalf("one chart: %q, want one failure of a", got)
	}
	one, two := &inventory.Source{Target: "t", Bundle: "t/one"}, &inventory.Source{Target: "t", Bundle: "t/two"}
	if got := said(Holders(from(in, one, one, two, two))); got != nil {
		t.Errorf("two charts: %q, want none", got)
	}
}

func TestAnApplicationOwnsItsResources(t *testing.T) {
	const text = `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r, labels: {heritage: Helm, release: release, app: reloader}}, rules: [%]}`
	for _, test := range []struct{ group, want string }{
		{"reloader.example.com", ""},
		{"cluster.x-k8s.io", ""},
		{"batch", `fail r: application "reloader" asks for every verb on every resource of batch`},
		{"rbac.authorization.k8s.io", `fail r: application "reloader" asks for every verb on every resource of rbac.authorization.k8s.io`},
		{"*", `fail r: application "reloader" asks for every verb on every resource of every API group`},
	} {
		rules := `{verbs: ["*"], apiGroups: ["` + test.group + `"], resources: ["*"]}`
		got := strings.Join(said(Excess(inputOf(t, strings.ReplaceAll(text, "%", rules), nil))), "\n")
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.group, got, test.want)
		}
	}
}

package rbac_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// index reads YAML documents as those of one file, or of a cluster if it is named.
func index(t testing.TB, cluster string, text string) *inventory.Index {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatalf("line %d: %s", problems[0].Line, problems[0].Message)
	}
	return inventory.NewIndex(subjects(documents, &inventory.Source{File: "rbac.yaml", Cluster: cluster}))
}

func subjects(documents []document.Document, source *inventory.Source) []*inventory.Subject {
	var all []*inventory.Subject
	for _, d := range documents {
		all = append(all, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	return all
}

// object writes an RBAC object with a body.
func object(kind, name, body string) string {
	return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: " + kind + "\nmetadata: {" + name + "}\n" + body + "\n"
}

// binding writes a binding of a ClusterRole.
func binding(kind, name, role, subjects string) string {
	return object(kind, name, "roleRef: {kind: ClusterRole, name: "+role+"}\nsubjects: ["+subjects+"]")
}

const reader = `rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]`

func TestCan(t *testing.T) {
	model := rbac.Of(index(t, "", strings.Join([]string{
		object("ClusterRole", "name: reader", reader),
		object("ClusterRole", "name: names", `rules: [{apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get, list]}]`),
		object("ClusterRole", "name: subs", `rules: [{apiGroups: [""], resources: ["*/log", "pods/*"], verbs: [get]}]`),
		object("ClusterRole", "name: paths", `rules: [{nonResourceURLs: ["/metrics", "/debug/*"], verbs: [get]}]`),
		object("Role", "name: own, namespace: shop", reader),
		binding("ClusterRoleBinding", "name: a", "reader", "{kind: User, name: alice}"),
		binding("RoleBinding", "name: b, namespace: shop", "reader", "{kind: Group, name: ops}, {kind: ServiceAccount, name: ci}"),
		binding("ClusterRoleBinding", "name: c", "names", "{kind: User, name: alice}"),
		binding("ClusterRoleBinding", "name: d", "subs", "{kind: User, name: alice}"),
		binding("ClusterRoleBinding", "name: e", "paths", "{kind: User, name: alice}"),
		binding("RoleBinding", "name: f, namespace: shop", "paths", "{kind: User, name: bob}"),
		binding("ClusterRoleBinding", "name: g", "reader", `{kind: User, name: "system:serviceaccount:web:app"}`),
		object("ClusterRoleBinding", "name: h", "roleRef: {kind: Role, name: own}\nsubjects: [{kind: User, name: carl}]"),
		object("RoleBinding", "name: i, namespace: shop", "roleRef: {kind: Role, name: own, apiGroup: apps}\nsubjects: [{kind: User, name: carl}]"),
		binding("ClusterRoleBinding", "name: j", "reader", "{kind: ServiceAccount, name: nowhere}"),
	}, "")))
	alice, carl := rbac.Subject{Kind: rbac.User, Name: "alice"}, rbac.Subject{Kind: rbac.User, Name: "carl"}
	ci := rbac.Subject{Kind: rbac.ServiceAccount, Namespace: "shop", Name: "ci"}
	getPods := rbac.Request{Verb: "get", Resource: "pods"}
	in := func(r rbac.Request, namespace string) rbac.Request { r.Namespace = namespace; return r }
	tests := []struct {
		who     rbac.Subject
		groups  string
		request rbac.Request
		want    string // the binding; "-" for no
	}{
		{alice, "", getPods, "a"},
		{alice, "", in(getPods, "shop"), "a"},
		{alice, "", rbac.Request{Verb: "list", Resource: "pods"}, "-"},
		{alice, "", rbac.Request{Verb: "get", Group: "apps", Resource: "pods"}, "-"},
		{alice, "", rbac.Request{Verb: "get", Resource: "pods", Sub: "exec"}, "-"},
		{alice, "", rbac.Request{Verb: "get", Resource: "pods", Sub: "log"}, "d"},
		{alice, "", rbac.Request{Verb: "get", Resource: "pods", Sub: "*"}, "d"},
		{alice, "", rbac.Request{Verb: "get", Resource: "secrets", Name: "db"}, "c"},
		{alice, "", rbac.Request{Verb: "list", Resource: "secrets"}, "-"},
		{alice, "", rbac.Request{Verb: "get", Path: "/metrics"}, "e"},
		{alice, "", rbac.Request{Verb: "get", Path: "/debug/pprof"}, "e"},
		{alice, "", rbac.Request{Verb: "get", Path: "/debug"}, "-"},
		{rbac.Subject{Kind: rbac.User, Name: "bob"}, "", rbac.Request{Verb: "get", Path: "/metrics"}, "-"},
		{carl, "", in(getPods, "shop"), "-"},
		{carl, "ops", in(getPods, "shop"), "b"},
		{carl, "ops", in(getPods, "web"), "-"},
		{ci, "", in(getPods, "shop"), "b"},
		{ci, "", getPods, "-"},
		{rbac.Subject{Kind: rbac.User, Name: "system:serviceaccount:shop:ci"}, "", in(getPods, "shop"), "b"},
		{rbac.Subject{Kind: rbac.ServiceAccount, Namespace: "web", Name: "app"}, "", getPods, "g"},
		{rbac.Subject{Kind: rbac.ServiceAccount, Name: "nowhere"}, "", getPods, "-"},
		{carl, "system:masters", rbac.Request{Verb: "delete", Resource: "nodes"}, ""},
	}
	for _, test := range tests {
		got := "-"
		if grant, _, ok := model.Can(test.who, test.request, strings.Fields(test.groups)...); grant != nil {
			got = grant.Binding.Name
		} else if ok {
			got = ""
		}
		if got != test.want {
			t.Errorf("%s (%s): %s: allowed by %q, want %q", test.who, test.groups, test.request, got, test.want)
		}
	}
}

func TestAggregation(t *testing.T) {
	const files = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: all}}, {matchExpressions: [{key: also, operator: Exists}]}]}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: some, labels: {to: all}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: some}}, {matchLabels: {to: all}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: one, labels: {to: some}}
rules: [{apiGroups: [example.com], resources: [ones], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: two, labels: {also: "", rbac.authorization.k8s.io/aggregate-to-view: "true"}}
rules: [{apiGroups: [example.com], resources: [twos], verbs: [get]}]
`
	bindings := binding("ClusterRoleBinding", "name: a", "all", "{kind: User, name: all}") +
		binding("ClusterRoleBinding", "name: b", "some", "{kind: User, name: some}") +
		binding("ClusterRoleBinding", "name: c", "view", "{kind: User, name: view}") +
		binding("ClusterRoleBinding", "name: d", "admin", "{kind: User, name: admin}")
	who := func(cluster, resource string) []string {
		model := rbac.Of(index(t, cluster, files+bindings))
		var names []string
		for _, access := range model.WhoCan(rbac.Request{Verb: "get", Group: "example.com", Resource: resource}) {
			names = append(names, access.Holder.Name)
		}
		return names
	}
	tests := []struct {
		cluster, resource string
		want              []string
	}{
		{"", "ones", []string{"all", "some"}},
		{"", "twos", []string{"all", "view", "admin"}}, // view and admin are Kubernetes' own
		{"", "threes", nil},
		{"prod", "ones", []string{"all"}}, // a controller decides, not the selector
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, who(test.cluster, test.resource)); diff != "" {
			t.Errorf("in %q get %s (-want +got):\n%s", test.cluster, test.resource, diff)
		}
	}
}

// TestSources checks which role a binding finds where several have its name.
func TestSources(t *testing.T) {
	role := func(resource string) string {
		return object("ClusterRole", "name: a", `rules: [{apiGroups: [""], resources: [`+resource+`], verbs: [get]}]`)
	}
	bind := func(user string) string {
		return binding("ClusterRoleBinding", "name: b", "a", "{kind: User, name: "+user+"}")
	}
	type source struct{ cluster, file, text string }
	tests := []struct {
		name    string
		sources []source
		want    string // who may get what, in order
	}{
		{"two environments", []source{{"", "dev/a.yaml", role("devs") + bind("dan")}, {"", "prod/a.yaml", role("prods") + bind("pia")}}, "dan:devs pia:prods"},
		{"one folder", []source{{"", "dev/b.yaml", bind("dan")}, {"", "dev/a.yaml", role("devs")}, {"", "prod/a.yaml", role("prods")}}, "dan:devs"},
		{"elsewhere", []source{{"", "x/b.yaml", bind("dan")}, {"", "dev/a.yaml", role("devs")}, {"", "prod/a.yaml", role("prods")}}, "dan:prods"},
		{"one file twice", []source{{"", "a.yaml", role("olds") + bind("olga") + role("news") + bind("nora")}}, "nora:news"},
		{"file and cluster", []source{{"prod", "", role("lives")}, {"", "b.yaml", bind("dan")}}, "dan:lives"},
		{"cluster and file", []source{{"prod", "", bind("lena")}, {"", "a.yaml", role("files")}}, ""},
		{"two clusters", []source{{"one", "", role("ones") + bind("olga")}, {"two", "", role("twos") + bind("tina")}}, "olga:ones tina:twos"},
		{"another API's role", []source{{"", "a.yaml", strings.Replace(role("others"), "rbac.authorization.k8s.io", "iam.example.com", 1) + bind("dan")}}, ""},
	}
	for _, test := range tests {
		var all []*inventory.Subject
		for _, s := range test.sources {
			documents, _ := document.Read([]byte(s.text), document.DefaultLimits)
			all = append(all, subjects(documents, &inventory.Source{File: s.file, Cluster: s.cluster})...)
		}
		model := rbac.Of(inventory.NewIndex(all))
		var got []string
		for _, g := range model.Grants {
			if g.Role != nil {
				got = append(got, g.Subjects[0].Name+":"+g.Role.Rules[0].Resources[0])
			}
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%s: %q, want %q", test.name, text, test.want)
		}
	}
}

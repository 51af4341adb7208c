package access

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func inputOf(t testing.TB, text string, values control.Values, gaps ...inventory.Gap) assessment.Input {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	inv := &inventory.Inventory{Gaps: gaps}
	for _, d := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, &inventory.Source{}, d.EndLine, "", nil))
	}
	return assessment.Input{Inventory: inv, Index: inventory.NewIndex(inv.Subjects), Values: values}
}

func said(verdicts []assessment.Verdict) []string {
	var all []string
	for _, v := range verdicts {
		if v.Outcome == assessment.Pass {
			continue
		}
		text := string(v.Outcome) + " " + v.Subject.Name + ": " + v.Message
		if v.Outcome == assessment.Fail && v.Node == nil {
			text += " (at no place)"
		}
		all = append(all, text)
	}
	return all
}

const roleAndBinding = `
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: %[1]s}, rules: [%[2]s]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: %[3]s, metadata: {name: %[1]s, namespace: shop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %[1]s}, subjects: [%[4]s]}
---
`

const bob = "{kind: User, name: bob, apiGroup: rbac.authorization.k8s.io}"

func grantText(name, rules, kind, subjects string) string {
	return fmt.Sprintf(roleAndBinding, name, rules, kind, subjects)
}

func rule(verbs, group, resources string) string {
	return fmt.Sprintf("{verbs: [%s], apiGroups: [%s], resources: [%s]}", verbs, group, resources)
}

func TestHolders(t *testing.T) {
	const core = `""`
	for _, test := range []struct {
		name, text string
		values     control.Values
		want       []string
	}{
		{"a right that does not parse is told once", grantText("a", rule("get", core, "pods"), "RoleBinding", bob) + grantText("b", rule("get", core, "pods"), "RoleBinding", bob),
			control.Values{"rights": []string{"pods"}}, []string{`error a: read right "pods": write it as VERBS RESOURCES, as in "create pods/exec"`}},
		{"cluster-scoped resources in a RoleBinding are none", grantText("a", rule("get", core, "nodes, pods"), "RoleBinding", bob),
			control.Values{"rights": []string{"get nodes", "get /metrics"}}, nil},
		{"the second half in another namespace does not complete", grantText("a", rule("create", core, "secrets"), "RoleBinding", bob) + strings.ReplaceAll(grantText("b", rule("get", core, "secrets"), "RoleBinding", bob), "shop", "other"),
			control.Values{"rights": []string{"create secrets with get secrets"}}, nil},
		{"the second half by a group completes", grantText("a", rule("create", core, "secrets"), "RoleBinding", bob) +
			grantText("b", rule("get", core, "secrets"), "ClusterRoleBinding", "{kind: Group, name: 'system:authenticated', apiGroup: rbac.authorization.k8s.io}"),
			control.Values{"rights": []string{"create secrets with get secrets"}}, []string{`fail a: User bob can create and get secrets in namespace shop (ClusterRole "a")`}},
		{"three parts", grantText("a", rule("create", core, "xs")+", "+rule("get", core, "ys")+", "+rule("list", core, "zs"), "ClusterRoleBinding", bob),
			control.Values{"rights": []string{"create xs with get ys with list zs", "create xs with get ys with list nothing"}}, []string{`fail a: User bob can create xs; get ys; list zs in the whole cluster (ClusterRole "a")`}},
		{"the lesser part of more", grantText("a", rule("create", core, "xs"), "RoleBinding", bob) + grantText("b", rule("create", core, "xs")+", "+rule("get", core, "ys"), "RoleBinding", strings.ReplaceAll(bob, "bob", "eve")),
			control.Values{"rights": []string{"create xs unless get ys"}}, []string{`fail a: User bob can create xs in namespace shop (ClusterRole "a")`}},
		{"total control is judged elsewhere", grantText("a", rule(`"*"`, `"*"`, `"*"`)+", "+rule("get", core, "secrets"), "ClusterRoleBinding", bob),
			control.Values{"rights": []string{"get secrets"}}, []string{"notapplicable a: total control is judged by a control of its own"}},
		{"sweeping rules are judged elsewhere, but not their other verbs", grantText("a", rule("get, impersonate", `"*"`, `"*"`), "ClusterRoleBinding", bob),
			control.Values{"rights": []string{"get secrets", "impersonate users"}}, []string{`fail a: User bob can impersonate users in the whole cluster (ClusterRole "a")`}},
		{"the scope", grantText("a", rule("get", core, "pods"), "RoleBinding", bob) + grantText("b", rule("get", core, "pods"), "ClusterRoleBinding", strings.ReplaceAll(bob, "bob", "eve")),
			control.Values{"rights": []string{"get pods"}, "scope": "namespace"}, []string{`fail a: User bob can get pods in namespace shop (ClusterRole "a")`}},
		{"allowed subjects", grantText("a", rule("get", core, "pods"), "RoleBinding", bob+", {kind: ServiceAccount, name: x}"),
			control.Values{"rights": []string{"get pods"}, "allowed": []string{"User bob", "ServiceAccount shop/*"}}, nil},
		{"no subjects, no rules, no role", grantText("a", "", "RoleBinding", "") + "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: c}}",
			control.Values{"rights": []string{"get pods"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := said(Holders(inputOf(t, test.text, test.values)))
			if test.want == nil {
				for _, text := range got {
					if !strings.HasPrefix(text, "notapplicable ") {
						t.Errorf("unexpected: %s", text)
					}
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDanglingNeedsSight(t *testing.T) {
	const cluster = "{apiVersion: kubeproof.dev/v1, kind: KubernetesCluster, metadata: {name: prod}}\n---\n"
	binding := strings.SplitN(grantText("gone", "", "RoleBinding", "{kind: ServiceAccount, name: web}"), "---\n", 2)[1]
	for _, test := range []struct {
		name string
		gaps []inventory.Gap
		want []string
	}{
		{"all seen", nil, []string{
			`fail gone: ClusterRole "gone" does not exist: whoever may create it decides what the binding gives`,
			`fail gone: namespace "shop" of ServiceAccount "web" does not exist: whoever creates both gets the rights of ClusterRole "gone"`}},
		{"roles and namespaces not seen", []inventory.Gap{{Kind: "ClusterRole"}, {Kind: "Namespace"}}, []string{
			`unknown gone: the rules of ClusterRole "gone" were not seen: scan the files that hold it too`,
			`fail gone: ServiceAccount shop/web does not exist: whoever creates it gets the rights of ClusterRole "gone"`}},
		{"accounts of the namespace not seen", []inventory.Gap{{Kind: "ClusterRole"}, {Kind: "Namespace"}, {Kind: "ServiceAccount", Namespaces: []string{"shop"}}}, []string{
			`unknown gone: the rules of ClusterRole "gone" were not seen: scan the files that hold it too`}},
	} {
		if diff := cmp.Diff(test.want, said(Dangling(inputOf(t, cluster+binding, nil, test.gaps...)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestUnusedAccountsNeedSight(t *testing.T) {
	const text = "{apiVersion: kubeproof.dev/v1, kind: KubernetesCluster, metadata: {name: prod}}\n---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: shop}}\n"
	got := said(UnusedAccounts(inputOf(t, text, nil, inventory.Gap{Kind: "Job", Namespaces: []string{"shop"}})))
	if diff := cmp.Diff([]string{"unknown a: not all workloads of namespace shop could be read"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChecksBearHostileObjects(t *testing.T) {
	texts := []string{
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a}, roleRef: x, subjects: {a: b}}",
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: r}, subjects: [~, 7, {kind: ServiceAccount}, {kind: User}, {name: x}]}",
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r, labels: {helm.sh/chart: 7, rbac.authorization.k8s.io/aggregate-to-view: 'true'}}, rules: [~, 7, {verbs: '*'}, {verbs: ['*']}, {verbs: ['*'], apiGroups: ['*'], resources: ['*']}]}",
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: x}",
		"{apiVersion: kubeproof.dev/v1, kind: AuditLogUse, metadata: {name: l}, window: x, uses: [~, {user: 7}]}",
		"{apiVersion: kubeproof.dev/v1, kind: KubernetesCluster, metadata: {name: c}, version: {minor: x}}",
		"{apiVersion: v1, kind: ServiceAccount, metadata: {name: s}}", "{apiVersion: v1, kind: Namespace, metadata: {name: n, labels: x}}",
		"{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {serviceAccountName: [x]}}",
	}
	in := inputOf(t, strings.Join(texts, "\n---\n"), control.Values{"rights": []string{"* *.*", "get any.any"}, "roles": []string{"*"}, "subjects": []string{"*"}})
	for name, check := range Checks {
		subjects := []*inventory.Subject{nil}
		if name == "access.Wildcards" || name == "access.Aggregated" {
			subjects = append(in.Index.Kind("ClusterRole"), in.Index.Kind("Role")...)
		}
		for _, subject := range subjects {
			in.Subject = subject
			for _, verdict := range check(in) {
				if subject == nil && verdict.Subject == nil {
					t.Errorf("%s gave a verdict about nothing: %+v", name, verdict)
				}
			}
		}
	}
}

func BenchmarkHolders(b *testing.B) {
	var text strings.Builder
	for i := range 200 {
		text.WriteString(grantText(fmt.Sprintf("r%d", i), rule("get, list", `""`, "pods, secrets")+", "+rule("patch", "apps", "deployments"), "RoleBinding", bob))
	}
	in := inputOf(b, text.String(), control.Values{"rights": []string{"create pods/exec", "create,update,patch deployments.apps", "get secrets with create secrets"}})
	b.ReportAllocs()
	for b.Loop() {
		Holders(in)
	}
}

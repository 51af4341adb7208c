package escalation

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// verdicts writes what a check says, one line for each verdict.
func verdicts(check assessment.Check, index *inventory.Index, inv *inventory.Inventory) []string {
	all := []string{}
	for _, v := range check(assessment.Input{Inventory: inv, Index: index}) {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s/%s %s", v.Outcome, v.Subject.Kind, v.Subject.Name, v.Message)))
	}
	return all
}

const admin = `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, rules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: admins}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}, subjects: [{kind: ServiceAccount, name: strong, namespace: b}, {kind: User, name: root, apiGroup: rbac.authorization.k8s.io}]}`

func TestLiveClustersTellMoreThanFiles(t *testing.T) {
	// The namespace a, and the account in it, are only named by a binding.
	text := join(role("b", "create - pods"), open, strong, "{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: p}}")
	const way = "ServiceAccount a/a can become root on a node in 1 step: create pods in namespace b, run a privileged one in namespace b on any node"
	index, inv := inventoryOf(t, text, "")
	if diff := cmp.Diff([]string{"notapplicable RoleBinding/r only if a policy of Kyverno does not refuse the pod: " + way}, verdicts(ToNode, index, inv)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	index, inv = inventoryOf(t, text, "prod")
	if diff := cmp.Diff([]string{"pass RoleBinding/r"}, verdicts(ToNode, index, inv)); diff != "" {
		t.Errorf("a cluster without that account (-want +got):\n%s", diff)
	}
	index, inv = inventoryOf(t, join(text, "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: a}}"), "prod")
	if diff := cmp.Diff([]string{"unknown RoleBinding/r only if a policy of Kyverno does not refuse the pod: " + way}, verdicts(ToNode, index, inv)); diff != "" {
		t.Errorf("a cluster with it (-want +got):\n%s", diff)
	}
}

func TestOfANamespaceThatIsGoneNothingFollows(t *testing.T) {
	index, inv := inventoryOf(t, join(role("gone", "create - pods"), open, strong), "prod")
	g := Of(index, inv)
	for _, edge := range told(g) {
		if strings.HasPrefix(edge, "a new pod in namespace gone ") {
			t.Errorf("a namespace that does not exist has %q", edge)
		}
	}
}

func TestWhatWasNotReadPassesNothing(t *testing.T) {
	index, inv := inventoryOf(t, join(role("b", "get - pods"), release(36)), "prod")
	inv.Gaps = []inventory.Gap{{Target: "t", Kind: "Pod", Reason: "no right to list pods"}}
	if diff := cmp.Diff([]string{"unknown KubernetesCluster/c not every step could be seen: no right to list pods"}, verdicts(ToAdmin, index, inv)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

func TestOneFindingForManySubjects(t *testing.T) {
	var subjects []string
	for i := range 500 {
		subjects = append(subjects, fmt.Sprintf("{kind: ServiceAccount, name: s%d, namespace: b}", i))
	}
	text := strings.Replace(join(role("b", "create - pods"), admin, base), "{kind: ServiceAccount, name: a, namespace: a}", strings.Join(subjects, ", "), 1)
	index, inv := inventoryOf(t, text, "")
	want := []string{"fail RoleBinding/r ServiceAccount b/s0 can become cluster-admin in 2 steps: create pods in namespace b, run one as ServiceAccount b/strong" +
		" → hold every right in the cluster (and 499 more subjects by this binding)", "pass ClusterRoleBinding/admins"}
	if diff := cmp.Diff(want, verdicts(ToAdmin, index, inv)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

func TestWhoCanBecomeAdminIsToldOnce(t *testing.T) {
	index, inv := inventoryOf(t, join(role("b", "create - pods"), admin, open), "")
	for _, check := range []assessment.Check{ToNode, ToSecrets} {
		if diff := cmp.Diff([]string{"pass ClusterRoleBinding/admins", "pass RoleBinding/r"}, verdicts(check, index, inv)); diff != "" {
			t.Errorf("verdicts (-want +got):\n%s", diff)
		}
	}
}

func TestMessagesAreBounded(t *testing.T) {
	long := strings.Repeat("x", 250)
	text := strings.ReplaceAll(join(role("b", "create - pods"), admin, base), "strong", long)
	text = strings.ReplaceAll(text, "namespace: b", "namespace: "+long)
	index, inv := inventoryOf(t, text, "")
	for _, v := range ToAdmin(assessment.Input{Inventory: inv, Index: index}) {
		if n := utf8.RuneCountInString(v.Message); n > longestMessage+600 {
			t.Errorf("a message of %d characters", n)
		}
	}
	var p Path
	g := &Graph{Vertices: []Vertex{{Kind: Admin}}}
	for range 40 {
		p.Steps = append(p.Steps, Step{Edges: []int32{int32(len(g.Edges))}})
		g.Edges = append(g.Edges, Edge{Kind: readSecrets, Detail: "list secrets in every namespace"})
	}
	if text := g.TellPath(p, 200); utf8.RuneCountInString(text) > 200 || !strings.Contains(text, "more … → list secrets") {
		t.Errorf("a path of 40 steps is told as %q", text)
	}
}

func TestHostileInput(t *testing.T) {
	for _, text := range []string{
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: x}, subjects: text, roleRef: [1]}",
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: x}, rules: {a: b}}",
		"{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: {a: b}, volumes: 3, serviceAccountName: [x], hostPID: yes please}}",
		"{apiVersion: v1, kind: Namespace, metadata: text}",
		"{apiVersion: v1, kind: Service, metadata: {name: s}, spec: [LoadBalancer]}",
		"{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: s}, spec: {rules: [[[{service: text}]]]}}",
		role("", "* * *", "escalate,bind,impersonate,create,update,patch * * a,b,c"),
		"{apiVersion: v1, kind: ConfigMap}",
	} {
		index, inv := inventoryOf(t, text, "")
		for _, check := range Checks {
			check(assessment.Input{Inventory: inv, Index: index})
		}
	}
}

func TestPatchingAJobStartsNothing(t *testing.T) {
	for _, test := range []struct {
		rules string
		ways  int
	}{{"patch batch jobs", 0}, {"create batch jobs", 1}, {"patch batch cronjobs", 1}} {
		index, inv := inventoryOf(t, join(role("b", test.rules), open, strong), "")
		ways := 0
		for _, line := range verdicts(ToNode, index, inv) {
			if strings.HasPrefix(line, "fail ") {
				ways++
			}
		}
		if ways != test.ways {
			t.Errorf("%s: %d ways to root on a node, want %d", test.rules, ways, test.ways)
		}
	}
}

func TestWaysStayWithinABundle(t *testing.T) {
	index, inv := inventoryOf(t, join(role("b", "create - pods"), open, strong, admin), "")
	strongest := index.Find("ClusterRoleBinding", "", "admins")
	const way = "fail RoleBinding/r ServiceAccount a/a can become cluster-admin in 2 steps: create pods in namespace b, run one as ServiceAccount b/strong → hold every right in the cluster"
	if got := verdicts(ToAdmin, index, inv); len(got) == 0 || got[0] != way {
		t.Fatalf("one bundle: %q, want first %q", got, way)
	}
	strongest.Source = &inventory.Source{Target: "t", File: "charts/other/templates/rbac.yaml", Bundle: "charts/other"}
	for _, line := range verdicts(ToAdmin, inventory.NewIndex(inv.Subjects), inv) {
		if strings.HasPrefix(line, "fail") {
			t.Errorf("two charts: %s", line)
		}
	}
}

package ask

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func seen(t *testing.T, manifests string) *Seen {
	t.Helper()
	documents, problems := document.Read([]byte(manifests), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	inv := &inventory.Inventory{}
	for _, d := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, &inventory.Source{File: "x.yaml"}, d.EndLine, "", nil))
	}
	return Of(inv)
}

func workload(namespace, name, kind string) string {
	if kind == "Pod" {
		return fmt.Sprintf("---\n{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, labels: {app: %s}}, spec: {containers: [{name: c}]}}\n", name, namespace, name[:1])
	}
	return fmt.Sprintf("---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: %s, namespace: %s}, spec: {template: {metadata: {labels: {app: %s}}, spec: {containers: [{name: c}]}}}}\n", name, namespace, name[:1])
}

const allowA = `---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: %s}, spec: {podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: b}}}], ports: [{port: 80}]}]}}
`

// TestZones compares what is said of namespaces with what Decide says of every pair of workloads.
func TestZones(t *testing.T) {
	s := seen(t, workload("one", "a1", "Deployment")+workload("one", "a2", "Deployment")+workload("one", "b1", "Deployment")+
		workload("two", "a1", "Deployment")+workload("two", "c1", "Deployment")+workload("three", "a1", "Pod")+workload("three", "a2", "Pod")+workload("four", "d", "Pod")+
		fmt.Sprintf(allowA, "one")+fmt.Sprintf(allowA, "three"))
	names := append(s.WorkloadNamespaces(), Internet)
	zones, err := s.Zones(t.Context(), names, names)
	if err != nil {
		t.Fatal(err)
	}
	m := reach.Of(s.Index)
	places := func(name string) []reach.Place {
		if name == Internet {
			return []reach.Place{m.Internet()}
		}
		var all []reach.Place
		for _, e := range m.In(name) {
			all = append(all, reach.Place{Endpoint: e})
		}
		return all
	}
	for i, from := range names {
		for k, to := range names {
			want := Zone{From: from, To: to}
			for _, source := range places(from) {
				for _, target := range places(to) {
					if source == target || source.Endpoint == nil && target.Endpoint == nil {
						continue
					}
					want.Pairs++
					open, closed := m.Ask(source, target, 80, "TCP") == reach.Allowed, m.Ask(source, target, 81, "TCP") == reach.Denied
					switch {
					case open && !closed:
						want.Open++
					case open:
						want.Some++
					}
				}
			}
			if zones[i][k] != want {
				t.Errorf("%s to %s: %+v, want %+v", from, to, zones[i][k], want)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Zones(ctx, names, names); err == nil {
		t.Error("it goes on though nobody waits")
	}
}

// TestGroupWithItself: what a pod may do with itself says nothing of others that are treated alike.
func TestGroupWithItself(t *testing.T) {
	s := seen(t, workload("three", "a1", "Pod")+workload("three", "a2", "Pod")+fmt.Sprintf(allowA, "three"))
	matrix, err := s.Matrix(func(string) bool { return true }, MostGroups)
	if err != nil {
		t.Fatal(err)
	}
	if got := matrix.All[0][0]; matrix.Groups[0].Name != "three/{a1,a2}" || got.Answer != "denied" {
		t.Errorf("%s among itself: %s", matrix.Groups[0].Name, got.Answer)
	}
}

const role = `---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: %s}, rules: [%s]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: %s}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %s}, subjects: [{kind: %s, name: %s, apiGroup: rbac.authorization.k8s.io}]}
`

func bound(name, rule, kind, who string) string {
	return fmt.Sprintf(role, name, rule, name, name, kind, who)
}

// TestDangers: the list says of each subject what its ways say.
func TestDangers(t *testing.T) {
	s := seen(t, "{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}\n"+bound("all", `{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}`, "User", "root")+
		bound("bind", `{verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles]}, {verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings]}`, "User", "binder")+
		bound("secrets", `{verbs: [list], apiGroups: [""], resources: [secrets]}`, "Group", "watchers")+bound("read", `{verbs: [get], apiGroups: [""], resources: [pods]}`, "User", "reader"))
	paths := s.AllPaths()
	for _, one := range s.Subjects(false).Subjects {
		name := one.Kind + " " + one.Name
		for _, goal := range paths.Goals {
			direct, way := false, 0
			for _, text := range goal.Direct {
				direct = direct || text == name
			}
			for _, path := range goal.Paths {
				for _, text := range path.Subjects {
					if text == name {
						way = len(path.Steps)
					}
				}
			}
			found := Danger{}
			for _, d := range s.Dangers(one.Subject) {
				if d.Goal == goal.Goal {
					found = d
				}
			}
			if found.Direct != direct || !direct && found.Steps != way {
				t.Errorf("%s, %s: %+v, but its ways say direct %t, %d steps", name, goal.Goal, found, direct, way)
			}
		}
	}
	for who, want := range map[Subject]string{{Kind: rbac.User, Name: "root"}: "is cluster-admin", {Kind: rbac.User, Name: "binder"}: "can become cluster-admin in 1 step",
		{Kind: rbac.Group, Name: "watchers"}: "may read every Secret of the cluster", {Kind: rbac.User, Name: "reader"}: "", {Kind: rbac.Group, Name: "system:masters"}: "is cluster-admin"} {
		text := ""
		if all := s.Dangers(who); len(all) > 0 {
			text = all[len(all)-1].String()
			if all[0].Goal == string(escalation.ToClusterAdmin) {
				text = all[0].String()
			}
		}
		if !strings.HasPrefix(text, want) || want == "" && text != "" {
			t.Errorf("%s: %q, want %q", who.Name, text, want)
		}
	}
}

// TestRoles: who has a role, and that nobody has it.
func TestRoles(t *testing.T) {
	s := seen(t, bound("stars", `{verbs: [get], apiGroups: ["*"], resources: ["*"]}`, "User", "kim")+"---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: idle, namespace: shop}, rules: [{verbs: [get], apiGroups: [''], resources: [pods]}]}\n"+
		"---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: v, namespace: shop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, subjects: [{kind: User, name: kim, apiGroup: rbac.authorization.k8s.io}]}\n")
	var got []string
	for _, one := range s.Roles(true) {
		got = append(got, fmt.Sprintf("%s wild %t all %t bindings %d", one.Object, one.Wild, one.All, one.Bindings))
	}
	want := "ClusterRole stars wild true all false bindings 1, ClusterRole view wild false all false bindings 1, Role shop/idle wild false all false bindings 0"
	if strings.Join(got, ", ") != want {
		t.Errorf("roles: %s", strings.Join(got, ", "))
	}
	if own := s.Roles(false); len(own) != 2 {
		t.Errorf("%d roles without Kubernetes' own", len(own))
	}
	if found := s.Role("ClusterRole", "", "stars"); len(found) != 1 || len(found[0].Access) != 1 || found[0].Access[0].Subject.Name != "kim" {
		t.Errorf("who has it: %+v", found)
	}
}

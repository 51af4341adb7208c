package escalation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// largeCluster is an inventory of 500 namespaces, 2,000 Deployments with 10,000 pods on 200 nodes,
// 5,000 bindings to 300 roles.
func largeCluster() string {
	var text strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n---\n", args...) }
	add(`{apiVersion: kubeproof.dev/v1, kind: KubernetesCluster, metadata: {name: c}, version: {minor: 34}}`)
	for n := range 200 {
		add(`{apiVersion: v1, kind: Node, metadata: {name: n%d}}`, n)
	}
	for i := range 300 {
		rule := []string{`{verbs: [get, list], apiGroups: [""], resources: [pods, services, configmaps]}`,
			`{verbs: ["*"], apiGroups: ["", apps, batch], resources: ["*"]}`, `{verbs: [create, patch], apiGroups: [apps], resources: [deployments]}`,
			`{verbs: [get], apiGroups: [""], resources: [secrets], resourceNames: [a, b, c]}`, `{verbs: [create], apiGroups: [""], resources: [pods/exec]}`,
			`{verbs: [create, get], apiGroups: [""], resources: [secrets, serviceaccounts/token]}`}[i%6]
		add(`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r%d}, rules: [%s, {verbs: [get], apiGroups: [x.io], resources: [things]}]}`, i, rule)
	}
	for n := range 500 {
		level := []string{"privileged", "baseline", "restricted", "restricted"}[n%4]
		add(`{apiVersion: v1, kind: Namespace, metadata: {name: ns%d, labels: {pod-security.kubernetes.io/enforce: %s}}}`, n, level)
		for a := range 5 {
			add(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: sa%d, namespace: ns%d}}`, a, n)
		}
		for d := range 4 {
			add(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: d%d, namespace: ns%d}, spec: {template: {spec: {serviceAccountName: sa%d, containers: [{name: c, securityContext: {privileged: %t}}]}}}}`, d, n, d, n%50 == 0)
			for p := range 5 {
				add(`{apiVersion: v1, kind: Pod, metadata: {name: d%d-%d, namespace: ns%d, ownerReferences: [{kind: Deployment, name: d%d, controller: true}]}, spec: {nodeName: n%d, serviceAccountName: sa%d, containers: [{name: c, securityContext: {privileged: %t}}]}}`,
					d, p, n, d, (n*7+p*31)%200, d, n%50 == 0)
			}
		}
	}
	for i := range 5000 {
		switch {
		case i%100 == 0:
			add(`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b%d}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r%d}, subjects: [{kind: User, name: u%d, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: sa%d, namespace: ns%d}]}`, i, i*7%300, i%700, i%5, i%500)
		default:
			add(`{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b%d, namespace: ns%d}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r%d}, subjects: [{kind: User, name: u%d, apiGroup: rbac.authorization.k8s.io}, {kind: Group, name: g%d, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: sa%d, namespace: ns%d}]}`,
				i, i*3%500, i*11%300, i%700, i%90, i%5, i%500)
		}
	}
	add(`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: admins}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}, subjects: [{kind: ServiceAccount, name: sa1, namespace: ns4}, {kind: User, name: root, apiGroup: rbac.authorization.k8s.io}]}`)
	add(`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, rules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]}`)
	return text.String()
}

// BenchmarkEscalation makes the graph of a large cluster and finds the paths of all subjects to
// all goals, with the choke points: what the checks and the command do.
func BenchmarkEscalation(b *testing.B) {
	index, inv := inventoryOf(b, largeCluster(), "")
	rbac.Of(index)
	b.ResetTimer()
	b.ReportAllocs()
	for b.Loop() {
		g := build(index, inv)
		starts := append(g.Starts(), g.Workloads()...)
		paths, chokes := 0, 0
		for _, goal := range Goals {
			for _, certain := range []bool{true, false} {
				routes := g.Routes(goal, Choice{Certain: certain})
				for _, start := range starts {
					if len(routes.Path(start).Steps) > 0 {
						paths++
					}
				}
				if certain {
					chokes += len(routes.Chokes(starts))
				}
			}
		}
		b.ReportMetric(float64(len(g.Vertices)), "vertices")
		b.ReportMetric(float64(len(g.Edges)), "edges")
		b.ReportMetric(float64(paths), "paths")
		b.ReportMetric(float64(chokes), "chokes")
	}
}

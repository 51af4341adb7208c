package reach

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// large is a cluster of 500 namespaces with 2,000 workloads and 2,000 policies.
func large(namespaces int) string {
	var b strings.Builder
	for n := range namespaces {
		name := fmt.Sprintf("team-%03d", n)
		fmt.Fprintf(&b, "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {team: t%d, env: %s}}}\n---\n", name, n%50, []string{"prod", "test"}[n%2])
		for _, app := range []string{"web", "api", "db", "job"} {
			fmt.Fprintf(&b, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: %s, namespace: %s}, spec: {template: {metadata: {labels: {app: %s}}, spec: {containers: [{name: c, ports: [{name: main, containerPort: 8080}]}]}}}}\n---\n", app, name, app)
		}
		for policy, spec := range map[string]string{
			"deny":  "{podSelector: {}, policyTypes: [Ingress, Egress]}",
			"dns":   "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}, {to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}], ports: [{port: 53, protocol: UDP}]}]}",
			"front": fmt.Sprintf("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: t%d}}}], ports: [{port: main}]}]}", n%50),
			"db":    "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 5432}]}]}",
		} {
			fmt.Fprintf(&b, "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: %s, namespace: %s}, spec: %s}\n---\n", policy, name, spec)
		}
	}
	return b.String()
}

func BenchmarkModel(b *testing.B) {
	index := read(b, large(500))
	for b.Loop() {
		build(inventory.NewIndex(index.All()))
	}
}

func BenchmarkNamespaceFacts(b *testing.B) {
	index := read(b, large(500))
	for b.Loop() {
		m := build(inventory.NewIndex(index.All()))
		for _, name := range m.Namespaces() {
			m.Namespace(name)
		}
	}
}

// BenchmarkMatrix asks all 4,000,000 pairs of 2,000 workloads over all ports.
func BenchmarkMatrix(b *testing.B) {
	index := read(b, large(500))
	m := Of(index)
	for b.Loop() {
		x := m.Matrix()
		for _, from := range m.Endpoints {
			for _, to := range m.Endpoints {
				x.Cell(Place{Endpoint: from}, Place{Endpoint: to})
			}
		}
		b.ReportMetric(float64(x.Classes()), "classes")
		b.ReportMetric(float64(len(x.cells)), "cells")
	}
}

func BenchmarkAsk(b *testing.B) {
	m := Of(read(b, large(500)))
	i := 0
	for b.Loop() {
		from, to := m.Endpoints[i%len(m.Endpoints)], m.Endpoints[(i*7)%len(m.Endpoints)]
		m.Ask(Place{Endpoint: from}, Place{Endpoint: to}, 8080, "TCP")
		i++
	}
}

package reach

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// FuzzModel reads whatever stands in policies: nothing makes the model fall over, and what it
// generates can be read again.
func FuzzModel(f *testing.F) {
	for _, seed := range []string{
		shop, pods,
		"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: n1}, spec: {podSelector: [], policyTypes: {}, ingress: [1, null, {from: {}, ports: 7}, {ports: [{port: -1, endPort: x}]}]}}",
		"{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: p}, spec: {tier: 3, priority: x, subject: 1, ingress: [{action: [], from: [{pods: {}}], protocols: [{tcp: {destinationPort: {range: {start: 9}}}}]}]}}",
		"{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: p}, specs: [{endpointSelector: {matchLabels: {'reserved:x': y}}, ingress: [{fromEntities: [host]}], egressDeny: {}}]}",
		"{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec: {order: x, selector: '!(a in {\"b\"})', egress: [{action: Pass, protocol: 300, destination: {ports: ['9:1', [], {}]}}]}}",
		"{apiVersion: v1, kind: Pod, metadata: {name: 'a\\nb', labels: {? 'x: y' : '#'}}, spec: {containers: [{ports: [{containerPort: 99999}]}]}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		documents, _ := document.Read([]byte(text), document.DefaultLimits)
		var subjects []*inventory.Subject
		for _, d := range documents {
			subjects = append(subjects, inventory.NewSubject(d.Root, &inventory.Source{File: "a.yaml"}, d.EndLine, "", nil))
		}
		inventory.ResolveOwners(subjects)
		m := Of(inventory.NewIndex(subjects))
		if len(m.Endpoints) > 12 {
			return
		}
		x := m.Matrix()
		for _, from := range m.Endpoints {
			for _, to := range append([]Place{m.Internet()}, Place{Endpoint: from}) {
				x.Cell(Place{Endpoint: from}, to)
				m.Decide(to, Place{Endpoint: from}, 80, "TCP")
			}
		}
		names := m.Namespaces()
		for _, name := range names {
			m.Namespace(name)
		}
		g := m.Generate(names, m.Observe(names).Flows)
		after, err := m.With(g)
		if err != nil {
			t.Fatalf("%v\n%s", err, g.YAML)
		}
		if len(after.Problems) > len(m.Problems) {
			t.Fatalf("what was generated has problems: %v\n%s", after.Problems, g.YAML)
		}
	})
}

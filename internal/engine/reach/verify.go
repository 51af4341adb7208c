package reach

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Intended reports whether flows let a connection pass at both ends, as the generated policies of
// both namespaces do: an end that a flow names by its address is not let out by it.
func Intended(flows []Flow, from, to *Endpoint, port uint16, protocol string) bool {
	return intendedAt(egress, flows, from, to, port, protocol) && intendedAt(ingress, flows, from, to, port, protocol)
}

func intendedAt(d direction, flows []Flow, from, to *Endpoint, port uint16, protocol string) bool {
	if d == egress && to.Namespace == dnsNamespace && to.Labels["k8s-app"] == "kube-dns" && port == 53 && protocol != "SCTP" {
		return true
	}
	return slices.ContainsFunc(flows, func(f Flow) bool {
		switch {
		case f.Port != port || f.Protocol != protocol:
			return false
		case d == egress:
			return f.From.Endpoint == from && f.To.means(to)
		}
		return f.To.Endpoint == to && f.From.means(from)
	})
}

func (e FlowEnd) means(w *Endpoint) bool {
	return e.Endpoint == w || e.Endpoint == nil && w.inBlock(e.Block, nil) == yes
}

// With gives the model of the inventory with generated policies added.
func (m *Model) With(g Generated) (*Model, error) {
	documents, problems := document.Read([]byte(g.YAML), document.DefaultLimits)
	if len(problems) > 0 {
		return nil, fmt.Errorf("read generated policies: %s", problems[0].Message)
	}
	subjects := slices.Clone(m.index.All())
	source := &inventory.Source{File: "generated"}
	for _, d := range documents {
		subjects = append(subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	return Of(inventory.NewIndex(subjects)), nil
}

// mostDifferences is how many differences Verify tells.
const mostDifferences = 20

// Verify compares what the inventory with the generated policies allows with what flows intend, for
// every pair of workloads with an end in the namespaces, on all ports that any rule names. It gives
// what differs: policies that were there before may allow more.
func (m *Model) Verify(g Generated, namespaces []string, flows []Flow) ([]string, error) {
	after, err := m.With(g)
	if err != nil {
		return nil, err
	}
	var differences []string
	for _, from := range after.Endpoints {
		for _, to := range after.Endpoints {
			if from == to || from.HostNetwork || to.HostNetwork {
				continue
			}
			if slices.Contains(namespaces, from.Namespace) {
				differences = append(differences, after.differences(egress, from, to, m, flows)...)
			}
			if slices.Contains(namespaces, to.Namespace) {
				differences = append(differences, after.differences(ingress, from, to, m, flows)...)
			}
			if len(differences) > mostDifferences {
				return append(differences[:mostDifferences], "and more"), nil
			}
		}
	}
	return differences, nil
}

// differences compares one half of the connections of a pair.
func (m *Model) differences(d direction, from, to *Endpoint, before *Model, flows []Flow) []string {
	oldFrom, oldTo := before.same(from), before.same(to)
	a, b := Place{Endpoint: from}, Place{Endpoint: to}
	subject, other := b, a
	if d == egress {
		subject, other = a, b
	}
	var found []string
	for _, protocol := range protocols {
		for _, cut := range m.cuts(a, b) {
			port := uint16(cut)
			got := m.walk(d, subject, other, connection{port: port, protocol: protocol, to: b}, false).outcome.answer()
			want := Denied
			if intendedAt(d, flows, oldFrom, oldTo, port, protocol) {
				want = Allowed
			}
			if got != want {
				found = append(found, fmt.Sprintf("%s of %s to %s port %d/%s is %s, intended %s", d, from, to, port, protocol, got, want))
			}
		}
	}
	return found
}

// same finds the endpoint of another model of the same workload.
func (m *Model) same(e *Endpoint) *Endpoint {
	for _, own := range m.In(e.Namespace) {
		if sameWorkload(own, e) && (own.Pod == "" || own.Pod == e.Pod) {
			return own
		}
	}
	return e
}

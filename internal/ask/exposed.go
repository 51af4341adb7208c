package ask

import (
	"github.com/kubeproof/kubeproof/internal/engine/network"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Exposed are the ways from outside into the cluster.
type Exposed struct {
	Schema string `json:"schema"`
	Ways   []Way  `json:"ways"`
}

// Way is one way from outside.
type Way struct {
	By         Object   `json:"by"`
	Way        string   `json:"way"`
	At         []string `json:"at"`
	Internal   bool     `json:"internal"`
	Restricted []string `json:"restricted,omitempty"`
	Admin      string   `json:"admin,omitempty"`
	Workloads  []Object `json:"workloads"`
	// Isolated is yes, no or unknown; "" where no workload was seen behind.
	Isolated string `json:"isolated,omitempty"`
}

// Exposed lists every way from outside into the cluster by objects of the namespaces that are asked
// for, administrative interfaces first.
func (s *Seen) Exposed(asked func(namespace string) bool) Exposed {
	m := reach.Of(s.Index)
	a := Exposed{Schema: "kubeproof.dev/exposed/v1", Ways: []Way{}}
	for _, e := range inventory.Derived(s.Index, "ask.Exposures", network.Exposures) {
		if !asked(e.By.Namespace) {
			continue
		}
		way := Way{By: objectOf(e.By), Way: e.Way, At: append([]string{}, e.At...), Internal: e.Internal,
			Restricted: e.Restricted, Admin: e.Admin, Workloads: []Object{}, Isolated: isolation(m, e.Workloads)}
		for _, w := range e.Workloads {
			way.Workloads = append(way.Workloads, objectOf(w))
		}
		a.Ways = append(a.Ways, way)
	}
	return a
}

// isolation tells whether policies isolate all of the workloads for what comes in.
func isolation(m *reach.Model, workloads []*inventory.Subject) string {
	answer := ""
	for _, w := range workloads {
		for _, e := range m.In(w.Namespace) {
			if e.Subject != w {
				continue
			}
			truth := m.Isolated(e, "ingress")
			if e.HostNetwork {
				truth = reach.No // policies do not reach pods on the network of their node
			}
			if answer == "" || truth == reach.No || truth == reach.Unsure && answer == string(reach.Yes) {
				answer = string(truth)
			}
		}
	}
	return answer
}

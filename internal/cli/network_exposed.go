package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/engine/network"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// exposedKinds are the kinds without which ways into the cluster are missing.
var exposedKinds = []string{"Service", "Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "Pod", "Deployment", "StatefulSet", "DaemonSet"}

func newNetworkExposedCommand(streams *Streams) *cobra.Command {
	o := &networkAsking{}
	var format string
	command := &cobra.Command{
		Use: "exposed", Short: "List what can be reached from outside of the cluster", Args: none,
		Long: `List every way from outside into the cluster: load balancers, node ports, external addresses, Ingresses,
routes, ports that workloads open on their nodes. Administrative interfaces (dashboards, etcd, Argo CD,
Grafana and the like) come first and are named. Isolated tells whether a network policy stands around
the workload inside.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof network exposed\n  kubeproof network exposed -n shop --in deploy/ -o json",
		RunE: func(command *cobra.Command, _ []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			o.takeNamespaces()
			inv, err := o.inventory(command.Context(), streams, exposedKinds...)
			if err != nil {
				return err
			}
			answer := o.exposed(inv)
			if err := give(streams, format, answer); err != nil {
				return err
			}
			return partial(inv, exposedKinds...)
		},
	}
	o.register(command)
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// exposedAnswer is the answer of network exposed.
type exposedAnswer struct {
	Schema string       `json:"schema"`
	Ways   []exposedWay `json:"ways"`
}

// exposedWay is one way from outside.
type exposedWay struct {
	By         rbacObject   `json:"by"`
	Way        string       `json:"way"`
	At         []string     `json:"at"`
	Internal   bool         `json:"internal"`
	Restricted []string     `json:"restricted,omitempty"`
	Admin      string       `json:"admin,omitempty"`
	Workloads  []rbacObject `json:"workloads"`
	// Isolated is yes, no or unknown; "" where no workload was seen behind.
	Isolated string `json:"isolated,omitempty"`
}

func (o *networkAsking) exposed(inv *inventory.Inventory) exposedAnswer {
	index := inventory.NewIndex(inv.Subjects)
	m := reach.Of(index)
	a := exposedAnswer{Schema: "kubeproof.dev/exposed/v1", Ways: []exposedWay{}}
	for _, e := range network.Exposures(index) {
		if !o.asked(e.By.Namespace) {
			continue
		}
		way := exposedWay{By: describeObject(e.By), Way: e.Way, At: append([]string{}, e.At...), Internal: e.Internal,
			Restricted: e.Restricted, Admin: e.Admin, Workloads: []rbacObject{}, Isolated: isolation(m, e.Workloads)}
		for _, w := range e.Workloads {
			way.Workloads = append(way.Workloads, describeObject(w))
		}
		a.Ways = append(a.Ways, way)
	}
	return a
}

func describeObject(s *inventory.Subject) rbacObject {
	o := rbacObject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
	o.locate(s, s.Root)
	return o
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

// write tells people.
func (a exposedAnswer) write(out *lines) error {
	if len(a.Ways) == 0 {
		out.print("Nothing that was seen can be reached from outside of the cluster")
		return out.err
	}
	out.add("ADMIN", "BY", "WAY", "AT", "WORKLOADS", "ISOLATED")
	for _, way := range a.Ways {
		at := strings.Join(way.At, ", ")
		if way.Internal {
			at += " (internal)"
		}
		if len(way.Restricted) > 0 {
			at += " from " + strings.Join(way.Restricted, ", ")
		}
		var names []string
		for _, w := range way.Workloads {
			names = append(names, w.Name)
		}
		out.add(cmp.Or(way.Admin, "-"), way.By.String(), way.Way, cmp.Or(strings.TrimSpace(at), "-"), cmp.Or(strings.Join(names, ", "), "-"), cmp.Or(way.Isolated, "-"))
	}
	admin := 0
	for _, way := range a.Ways {
		if way.Admin != "" {
			admin++
		}
	}
	out.flush()
	out.print("")
	out.print("%s", fmt.Sprintf("%d ways from outside, %d of them to administrative interfaces", len(a.Ways), admin))
	return out.err
}

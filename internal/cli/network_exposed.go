package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
)

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
			inv, err := o.inventory(command.Context(), streams, ask.ExposedKinds...)
			if err != nil {
				return err
			}
			answer := exposedAnswer{ask.Of(inv).Exposed(o.asked)}
			if err := give(streams, format, answer); err != nil {
				return err
			}
			return partial(inv, ask.ExposedKinds...)
		},
	}
	o.register(command)
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// exposedAnswer is the answer of network exposed.
type exposedAnswer struct{ ask.Exposed }

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

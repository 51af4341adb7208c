package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/graph"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// networkGraph are the flags of network graph.
type networkGraph struct {
	networkAsking
	format, by string
}

func newNetworkGraphCommand(streams *Streams) *cobra.Command {
	o := &networkGraph{}
	command := &cobra.Command{
		Use: "graph", Short: "Draw which workload may open connections to which", Args: none,
		Long: `Draw which workload may open connections to which, grouped by namespace. Workloads that all policies
treat alike are one node. Where that is too much to read, namespaces are drawn instead, unless --by
says otherwise.

Exit codes: 0 drawn, 2 wrong usage or too much to draw, 3 something could not be read.`,
		Example: "  kubeproof network graph -n shop > shop.svg\n  kubeproof network graph --in deploy/ -o dot | dot -Tpng > network.png",
		RunE: func(command *cobra.Command, _ []string) error {
			if o.format != "svg" && o.format != "dot" && o.format != "json" {
				return usageError("format %q is unknown: use svg, dot or json", o.format)
			}
			if o.by != "" && o.by != "workload" && o.by != "namespace" {
				return usageError("--by %q is unknown: use workload or namespace", o.by)
			}
			o.takeNamespaces()
			inv, err := o.inventory(command.Context(), streams, reach.Kinds...)
			if err != nil {
				return err
			}
			g, err := o.draw(inv)
			if err != nil {
				return err
			}
			write := map[string]func() error{"svg": func() error { return g.SVG(streams.Out) },
				"dot": func() error { return g.DOT(streams.Out) }, "json": func() error { return g.JSON(streams.Out) }}[o.format]
			if err := write(); errors.Is(err, graph.ErrTooLarge) {
				return usageError("%v: name namespaces by --namespace", err)
			} else if err != nil {
				return usageError("%v", err)
			}
			return partial(inv, reach.Kinds...)
		},
	}
	o.register(command)
	command.Flags().Lookup("namespace").Usage = "only workloads of the namespaces `NAME,...`; objects of files that name none are taken to be in it"
	command.Flags().StringVarP(&o.format, "format", "o", "svg", "`FORMAT`: svg, dot or json")
	command.Flags().StringVar(&o.by, "by", "", "draw each `WHAT`: workload or namespace (default: workload, if that can be read)")
	return command
}

func (o *networkGraph) draw(inv *inventory.Inventory) (*graph.Graph, error) {
	seen := ask.Of(inv)
	if err := o.check(reach.Of(seen.Index)); err != nil {
		return nil, err
	}
	drawn, err := seen.Connections(o.asked, o.by)
	if err != nil {
		return nil, usageError("%v: name namespaces by --namespace", err)
	}
	return drawn, nil
}

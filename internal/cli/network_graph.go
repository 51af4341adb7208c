package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

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
	m := reach.Of(inventory.NewIndex(inv.Subjects))
	if err := o.check(m); err != nil {
		return nil, err
	}
	x := m.Matrix()
	groups := groupEndpoints(m, x, o.asked)
	if len(groups) > mostGroups {
		return nil, usageError("%d groups of workloads are too many: name namespaces by --namespace", len(groups))
	}
	var flows []networkFlow
	for _, from := range groups {
		for _, to := range groups {
			if flow, ok := flowBetween(x, from, to); ok && flow.Answer != string(reach.Denied) && (from != to || len(from.Members) > 1) {
				flows = append(flows, flow)
			}
		}
	}
	title := "Who may open connections to whom, by network policies"
	if e := m.Enforcement(); e.State == reach.Decoration {
		title += " that nothing enforces"
	}
	if o.by == "workload" || o.by == "" && len(groups) <= graph.MostNodes && len(flows) <= graph.MostEdges {
		return drawGroups(title, groups, flows), nil
	}
	return drawNamespaces(title, groups, flows), nil
}

func drawGroups(title string, groups []*networkGroup, flows []networkFlow) *graph.Graph {
	g := &graph.Graph{Title: title, Nodes: []graph.Node{}, Edges: []graph.Edge{}}
	for i, group := range groups {
		n := graph.Node{ID: groupID(i), Label: group.Name, Kind: "workload", Group: group.Namespace}
		if group.Namespace != "" {
			n.Label = group.Name[len(group.Namespace)+1:]
		} else {
			n.Kind = "outside"
		}
		if group.Host {
			n.Kind, n.Detail = "host network", "on its node's network"
		}
		g.Nodes = append(g.Nodes, n)
	}
	at := map[*networkGroup]int{}
	for i, group := range groups {
		at[group] = i
	}
	for _, flow := range flows {
		kind := flow.Answer
		if kind == "some" {
			kind = "some ports"
		}
		g.Edges = append(g.Edges, graph.Edge{From: groupID(at[flow.from]), To: groupID(at[flow.to]), Label: flow.String(), Kind: kind})
	}
	return g
}

func groupID(i int) string { return fmt.Sprintf("n%d", i) }

// drawNamespaces draws one node for each namespace and an edge where any of its workloads may reach
// any of another.
func drawNamespaces(title string, groups []*networkGroup, flows []networkFlow) *graph.Graph {
	g := &graph.Graph{Title: title, Nodes: []graph.Node{}, Edges: []graph.Edge{}}
	at := map[string]int{}
	workloads := map[string]int{}
	for _, group := range groups {
		if _, known := at[group.Namespace]; !known {
			at[group.Namespace] = len(g.Nodes)
			g.Nodes = append(g.Nodes, graph.Node{ID: groupID(len(g.Nodes)), Label: group.Namespace, Kind: "namespace"})
		}
		workloads[group.Namespace] += len(group.Members)
	}
	for name, i := range at {
		g.Nodes[i].Detail = counted(workloads[name], "workload")
		if name == "" {
			g.Nodes[i].Label, g.Nodes[i].Kind, g.Nodes[i].Detail = "internet", "outside", ""
		}
	}
	drawn := map[[2]string]int{}
	for _, flow := range flows {
		if flow.from.Namespace == flow.to.Namespace {
			continue
		}
		key := [2]string{flow.from.Namespace, flow.to.Namespace}
		i, known := drawn[key]
		if !known {
			i = len(g.Edges)
			drawn[key] = i
			g.Edges = append(g.Edges, graph.Edge{From: groupID(at[key[0]]), To: groupID(at[key[1]]), Kind: flow.Answer, Label: flow.String()})
			continue
		}
		if g.Edges[i].Label != flow.String() {
			g.Edges[i].Label, g.Edges[i].Kind = "some", "some"
		}
	}
	return g
}

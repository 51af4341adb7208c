package ask

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/graph"
)

// Connections draws which workloads of the namespaces that are asked for may open connections to
// which. By is workload or namespace, or "" for workloads where that can be read, and else namespaces.
// The error says that there are too many.
func (s *Seen) Connections(asked func(namespace string) bool, by string) (*graph.Graph, error) {
	m := reach.Of(s.Index)
	x := m.Matrix()
	groups := groupEndpoints(m, x, asked)
	if len(groups) > MostGroups {
		return nil, fmt.Errorf("%d groups of workloads are too many", len(groups))
	}
	var flows []Flow
	for _, from := range groups {
		for _, to := range groups {
			if flow, ok := flowBetween(x, from, to); ok && flow.Answer != string(reach.Denied) && (from != to || len(from.Members) > 1) {
				flows = append(flows, flow)
			}
		}
	}
	title := "Who may open connections to whom, by network policies"
	if m.Enforcement().State == reach.Decoration {
		title += " that nothing enforces"
	}
	if by == "workload" || by == "" && len(groups) <= graph.MostNodes && len(flows) <= graph.MostEdges {
		return drawGroups(title, groups, flows), nil
	}
	return drawNamespaces(title, groups, flows), nil
}

func counted(workloads int) string {
	if workloads == 1 {
		return "1 workload"
	}
	return fmt.Sprintf("%d workloads", workloads)
}

func drawGroups(title string, groups []*Group, flows []Flow) *graph.Graph {
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
	at := map[*Group]int{}
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
func drawNamespaces(title string, groups []*Group, flows []Flow) *graph.Graph {
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
		g.Nodes[i].Detail = counted(workloads[name])
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

package graph

import "slices"

// arc is an edge between places of nodes, in the direction of the drawing: left to right.
type arc struct {
	from, to int
	// turned is true if the edge leads from to to from: it closes a cycle.
	turned bool
	// edges are those of the graph that it stands for: all between the same two nodes.
	edges []int
}

// arcsOf joins the edges between the same two nodes and turns those that close a cycle, found by
// a walk in depth that begins at the nodes that nothing leads to. Loops at one node are left out.
func arcsOf(g *Graph, at map[string]int) []arc {
	var arcs []arc
	known := map[[2]int]int{}
	out := make([][]int, len(g.Nodes))
	entered := make([]bool, len(g.Nodes))
	for i, e := range g.Edges {
		from, to := at[e.From], at[e.To]
		if from == to {
			continue
		}
		place, found := known[[2]int{from, to}]
		if !found {
			place = len(arcs)
			known[[2]int{from, to}] = place
			arcs = append(arcs, arc{from: from, to: to})
			out[from] = append(out[from], place)
			entered[to] = true
		}
		arcs[place].edges = append(arcs[place].edges, i)
	}
	turnCycles(arcs, out, entered)
	return arcs
}

func turnCycles(arcs []arc, out [][]int, entered []bool) {
	const fresh, open, done = 0, 1, 2
	state := make([]int, len(out))
	var visit func(int)
	visit = func(n int) {
		state[n] = open
		for _, place := range out[n] {
			a := &arcs[place]
			switch state[a.to] {
			case open:
				a.from, a.to, a.turned = a.to, a.from, true
			case fresh:
				visit(a.to)
			}
		}
		state[n] = done
	}
	for _, first := range []bool{true, false} {
		for n := range out {
			if state[n] == fresh && (!first || !entered[n]) {
				visit(n)
			}
		}
	}
}

// layersOf gives every node its column: the longest way to it, but no further left than one
// column before the first that it leads to. Nodes without arcs get -1.
func layersOf(nodes int, arcs []arc) []int {
	layer := make([]int, nodes)
	order := topological(nodes, arcs)
	in, out := make([][]int, nodes), make([][]int, nodes)
	for _, a := range arcs {
		in[a.to] = append(in[a.to], a.from)
		out[a.from] = append(out[a.from], a.to)
	}
	for _, n := range order {
		for _, from := range in[n] {
			layer[n] = max(layer[n], layer[from]+1)
		}
	}
	for _, n := range slices.Backward(order) {
		if len(out[n]) > 0 && len(in[n]) == 0 {
			nearest := layer[out[n][0]]
			for _, to := range out[n] {
				nearest = min(nearest, layer[to])
			}
			layer[n] = nearest - 1
		}
		if len(out[n]) == 0 && len(in[n]) == 0 {
			layer[n] = -1
		}
	}
	return layer
}

// topological orders the nodes so that arcs lead forward only.
func topological(nodes int, arcs []arc) []int {
	waiting := make([]int, nodes)
	out := make([][]int, nodes)
	for _, a := range arcs {
		waiting[a.to]++
		out[a.from] = append(out[a.from], a.to)
	}
	var order []int
	for n := range nodes {
		if waiting[n] == 0 {
			order = append(order, n)
		}
	}
	for i := 0; i < len(order); i++ {
		for _, to := range out[order[i]] {
			if waiting[to]--; waiting[to] == 0 {
				order = append(order, to)
			}
		}
	}
	return order
}

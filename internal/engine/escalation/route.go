package escalation

import (
	"container/heap"
	"slices"
)

// Routes are the shortest ways from every vertex to one goal. Steps count, not edges: what is free
// (membership of a group, the choice among the pods of a namespace) belongs to a step.
type Routes struct {
	graph *Graph
	goal  Goal
	next  []int32 // the edge to take; noEdge at the goal and where no way leads to it
	steps []int32 // unreached where no way leads to the goal
	via   func(edge int32) bool
}

const (
	noEdge    = -1
	unreached = -1
)

// Choice narrows which edges routes may take.
type Choice struct {
	// Certain leaves out what is not known to hold.
	Certain bool
	// NotByAdmin leaves out ways that lead through the administrator of the cluster.
	NotByAdmin bool
}

// Routes finds the shortest way from every vertex to a goal, by one search backward from it. Of
// ways of one length the one found first counts, which the order of the inventory decides.
func (g *Graph) Routes(goal Goal, choice Choice) *Routes {
	r := &Routes{graph: g, goal: goal, next: make([]int32, len(g.Vertices)), steps: make([]int32, len(g.Vertices))}
	r.via = func(edge int32) bool {
		e := &g.Edges[edge]
		return (e.Maybe == "" || !choice.Certain) &&
			!(choice.NotByAdmin && (g.Vertices[e.To].Kind == Admin || g.Vertices[e.From].Kind == Admin))
	}
	waiting := &queue{}
	for v := range g.Vertices {
		r.next[v], r.steps[v] = noEdge, unreached
		if goal.reachedAt(g.Vertices[v]) {
			r.steps[v] = 0
			waiting.items = append(waiting.items, item{0, int32(v)})
		}
	}
	heap.Init(waiting)
	for waiting.Len() > 0 {
		at := heap.Pop(waiting).(item)
		if at.steps > r.steps[at.vertex] {
			continue
		}
		for _, edge := range g.in.of(at.vertex) {
			e := &g.Edges[edge]
			cost := at.steps
			if !Kinds[e.Kind].free {
				cost++
			}
			if known := r.steps[e.From]; r.via(edge) && (known == unreached || cost < known) {
				r.next[e.From], r.steps[e.From] = edge, cost
				heap.Push(waiting, item{cost, e.From})
			}
		}
	}
	return r
}

// Steps is how many steps lead from a vertex to the goal; false if none do.
func (r *Routes) Steps(vertex int32) (int, bool) {
	return int(r.steps[vertex]), r.steps[vertex] != unreached
}

// Edges lists the edges of the way from a vertex to the goal; none where there is no way.
func (r *Routes) Edges(vertex int32) []int32 {
	var all []int32
	for r.next[vertex] != noEdge {
		all = append(all, r.next[vertex])
		vertex = r.graph.Edges[r.next[vertex]].To
	}
	return all
}

// Path gives the way from a vertex to the goal step by step.
func (r *Routes) Path(vertex int32) Path {
	p := Path{Goal: r.goal, Start: vertex}
	var step Step
	for _, edge := range r.Edges(vertex) {
		kind := r.graph.Edges[edge].Kind
		if n := len(step.Edges); n > 0 && (!Kinds[kind].free || kind == memberOf) && r.graph.Edges[step.Edges[n-1]].Kind != memberOf {
			p.Steps = append(p.Steps, step)
			step = Step{}
		}
		step.Edges = append(step.Edges, edge)
	}
	if len(step.Edges) > 0 {
		p.Steps = append(p.Steps, step)
	}
	return p
}

// Path is a way from a vertex to a goal.
type Path struct {
	Goal  Goal
	Start int32
	Steps []Step
}

// Step is one thing that the attacker does: an edge with the free ones before and after it.
type Step struct {
	Edges []int32
}

// Edges lists the edges of all steps.
func (p Path) Edges() []int32 {
	var all []int32
	for _, step := range p.Steps {
		all = append(all, step.Edges...)
	}
	return all
}

// item is a vertex that waits, with the steps from it to the goal.
type item struct {
	steps, vertex int32
}

// queue gives the least steps first, and of those the vertex that was made first.
type queue struct{ items []item }

func (q *queue) Len() int { return len(q.items) }
func (q *queue) Less(i, k int) bool {
	a, b := q.items[i], q.items[k]
	return a.steps < b.steps || a.steps == b.steps && a.vertex < b.vertex
}
func (q *queue) Swap(i, k int) { q.items[i], q.items[k] = q.items[k], q.items[i] }
func (q *queue) Push(x any)    { q.items = append(q.items, x.(item)) }
func (q *queue) Pop() any {
	last := q.items[len(q.items)-1]
	q.items = slices.Delete(q.items, len(q.items)-1, len(q.items))
	return last
}

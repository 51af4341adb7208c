package escalation

import (
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Edge leads from a vertex to another, both by number.
type Edge struct {
	From, To int32
	Kind     Kind
	// Detail is what exactly: the right ("create deployments.apps"), the guilty container.
	Detail string
	// Maybe says what is not known for the edge to hold; "" if it holds.
	Maybe string
	// causes are what could be taken away to remove the edge, by number; noCause where there is none.
	causes [3]int32
}

const noCause = -1

// Cause is what gives an edge: a binding, a workload, a namespace.
type Cause struct {
	Grant  *rbac.Grant // nil if it is no binding
	Object *inventory.Subject
	Node   *document.Node // the guilty value in Object; nil for the whole
}

// Graph is all ways of escalation of an inventory.
type Graph struct {
	Vertices []Vertex
	Edges    []Edge
	Causes   []Cause
	// Access are the rights that the graph was made of.
	Access *rbac.Model

	place    map[Vertex]int32
	causeOf  map[causeKey]int32
	out, in  adjacency
	exposed  map[int32]string // workloads, with what publishes them
	live     bool             // objects of a running cluster are among those read
	existing map[rbac.Subject]bool
}

type causeKey struct {
	object *inventory.Subject
	node   *document.Node
}

// Of gives the graph of an inventory, built once.
func Of(index *inventory.Index, inv *inventory.Inventory) *Graph {
	return inventory.Derived(index, "escalation.Of", func(index *inventory.Index) *Graph { return build(index, inv) })
}

// Find gives the number of a vertex, and whether it is there.
func (g *Graph) Find(v Vertex) (int32, bool) {
	at, found := g.place[v]
	return at, found
}

func (g *Graph) vertex(v Vertex) int32 {
	at, known := g.place[v]
	if !known {
		at = int32(len(g.Vertices))
		g.place[v] = at
		g.Vertices = append(g.Vertices, v)
	}
	return at
}

func (g *Graph) add(from, to Vertex, kind Kind, detail, maybe string, causes ...int32) {
	e := Edge{From: g.vertex(from), To: g.vertex(to), Kind: kind, Detail: detail, Maybe: maybe, causes: [3]int32{noCause, noCause, noCause}}
	if e.From == e.To {
		return
	}
	copy(e.causes[:], causes)
	g.Edges = append(g.Edges, e)
}

func (g *Graph) cause(c Cause) int32 {
	key := causeKey{c.Object, c.Node}
	at, known := g.causeOf[key]
	if !known {
		at = int32(len(g.Causes))
		g.causeOf[key] = at
		g.Causes = append(g.Causes, c)
	}
	return at
}

func (g *Graph) byGrant(grant *rbac.Grant) int32 {
	return g.cause(Cause{Grant: grant, Object: grant.Binding})
}

// CausesOf lists what could be taken away to remove an edge.
func (g *Graph) CausesOf(edge int32) []Cause {
	var all []Cause
	for _, c := range g.Edges[edge].causes {
		if c != noCause {
			all = append(all, g.Causes[c])
		}
	}
	return all
}

// adjacency lists the edges of every vertex without a list for each.
type adjacency struct {
	first []int32 // where the edges of a vertex begin in edges
	edges []int32
}

func (a adjacency) of(vertex int32) []int32 { return a.edges[a.first[vertex]:a.first[vertex+1]] }

func adjacencyOf(vertices int, edges []Edge, end func(*Edge) int32) adjacency {
	a := adjacency{make([]int32, vertices+1), make([]int32, len(edges))}
	for i := range edges {
		a.first[end(&edges[i])+1]++
	}
	for v := range vertices {
		a.first[v+1] += a.first[v]
	}
	next := append([]int32(nil), a.first...)
	for i := range edges {
		v := end(&edges[i])
		a.edges[next[v]] = int32(i)
		next[v]++
	}
	return a
}

package escalation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// randomGraph is a small graph of any shape: vertex 0 is the administrator, free edges lead only
// to vertices of higher numbers, as they never make a circle.
func randomGraph(random *rand.Rand) *Graph {
	n := 3 + random.IntN(9)
	g := &Graph{place: map[Vertex]int32{}, causeOf: map[causeKey]int32{}}
	g.vertex(Vertex{Kind: Admin})
	for i := 1; i < n; i++ {
		g.vertex(Vertex{Kind: Actor, Who: rbac.Subject{Kind: rbac.User, Name: fmt.Sprint(i)}})
	}
	var causes []int32
	for range 1 + random.IntN(6) {
		causes = append(causes, g.cause(Cause{Object: &inventory.Subject{}}))
	}
	for range random.IntN(3 * n) {
		from, to := random.IntN(n), random.IntN(n)
		kind := createPod
		if from < to && random.IntN(3) == 0 {
			kind = within
		}
		maybe := ""
		if random.IntN(5) == 0 {
			maybe = "?"
		}
		var given []int32
		for range random.IntN(3) {
			if cause := causes[random.IntN(len(causes))]; !slices.Contains(given, cause) {
				given = append(given, cause)
			}
		}
		g.add(g.Vertices[from], g.Vertices[to], kind, "", maybe, given...)
	}
	g.out = adjacencyOf(n, g.Edges, func(e *Edge) int32 { return e.From })
	g.in = adjacencyOf(n, g.Edges, func(e *Edge) int32 { return e.To })
	return g
}

// bruteSteps finds the least steps to the administrator by widening all ways until nothing
// changes, without the edges that are refused.
func bruteSteps(g *Graph, from int32, take func(edge int) bool) int {
	steps := make([]int, len(g.Vertices))
	for i := range steps {
		steps[i] = -1
	}
	steps[from] = 0
	for changed := true; changed; {
		changed = false
		for i, e := range g.Edges {
			cost := steps[e.From]
			if cost < 0 || !take(i) {
				continue
			}
			if !Kinds[e.Kind].free {
				cost++
			}
			if steps[e.To] < 0 || cost < steps[e.To] {
				steps[e.To], changed = cost, true
			}
		}
	}
	return steps[0]
}

const randomCases = 3000

func TestShortestPathsAgainstBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	reached := 0
	for c := range randomCases {
		g := randomGraph(random)
		choice := Choice{Certain: c%2 == 0}
		routes := g.Routes(ToClusterAdmin, choice)
		for v := range g.Vertices {
			want := bruteSteps(g, int32(v), func(i int) bool { return !choice.Certain || g.Edges[i].Maybe == "" })
			got, ok := routes.Steps(int32(v))
			if ok != (want >= 0) || ok && got != want {
				t.Fatalf("case %d, vertex %d: %d steps (%t), want %d", c, v, got, ok, want)
			}
			if ok {
				reached++
				checkPath(t, g, routes, int32(v), want)
			}
		}
	}
	if reached < randomCases {
		t.Errorf("only %d ways in %d graphs: the test tests too little", reached, randomCases)
	}
}

// checkPath follows a path edge by edge.
func checkPath(t *testing.T, g *Graph, routes *Routes, start int32, steps int) {
	t.Helper()
	at := start
	counted := 0
	for _, edge := range routes.Path(start).Edges() {
		if g.Edges[edge].From != at || !routes.via(edge) {
			t.Fatalf("the path from %d is torn at edge %d", start, edge)
		}
		at = g.Edges[edge].To
		if !Kinds[g.Edges[edge].Kind].free {
			counted++
		}
	}
	if at != 0 || counted != steps {
		t.Fatalf("the path from %d ends at %d after %d steps, want %d", start, at, counted, steps)
	}
}

func TestChokesAgainstBruteForce(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 3))
	cuts := 0
	for c := range randomCases {
		g := randomGraph(random)
		var starts []int32
		for v := 1; v < len(g.Vertices); v++ {
			if random.IntN(2) == 0 {
				starts = append(starts, int32(v))
			}
		}
		routes := g.Routes(ToClusterAdmin, Choice{Certain: true})
		found := map[int32]Choke{}
		for _, choke := range routes.Chokes(starts) {
			found[choke.number] = choke
		}
		for cause := range g.Causes {
			want := 0
			for _, start := range starts {
				certain := func(i int) bool { return g.Edges[i].Maybe == "" }
				without := func(i int) bool { return certain(i) && !slices.Contains(g.Edges[i].causes[:], int32(cause)) }
				if bruteSteps(g, start, certain) >= 0 && bruteSteps(g, start, without) < 0 {
					want++
				}
			}
			if got := found[int32(cause)].Cuts; got != want {
				t.Fatalf("case %d: cause %d cuts %d, want %d", c, cause, got, want)
			}
			cuts += want
		}
	}
	if cuts < randomCases/4 {
		t.Errorf("only %d cuts in %d graphs: the test tests too little", cuts, randomCases)
	}
}

package escalation

import (
	"cmp"
	"slices"
)

// Choke is something whose removal cuts ways to a goal: a binding, what a workload's pods are
// allowed, the Pod Security level of a namespace.
type Choke struct {
	Cause Cause
	// Cuts is from how many of the starts no way leads to the goal any more once every edge that
	// the cause gives is taken away. Uses is how many of the shortest ways take one of them.
	Cuts, Uses int
	number     int32
}

// Chokes ranks the causes by what their removal cuts from the given starts: exactly, by searching
// again. What is on no shortest way of a start cannot cut it off, so only the vertices whose
// shortest way takes an edge of the cause are looked at.
func (r *Routes) Chokes(starts []int32) []Choke {
	f := r.forest(starts)
	var all []Choke
	for cause, roots := range f.roots {
		if len(roots) == 0 {
			continue
		}
		below := f.below(roots)
		choke := Choke{Cause: r.graph.Causes[cause], number: int32(cause)}
		for _, v := range below {
			choke.Uses += f.starts[v]
		}
		if choke.Uses == 0 {
			continue
		}
		for _, v := range f.cutOff(below, int32(cause)) {
			choke.Cuts += f.starts[v]
		}
		all = append(all, choke)
	}
	slices.SortFunc(all, func(a, b Choke) int {
		return cmp.Or(cmp.Compare(b.Cuts, a.Cuts), cmp.Compare(b.Uses, a.Uses), cmp.Compare(a.number, b.number))
	})
	return all
}

// forest is the trees of shortest ways, with what a search in them needs.
type forest struct {
	*Routes
	children [][]int32 // the vertices whose shortest way goes on at a vertex
	roots    [][]int32 // by cause, the vertices whose next edge it gives
	starts   []int     // 1 for starts
	mark     []int32   // by vertex, of which search it is a part
	searches int32
}

func (r *Routes) forest(starts []int32) *forest {
	n := len(r.graph.Vertices)
	f := &forest{Routes: r, children: make([][]int32, n), roots: make([][]int32, len(r.graph.Causes)), starts: make([]int, n), mark: make([]int32, n)}
	for v := range n {
		if edge := r.next[v]; edge != noEdge {
			e := &r.graph.Edges[edge]
			f.children[e.To] = append(f.children[e.To], int32(v))
			for _, cause := range e.causes {
				if cause != noCause {
					f.roots[cause] = append(f.roots[cause], int32(v))
				}
			}
		}
	}
	for _, v := range starts {
		if r.steps[v] != unreached {
			f.starts[v] = 1
		}
	}
	return f
}

// below lists the vertices whose shortest way goes through one of the roots, these too, and marks them.
func (f *forest) below(roots []int32) []int32 {
	f.searches++
	var all []int32
	for _, root := range roots {
		if f.mark[root] != f.searches {
			f.mark[root] = f.searches
			all = append(all, root)
		}
	}
	for i := 0; i < len(all); i++ {
		for _, child := range f.children[all[i]] {
			if f.mark[child] != f.searches {
				f.mark[child] = f.searches
				all = append(all, child)
			}
		}
	}
	return all
}

// cutOff lists those of the marked vertices that have no other way once a cause is gone. Whoever
// has an edge of another cause to a vertex with a way has one too.
func (f *forest) cutOff(marked []int32, cause int32) []int32 {
	var saved []int32
	for _, v := range marked {
		if f.mark[v] == f.searches && f.goal.reachedAt(f.graph.Vertices[v]) {
			f.mark[v], saved = 0, append(saved, v)
			continue
		}
		for _, edge := range f.graph.out.of(v) {
			to := f.graph.Edges[edge].To
			if f.open(edge, cause) && f.steps[to] != unreached && f.mark[to] != f.searches {
				f.mark[v], saved = 0, append(saved, v)
				break
			}
		}
	}
	for i := 0; i < len(saved); i++ {
		for _, edge := range f.graph.in.of(saved[i]) {
			if from := f.graph.Edges[edge].From; f.open(edge, cause) && f.mark[from] == f.searches {
				f.mark[from], saved = 0, append(saved, from)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(marked), func(v int32) bool { return f.mark[v] != f.searches })
}

// open reports whether an edge may be taken and is not of the cause.
func (f *forest) open(edge, cause int32) bool {
	return f.via(edge) && !slices.Contains(f.graph.Edges[edge].causes[:], cause)
}

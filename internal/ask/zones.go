package ask

import (
	"context"
	"fmt"
	"sync"

	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/graph"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Internet is the name of what is outside of the cluster, among those of namespaces: none is called so.
const Internet = "the internet"

// Zone is what may pass from the workloads of one namespace to those of another. Each pair of workloads
// counts: Open pairs may use every port, Some some of the ports, Unclear perhaps some; the rest none.
type Zone struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Pairs   int    `json:"pairs"`
	Open    int    `json:"open"`
	Some    int    `json:"some"`
	Unclear int    `json:"unknown"`
}

// Word is all, some, none or unknown, as for workloads; "" where there is no pair.
func (z Zone) Word() string {
	switch {
	case z.Pairs == 0:
		return ""
	case z.Open == z.Pairs:
		return "all"
	case z.Reaching() > 0:
		return "some"
	case z.Unclear > 0:
		return "unknown"
	}
	return "none"
}

// Reaching counts the pairs of which at least some ports are open.
func (z Zone) Reaching() int { return z.Open + z.Some }

// String says what may pass: "all", "none", "some: 3 of 12 pairs".
func (z Zone) String() string {
	switch word := z.Word(); word {
	case "some":
		text := fmt.Sprintf("some: %d of %d pairs", z.Reaching(), z.Pairs)
		if z.Unclear > 0 {
			text += fmt.Sprintf(", %d unknown", z.Unclear)
		}
		return text
	case "unknown":
		return fmt.Sprintf("unknown: %d of %d pairs", z.Unclear, z.Pairs)
	case "":
		return "no pair"
	default:
		return word
	}
}

// zones keep what was worked out of pairs of namespaces.
type zones struct {
	mutex sync.Mutex
	known map[[2]string]Zone
}

// Zones gives what may pass from each of some namespaces to each of others, by row and column; Internet
// may be among both. The error is that of the context.
func (s *Seen) Zones(ctx context.Context, from, to []string) ([][]Zone, error) {
	kept := inventory.Derived(s.Index, "ask.Zones", func(*inventory.Index) *zones { return &zones{known: map[[2]string]Zone{}} })
	w := &zoning{m: reach.Of(s.Index), groups: map[string][]*Group{}, words: map[[2]int]string{}}
	w.x = w.m.Matrix()
	kept.mutex.Lock()
	defer kept.mutex.Unlock()
	rows := make([][]Zone, len(from))
	for i, source := range from {
		for _, target := range to {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			key := [2]string{source, target}
			zone, known := kept.known[key]
			if !known {
				zone = w.zone(source, target)
				kept.known[key] = zone
			}
			rows[i] = append(rows[i], zone)
		}
	}
	return rows, nil
}

// zoning works out pairs of namespaces.
type zoning struct {
	m      *reach.Model
	x      *reach.Matrix
	groups map[string][]*Group
	words  map[[2]int]string // by the classes of both ends
}

func (w *zoning) of(namespace string) []*Group {
	if found, known := w.groups[namespace]; known {
		return found
	}
	all := groupEndpoints(w.m, w.x, func(name string) bool { return name == namespace })
	if inside := len(all) - 1; namespace == Internet {
		all = all[inside:]
	} else {
		all = all[:inside]
	}
	w.groups[namespace] = all
	return all
}

func (w *zoning) zone(from, to string) Zone {
	z := Zone{From: from, To: to}
	for _, source := range w.of(from) {
		for _, target := range w.of(to) {
			pairs := max(1, len(source.Members)) * max(1, len(target.Members))
			if source == target {
				pairs -= len(source.Members) // a workload with itself tells nothing of the others
			}
			if pairs == 0 || source.place.Endpoint == nil && target.place.Endpoint == nil {
				continue
			}
			z.Pairs += pairs
			switch w.word(source, target) {
			case "allowed":
				z.Open += pairs
			case "some":
				z.Some += pairs
			case "unknown":
				z.Unclear += pairs
			}
		}
	}
	return z
}

// word is the answer of a flow, asked once for ends that are treated alike.
func (w *zoning) word(from, to *Group) string {
	key := [2]int{-1, -1}
	for i, g := range []*Group{from, to} {
		if g.place.Endpoint != nil {
			key[i] = w.x.Class(g.place.Endpoint)
		}
	}
	if word, known := w.words[key]; known {
		return word
	}
	flow, _ := flowBetween(w.x, from, to)
	w.words[key] = flow.Answer
	return flow.Answer
}

// ZonesDrawn draws namespaces and what may pass between them: without what is denied, and without what
// passes within one.
func ZonesDrawn(title string, rows [][]Zone) *graph.Graph {
	d := &sketch{Graph: graph.Graph{Title: title, Nodes: []graph.Node{}, Edges: []graph.Edge{}}, known: map[string]bool{}}
	node := func(name string) {
		n := graph.Node{ID: name, Label: name, Kind: "namespace"}
		if name == Internet {
			n.Kind = "outside"
		}
		d.node(n)
	}
	for _, row := range rows {
		for _, z := range row {
			node(z.From)
			node(z.To)
			if word := z.Word(); z.From != z.To && word != "" && word != "none" {
				label := ""
				if word == "some" {
					label = fmt.Sprintf("%d of %d", z.Reaching(), z.Pairs)
				}
				d.edge(graph.Edge{From: z.From, To: z.To, Kind: word, Label: label})
			}
		}
	}
	return &d.Graph
}

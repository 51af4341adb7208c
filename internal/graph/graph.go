// Package graph holds a small directed graph and writes it for people and for tools: a drawing
// (SVG), the text of Graphviz (DOT), JSON. What the nodes mean is its callers' business. Bytes
// are the same for the same graph. Begin with Graph.
package graph

import (
	"errors"
	"fmt"
)

// Graph is what is drawn. Nodes and edges keep the order that they are given in.
type Graph struct {
	Title string `json:"title"`
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
}

// Node is one thing. ID tells nodes apart; Label is shown, ID if it is empty; Detail is a second,
// smaller line. Nodes of one Kind have one colour, those of one Group stand in one box.
type Node struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Detail string `json:"detail,omitempty"`
	Kind   string `json:"kind,omitempty"`
	Group  string `json:"group,omitempty"`
	// Level is how bad it is: critical, high, medium, low, info, or "".
	Level string `json:"level,omitempty"`
}

// Edge leads from one node to another, both by ID. Edges of one Kind have one look.
type Edge struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Label string `json:"label,omitempty"`
	Kind  string `json:"kind,omitempty"`
}

// More than this is not drawn: nobody can read it.
const (
	MostNodes = 200
	MostEdges = 600
)

// ErrTooLarge is what SVG gives for a graph that is too large to be read.
var ErrTooLarge = errors.New("graph is too large to draw")

// fits reports whether the graph can be drawn, and if not, how large it is.
func (g *Graph) fits() error {
	if len(g.Nodes) > MostNodes || len(g.Edges) > MostEdges {
		return fmt.Errorf("%w: %d nodes and %d edges, at most %d and %d can be read: ask for less, or for dot or json",
			ErrTooLarge, len(g.Nodes), len(g.Edges), MostNodes, MostEdges)
	}
	return nil
}

// check gives the place of every node, and an error for ids that are used twice or that no node has.
func (g *Graph) check() (map[string]int, error) {
	at := make(map[string]int, len(g.Nodes))
	for i, n := range g.Nodes {
		if _, twice := at[n.ID]; twice {
			return nil, fmt.Errorf("draw graph: two nodes have the id %q", n.ID)
		}
		at[n.ID] = i
	}
	for _, e := range g.Edges {
		for _, id := range []string{e.From, e.To} {
			if _, known := at[id]; !known {
				return nil, fmt.Errorf("draw graph: an edge names the node %q, which is none", id)
			}
		}
	}
	return at, nil
}

func (n *Node) title() string {
	if n.Label == "" {
		return n.ID
	}
	return n.Label
}

package server

import (
	"github.com/kubeproof/kubeproof/internal/graph"
)

// picture is a drawing in a page, or why there is none.
type picture struct {
	*graph.Drawing
	Why string
}

// More than this is not drawn in a page: it would be hard to read, and slow to place.
const (
	mostDrawnNodes = 100
	mostDrawnEdges = 200
)

// pictureOf draws a graph. What is too much is not drawn, and that is said.
func pictureOf(g *graph.Graph) (picture, error) {
	switch {
	case len(g.Edges) == 0:
		return picture{}, nil
	case len(g.Nodes) > mostDrawnNodes || len(g.Edges) > mostDrawnEdges:
		return picture{Why: "Not drawn: it has " + count(len(g.Nodes), "node") + " and " + count(len(g.Edges), "edge") + ", and more than " + number(mostDrawnNodes) + " and " +
			number(mostDrawnEdges) + " are hard to read. Choose a part of it, or draw it with the command line as dot; tables and lists here are not cut by this."}, nil
	}
	drawn, err := g.Draw()
	return picture{Drawing: drawn}, err
}

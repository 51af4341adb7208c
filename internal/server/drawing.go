package server

import (
	"errors"

	"github.com/kubeproof/kubeproof/internal/graph"
)

// picture is a drawing in a page, or why there is none.
type picture struct {
	*graph.Drawing
	// ID tells the pictures of a page apart.
	ID, Why string
}

// pictureOf draws a graph. What nobody could read is not drawn, and that is said.
func pictureOf(id string, g *graph.Graph) (picture, error) {
	if len(g.Edges) == 0 {
		return picture{ID: id}, nil
	}
	drawn, err := g.Draw()
	if errors.Is(err, graph.ErrTooLarge) {
		return picture{ID: id, Why: "Not drawn: it has " + count(len(g.Nodes), "node") + " and " + count(len(g.Edges), "edge") + ", and nobody can read more than " +
			number(graph.MostNodes) + " and " + number(graph.MostEdges) + ". Choose a part of it; what is below is whole."}, nil
	}
	return picture{Drawing: drawn, ID: id}, err
}

package graph

import (
	"encoding/json"
	"fmt"
	"io"
)

// Schema names the JSON form of a graph.
const Schema = "kubeproof.dev/graph/v1"

// JSON writes the graph whole, however large: {"schema", "title", "nodes", "edges"}.
func (g *Graph) JSON(w io.Writer) error {
	if _, err := g.check(); err != nil {
		return err
	}
	whole := struct {
		Schema string `json:"schema"`
		Graph
	}{Schema, *g}
	if whole.Nodes == nil {
		whole.Nodes = []Node{}
	}
	if whole.Edges == nil {
		whole.Edges = []Edge{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(whole); err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	return nil
}

package control

import (
	"fmt"
	"slices"
)

// Selection chooses controls. Empty lists choose all.
type Selection struct {
	Include []string // ids or topics
	Exclude []string // ids or topics
	// Framework keeps the controls that map to it.
	Framework string
}

// Choose gives the controls of the selection in their order. It fails on an id or topic that
// none of them has.
func (s Selection) Choose(controls []*Control) ([]*Control, error) {
	for _, id := range append(slices.Clone(s.Include), s.Exclude...) {
		if !slices.ContainsFunc(controls, func(c *Control) bool { return c.Is(id) }) {
			return nil, fmt.Errorf("control or topic %q is unknown: see `kubeproof control list`", id)
		}
	}
	var chosen []*Control
	for _, c := range controls {
		included := len(s.Include) == 0 || slices.ContainsFunc(s.Include, c.Is)
		mapped := s.Framework == "" || len(c.Maps[s.Framework]) > 0
		if included && mapped && !slices.ContainsFunc(s.Exclude, c.Is) {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

// Is reports whether the word is the control's id or topic.
func (c *Control) Is(word string) bool { return word == c.ID || word == c.Topic }

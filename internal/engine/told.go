package engine

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// told gives what the rule said of an element before its secrets were taken out; nil if nothing.
func (w *worker) told(r *rule, element *document.Node) []assessment.Verdict {
	if len(w.subject.Told) == 0 || !r.control.Sensitive {
		return nil
	}
	within := element.Path()
	var verdicts []assessment.Verdict
	for _, told := range w.subject.Told {
		if told.Control != r.control.ID || !below(told.Path, within) {
			continue
		}
		node := nodeAt(w.subject.Root, told.Path)
		if told.Line > 0 {
			node = document.PlacedText(document.At{Line: told.Line, Column: told.Column}, "")
		}
		verdicts = append(verdicts, assessment.Verdict{Outcome: assessment.Outcome(told.Outcome), Message: told.Message,
			Node: node, Missing: told.Missing, Container: told.Container})
	}
	return verdicts
}

// below reports whether a path is that of an element or of something in it.
func below(path, element string) bool {
	rest, ok := strings.CutPrefix(path, element)
	return ok && (element == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// nodeAt finds the value of a path; nil if there is none.
func nodeAt(root *document.Node, path string) *document.Node {
	var found *document.Node
	root.Walk(func(n *document.Node) {
		if found == nil && n.Path() == path {
			found = n
		}
	})
	return found
}

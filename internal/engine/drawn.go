package engine

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// drawn writes the excerpt of a value that was not read from text, as objects of a live cluster
// are: the keys that lead to it as YAML would show them, without numbers. Of a fact a guilty map is
// shown with what it holds; in objects of people secrets may stand there. Of a long list of a fact the
// message names what is guilty: there is no excerpt.
func drawn(n *document.Node, hide, fact bool, mask func(string) string) *assessment.Evidence {
	if n == nil || n.Parent() == nil || fact && isListOfMaps(n) {
		return nil
	}
	var steps []*document.Node
	for at := n; at.Parent() != nil && len(steps) < deepest; at = at.Parent() {
		steps = append(steps, at)
	}
	evidence := &assessment.Evidence{Lines: make([]assessment.Line, 0, len(steps))}
	for i := len(steps) - 1; i >= 0; i-- {
		text := strings.Repeat("  ", len(steps)-1-i)
		switch {
		case i > 0:
			text += label(steps[i])
		case fact && !hide && n.Len() > 0:
			text += whole(n)
		default:
			text += label(n) + shown(n, hide)
		}
		if mask != nil {
			text = mask(text)
		}
		evidence.Lines = append(evidence.Lines, assessment.Line{Text: shortened(text), Guilty: i == 0})
	}
	return evidence
}

func isListOfMaps(n *document.Node) bool {
	return n.Kind == document.List && n.Len() > 0 && n.Children()[0].Kind == document.Map
}

// label is what leads to a value: its key, or the dash of a list with the element's name.
func label(n *document.Node) string {
	if n.Parent().Kind != document.List {
		return n.Key() + ":"
	}
	if name := n.Get("name").Text(); name != "" {
		return "- name: " + name
	}
	return "-"
}

// shown is a guilty value in short.
func shown(n *document.Node, hide bool) string {
	switch {
	case hide:
		return " [hidden]"
	case n.Kind == document.Map || n.Kind == document.List:
		return ""
	case n.Kind == document.Null:
		return " null"
	}
	return " " + strings.ToValidUTF8(strings.NewReplacer("\n", " ", "\r", " ").Replace(n.Text()), "")
}

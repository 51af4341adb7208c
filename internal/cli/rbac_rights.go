package cli

import (
	"cmp"

	"github.com/kubeproof/kubeproof/internal/ask"
)

// addRights adds rows for rights, the resources broken into lines.
func (l *lines) addRights(indent string, rights []ask.Right) {
	all, verbs := ask.RightLines(rights), 0
	for _, line := range all {
		verbs = max(verbs, len(line.Verbs))
	}
	width := max(30, cmp.Or(l.width, 110)-len(indent)-len(ask.Write)-verbs-4)
	for _, line := range all {
		parts := wrap(line.What, width)
		l.add(indent+line.Access, line.Verbs, parts[0])
		for _, more := range parts[1:] {
			l.add(indent, "", more)
		}
	}
}

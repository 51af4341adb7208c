package saved

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// cover hides secrets in the texts of a Dockerfile. There one secret stands several times, as a word of
// an instruction and of a command and in the text of a heredoc, and a finding stands on one of them.
type cover struct {
	everywhere []string                    // values that stand for nothing but a secret
	within     map[*document.Node][]string // values that are words too, by the instruction that they are in
}

// The bounds of the values that are looked for; shorter ones stand in many words.
const (
	mostCovered = 200
	shortest    = 6
)

const covered = "***"

func coverOf(root *document.Node, hidden *secrets) *cover {
	c := &cover{within: map[*document.Node][]string{}}
	if hidden == nil {
		return c
	}
	root.Walk(func(n *document.Node) {
		if n.Kind == document.String && within(n, hidden.nodes) && !isAddress(n) {
			c.add(n, n.Text())
			if _, value, found := strings.Cut(n.Text(), "="); found {
				c.add(n, value)
			}
		}
	})
	longest := func(a, b string) int { return len(b) - len(a) }
	slices.SortStableFunc(c.everywhere, longest)
	for _, values := range c.within {
		slices.SortStableFunc(values, longest)
	}
	return c
}

func (c *cover) add(n *document.Node, value string) {
	switch {
	case len(value) < shortest:
	case isWord(value):
		if at := instructionOf(n); len(c.within[at]) < mostCovered {
			c.within[at] = append(c.within[at], value)
		}
	case len(c.everywhere) < mostCovered:
		c.everywhere = append(c.everywhere, value)
	}
}

// isAddress tells names of files, and addresses with a password, of which the rest is needed to judge
// where something comes from: only the password is hidden.
func isAddress(n *document.Node) bool {
	if n.Parent() != nil && n.Parent().Key() == "sources" {
		return true
	}
	text := n.Text()
	return strings.Contains(text, "://") && !strings.ContainsAny(text, " \t\n") && masked(text) != text
}

// isWord tells values such as postgres, which are passwords at one place and a name at others.
func isWord(value string) bool {
	return !strings.ContainsAny(value, "0123456789") || strings.HasPrefix(value, "$")
}

// instructionOf is the instruction that a value belongs to; the value itself outside of any.
func instructionOf(n *document.Node) *document.Node {
	for at := n; at.Parent() != nil; at = at.Parent() {
		if at.Parent().Key() == "instructions" {
			return at
		}
	}
	return n
}

// text gives what stands instead of a text; "" if it may stay.
func (c *cover) text(n *document.Node) string {
	if n.Kind != document.String {
		return ""
	}
	text := n.Text()
	for _, value := range c.everywhere {
		text = strings.ReplaceAll(text, value, covered)
	}
	for at := n; at != nil && len(c.within) > 0; at = at.Parent() {
		for _, value := range c.within[at] {
			text = strings.ReplaceAll(text, value, covered)
		}
	}
	if text = masked(text); text == n.Text() {
		return ""
	}
	return text
}

// masked masks a text line by line. Hashes stay: commits and digests are pinned by them.
func masked(text string) string {
	lines := strings.Split(text, "\n")
	for at, line := range lines {
		if strings.Trim(line, "0123456789abcdef") != "" {
			lines[at] = secret.Mask(line)
		}
	}
	return strings.Join(lines, "\n")
}

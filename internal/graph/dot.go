package graph

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// DOT writes the graph whole in the language of Graphviz: dot -Tsvg draws it.
func (g *Graph) DOT(w io.Writer) error {
	if _, err := g.check(); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "digraph %s {\n  rankdir=LR;\n  label=%s;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n",
		quoted(g.Title), quoted(g.Title))
	for i, group := range g.groups() {
		indent := "  "
		if group != "" {
			fmt.Fprintf(out, "  subgraph cluster_%d {\n    label=%s;\n", i, quoted(group))
			indent = "    "
		}
		for _, n := range g.Nodes {
			if n.Group == group {
				fmt.Fprintf(out, "%s%s [label=%s, class=%s%s];\n", indent, quoted(n.ID), quoted(lines(n.title(), n.Detail)), quoted(n.Kind), dotLevel(n.Level))
			}
		}
		if group != "" {
			fmt.Fprint(out, "  }\n")
		}
	}
	for _, e := range g.Edges {
		fmt.Fprintf(out, "  %s -> %s [label=%s, class=%s];\n", quoted(e.From), quoted(e.To), quoted(e.Label), quoted(e.Kind))
	}
	fmt.Fprint(out, "}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	return nil
}

// groups lists the groups in the order of their first nodes.
func (g *Graph) groups() []string {
	var all []string
	seen := map[string]bool{}
	for _, n := range g.Nodes {
		if !seen[n.Group] {
			seen[n.Group] = true
			all = append(all, n.Group)
		}
	}
	return all
}

func lines(first, second string) string {
	if second == "" {
		return first
	}
	return first + "\n" + second
}

func dotLevel(level string) string {
	if colour := map[string]string{"critical": "#b3261e", "high": "#c2571a", "medium": "#8a6a00"}[level]; colour != "" {
		return `, color="` + colour + `", penwidth=2`
	}
	return ""
}

// quoted is a DOT string. Backslashes are doubled, since Graphviz reads escapes in labels.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(printable(text)) + `"`
}

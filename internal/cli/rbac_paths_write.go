package cli

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/ask"
)

// How much of an answer people are shown; JSON has all.
const (
	mostNamed  = 5 // subjects of one way
	mostChokes = 10
	mostWays   = 20 // of one goal
)

// pathsAnswer is the answer of rbac paths.
type pathsAnswer struct{ *ask.Paths }

// write shows the answer to people: goal by goal the ways, then what to take away.
func (a pathsAnswer) write(out *lines) error {
	for i := range a.Goals {
		if i > 0 {
			out.print("")
		}
		writeGoal(out, &a.Goals[i])
	}
	return out.err
}

func writeGoal(out *lines, g *ask.PathGoal) {
	out.print("%s", g.Title())
	summary := fmt.Sprintf("%d of %s can", g.Reaching, counted(g.Subjects, "subject"))
	if g.Perhaps > 0 {
		summary += fmt.Sprintf(", %d more perhaps", g.Perhaps)
	}
	out.print("  %s", summary)
	if len(g.Direct) > 0 {
		out.print("  given outright: %s", fewNames(g.Direct))
	}
	for i, path := range g.Paths {
		if i == mostWays {
			out.print("")
			out.print("  and %s: name a subject, or see --format json", counted(len(g.Paths)-i, "more way"))
			break
		}
		writePath(out, path)
	}
	writeChokes(out, g)
}

// writeChokes tells what to mend first. What Kubernetes or the platform brings is left out: whoever
// takes that away breaks the cluster.
func writeChokes(out *lines, g *ask.PathGoal) {
	chokes := g.Own()
	if len(chokes) == 0 {
		return
	}
	out.print("")
	out.print("  Take away first")
	for i, choke := range chokes {
		if i == mostChokes {
			out.flush()
			out.print("    and %d more: see --format json", len(chokes)-i)
			break
		}
		out.add("    "+choke.Object.String(), fmt.Sprintf("cuts off %d of %d", choke.Cuts, g.Reaching),
			fmt.Sprintf("on the way of %d", choke.Uses), choke.Place())
	}
	out.flush()
}

func writePath(out *lines, p ask.Path) {
	out.print("")
	out.print("  %s", fewNames(p.Subjects))
	for _, doubt := range p.OnlyIf {
		out.print("    only if %s", doubt)
	}
	for i, step := range p.Steps {
		out.print("    %d. %s", i+1, step.Text)
		for _, by := range step.By {
			text := "       by " + by.String()
			if at := by.Place(); at != "" {
				text += "  " + at
			}
			out.print("%s", text)
		}
	}
}

// fewNames lists the first of many names and counts the rest.
func fewNames(all []string) string {
	if len(all) <= mostNamed {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:mostNamed], ", "), len(all)-mostNamed)
}

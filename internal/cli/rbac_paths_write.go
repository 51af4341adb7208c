package cli

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/escalation"
)

// How much of an answer people are shown; JSON has all.
const (
	mostNamed  = 5 // subjects of one way
	mostChokes = 10
	mostWays   = 20 // of one goal
)

// write shows the answer to people: goal by goal the ways, then what to take away.
func (a *pathsAnswer) write(out *lines) error {
	for i, goal := range a.Goals {
		if i > 0 {
			out.print("")
		}
		goal.write(out)
	}
	return out.err
}

func (g *pathGoal) write(out *lines) {
	title := escalation.Goal(g.Goal).String()
	title = strings.ToUpper(title[:1]) + title[1:]
	if g.BesideAdmin {
		title += " without being cluster-admin first"
	}
	out.print("%s", title)
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
		path.write(out)
	}
	if len(g.Chokes) == 0 {
		return
	}
	out.print("")
	out.print("  Take away first")
	for i, choke := range g.Chokes {
		if i == mostChokes {
			out.flush()
			out.print("    and %d more: see --format json", len(g.Chokes)-i)
			break
		}
		out.add("    "+choke.Object.String(), fmt.Sprintf("cuts off %d of %d", choke.Cuts, g.Reaching),
			fmt.Sprintf("on the way of %d", choke.Uses), choke.place())
	}
	out.flush()
}

func (p rbacPath) write(out *lines) {
	out.print("")
	out.print("  %s", fewNames(p.Subjects))
	for _, doubt := range p.OnlyIf {
		out.print("    only if %s", doubt)
	}
	for i, step := range p.Steps {
		out.print("    %d. %s", i+1, step.Text)
		for _, by := range step.By {
			text := "       by " + by.String()
			if at := by.place(); at != "" {
				text += "  " + at
			}
			out.print("%s", text)
		}
	}
}

func (c chokePoint) place() string {
	if at := c.Object.place(); at != "" || c.Path == "" {
		return at
	}
	return c.Path
}

// fewNames lists the first of many names and counts the rest.
func fewNames(all []string) string {
	if len(all) <= mostNamed {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:mostNamed], ", "), len(all)-mostNamed)
}

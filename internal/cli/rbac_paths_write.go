package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
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
	g.writeChokes(out)
}

// writeChokes tells what to mend first. What Kubernetes or the platform brings is left out: whoever
// takes that away breaks the cluster.
func (g *pathGoal) writeChokes(out *lines) {
	chokes := slices.DeleteFunc(slices.Clone(g.Chokes), func(c chokePoint) bool {
		return rbac.Origin{Maker: rbac.Maker(c.Object.Origin)}.Foreign()
	})
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
	if at := c.Object.place(); at != "" {
		return at
	}
	if c.Object.Kind == "Namespace" {
		return "enforce a Pod Security level"
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

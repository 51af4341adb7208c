package ask

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Danger is one way in which a subject is dangerous: what it has, or could get.
type Danger struct {
	// Goal is admin, node or secrets.
	Goal string `json:"goal"`
	// Steps is how many steps the shortest way has. Direct is true if the goal was given outright, and
	// Perhaps if the way depends on what is not known.
	Steps   int  `json:"steps"`
	Direct  bool `json:"direct"`
	Perhaps bool `json:"perhaps"`
}

// String says it: "is cluster-admin", "can become root on a node in 2 steps".
func (d Danger) String() string {
	goal := escalation.Goal(d.Goal)
	switch {
	case d.Direct && goal == escalation.ToClusterAdmin:
		return "is cluster-admin"
	case d.Direct:
		return "may " + goal.String()
	}
	text := "can " + goal.String()
	if d.Perhaps {
		text = "could perhaps " + goal.String()
	}
	if d.Steps == 1 {
		return text + " in 1 step"
	}
	return fmt.Sprintf("%s in %d steps", text, d.Steps)
}

// Dangers tells what is dangerous about a subject, one way to each goal, the worst goal first; nothing if no way was found. Ways that
// lead through the administrator of the cluster are told as ways to that alone.
func (s *Seen) Dangers(who Subject) []Danger {
	all := inventory.Derived(s.Index, "ask.Dangers", func(*inventory.Index) *dangers { return newDangers(s.Ways()) })
	subject := rbac.Subject{Kind: who.Kind, Namespace: who.Namespace, Name: who.Name}
	found := all.of(subject)
	if subject.Kind == rbac.Group && subject.Name == "system:masters" {
		found = []Danger{{Goal: string(escalation.ToClusterAdmin), Direct: true}}
	}
	return found
}

// dangers are the shortest ways from everywhere to every goal.
type dangers struct {
	graph             *escalation.Graph
	certain, doubtful []*escalation.Routes // by goal
}

func newDangers(g *escalation.Graph) *dangers {
	d := &dangers{graph: g}
	for _, goal := range escalation.Goals {
		beside := besideAdmin(escalation.Goals, goal)
		d.certain = append(d.certain, g.Routes(goal, escalation.Choice{Certain: true, NotByAdmin: beside}))
		d.doubtful = append(d.doubtful, g.Routes(goal, escalation.Choice{NotByAdmin: beside}))
	}
	return d
}

func (d *dangers) of(who rbac.Subject) []Danger {
	var all []Danger
	starts := startsOf(d.graph, []rbac.Subject{who})
	for i := range escalation.Goals {
		var ways []Danger
		for _, start := range starts { // several where nothing names the subject: its groups
			if way, there := d.way(i, start); there {
				ways = append(ways, way)
			}
		}
		if len(ways) > 0 {
			all = append(all, slices.MinFunc(ways, worse))
		}
	}
	return all
}

// way is the shortest way from a vertex to a goal, one that is certain before others.
func (d *dangers) way(goal int, start int32) (way Danger, there bool) {
	path, perhaps := d.certain[goal].Path(start), false
	if len(path.Steps) == 0 {
		path, perhaps = d.doubtful[goal].Path(start), true
	}
	return Danger{Goal: string(escalation.Goals[goal]), Steps: len(path.Steps), Direct: !perhaps && d.graph.Direct(path), Perhaps: perhaps}, len(path.Steps) > 0
}

// worse orders ways to the same goal, the worst first: what was given outright, what is certain, what is short.
func worse(a, b Danger) int {
	first := func(yes bool) int {
		if yes {
			return 0
		}
		return 1
	}
	return cmp.Or(first(a.Direct)-first(b.Direct), first(!a.Perhaps)-first(!b.Perhaps), a.Steps-b.Steps)
}

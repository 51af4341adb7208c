package ask

import (
	"fmt"

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

// Dangers tells what is dangerous about a subject, worst first; nothing if no way was found. Ways that
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
	for _, start := range startsOf(d.graph, []rbac.Subject{who}) {
		for i, goal := range escalation.Goals {
			path, perhaps := d.certain[i].Path(start), false
			if len(path.Steps) == 0 {
				path, perhaps = d.doubtful[i].Path(start), true
			}
			if len(path.Steps) > 0 {
				all = append(all, Danger{Goal: string(goal), Steps: len(path.Steps), Direct: !perhaps && d.graph.Direct(path), Perhaps: perhaps})
			}
		}
	}
	return all
}

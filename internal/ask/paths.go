package ask

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Paths are the ways by which subjects could get more rights.
type Paths struct {
	Schema string     `json:"schema"`
	Goals  []PathGoal `json:"goals"`
	Gaps   []Gap      `json:"incomplete"`
}

// PathGoal is one thing that an attacker wants, with the ways to it.
type PathGoal struct {
	Goal string `json:"goal"`
	// BesideAdmin is true if ways that lead through the administrator of the cluster are left out.
	BesideAdmin bool `json:"besideAdmin"`
	// Subjects were looked at; Reaching have a way that is certain, Perhaps only a doubtful one.
	Subjects int `json:"subjects"`
	Reaching int `json:"reaching"`
	Perhaps  int `json:"perhaps"`
	// Direct were given the goal outright.
	Direct []string `json:"direct"`
	Paths  []Path   `json:"paths"`
	Chokes []Choke  `json:"chokePoints"`
}

// Path is the way of one subject, or of several whose ways are the same.
type Path struct {
	Subjects []string   `json:"subjects"`
	OnlyIf   []string   `json:"onlyIf"`
	Steps    []PathStep `json:"steps"`
}

// PathStep is one thing that the attacker does, with what lets it be done.
type PathStep struct {
	Text  string   `json:"text"`
	From  string   `json:"from"`
	To    string   `json:"to"`
	Kinds []string `json:"kinds"`
	By    []Object `json:"by"`
}

// Choke is what to take away.
type Choke struct {
	Object Object `json:"object"`
	Path   string `json:"path,omitempty"`
	// Cuts is how many subjects lose every way; Uses how many shortest ways lead through it. What
	// cuts nothing alone is told if a tenth of the shortest ways leads through it.
	Cuts int `json:"cuts"`
	Uses int `json:"uses"`
}

// ParseGoals reads the goals that are asked for: admin, node or secrets; all for "".
func ParseGoals(to string) ([]escalation.Goal, error) {
	if to == "" {
		return escalation.Goals, nil
	}
	if goal := escalation.Goal(to); slices.Contains(escalation.Goals, goal) {
		return []escalation.Goal{goal}, nil
	}
	return nil, fmt.Errorf("goal %q is unknown: use admin, node or secrets", to)
}

// Ways is the graph of escalation.
func (s *Seen) Ways() *escalation.Graph { return escalation.Of(s.Index, s.Inventory) }

// Paths tells how subjects could reach the goals: the subject if one is given, else all that are not
// the cluster's own.
func (s *Seen) Paths(goals []escalation.Goal, who ...rbac.Subject) *Paths {
	g := s.Ways()
	starts := startsOf(g, who)
	a := &Paths{Schema: "kubeproof.dev/rbac-paths/v1", Goals: []PathGoal{}, Gaps: s.GapsOf(PathKinds...)}
	for _, goal := range goals {
		a.Goals = append(a.Goals, answerGoal(g, goal, besideAdmin(goals, goal), starts))
	}
	return a
}

// AllPaths is Paths of all goals and subjects, worked out once.
func (s *Seen) AllPaths() *Paths {
	return inventory.Derived(s.Index, "ask.AllPaths", func(*inventory.Index) *Paths { return s.Paths(escalation.Goals) })
}

// startsOf gives the vertices whose ways are asked for: those of the subjects, or of all that are not
// the cluster's own, with those that stand for everybody.
func startsOf(g *escalation.Graph, subjects []rbac.Subject) []int32 {
	if len(subjects) == 0 {
		return append(g.Everybody(), g.Starts()...)
	}
	var starts []int32
	for _, who := range subjects {
		if at, known := g.Find(escalation.Vertex{Kind: escalation.Actor, Who: who}); known {
			starts = append(starts, at)
			continue
		}
		for _, name := range who.Groups() { // nothing names the subject: it has what everybody has
			if at, known := g.Find(escalation.Vertex{Kind: escalation.Actor, Who: rbac.Subject{Kind: rbac.Group, Name: name}}); known {
				starts = append(starts, at)
			}
		}
	}
	return starts
}

// besideAdmin reports whether ways to the goal that lead through the administrator are left out,
// because they are told as ways to that.
func besideAdmin(goals []escalation.Goal, goal escalation.Goal) bool {
	return goal != escalation.ToClusterAdmin && slices.Contains(goals, escalation.ToClusterAdmin)
}

func answerGoal(g *escalation.Graph, goal escalation.Goal, beside bool, starts []int32) PathGoal {
	answer := PathGoal{Goal: string(goal), BesideAdmin: beside, Subjects: len(starts), Direct: []string{}, Paths: []Path{}, Chokes: []Choke{}}
	certain := g.Routes(goal, escalation.Choice{Certain: true, NotByAdmin: beside})
	doubtful := g.Routes(goal, escalation.Choice{NotByAdmin: beside})
	known := map[string]int{}
	var reaching []int32
	for _, start := range starts {
		path := certain.Path(start)
		switch {
		case len(path.Steps) > 0 && g.Direct(path):
			answer.Direct = append(answer.Direct, g.Vertices[start].String())
			continue
		case len(path.Steps) > 0:
			answer.Reaching++
			reaching = append(reaching, start)
		default:
			if path = doubtful.Path(start); len(path.Steps) == 0 {
				continue
			}
			answer.Perhaps++
		}
		described := pathOf(g, path)
		key := described.key()
		if at, same := known[key]; same {
			answer.Paths[at].Subjects = append(answer.Paths[at].Subjects, described.Subjects...)
			continue
		}
		known[key] = len(answer.Paths)
		answer.Paths = append(answer.Paths, described)
	}
	slices.SortStableFunc(answer.Paths, comparePaths)
	for _, choke := range certain.Chokes(reaching) {
		if choke.Cuts > 0 || choke.Uses*10 >= len(reaching) {
			answer.Chokes = append(answer.Chokes, chokeOf(g, choke))
		}
	}
	return answer
}

// comparePaths puts what is certain first, then what has few steps.
func comparePaths(a, b Path) int {
	if (len(a.OnlyIf) == 0) != (len(b.OnlyIf) == 0) {
		return len(a.OnlyIf) - len(b.OnlyIf)
	}
	return len(a.Steps) - len(b.Steps)
}

func pathOf(g *escalation.Graph, path escalation.Path) Path {
	described := Path{Subjects: []string{g.Vertices[path.Start].String()}, OnlyIf: append([]string{}, g.Doubts(path)...)}
	for _, step := range path.Steps {
		first, last := g.Edges[step.Edges[0]], g.Edges[step.Edges[len(step.Edges)-1]]
		s := PathStep{Text: g.Tell(step), From: g.Vertices[first.From].String(), To: g.Vertices[last.To].String(), By: []Object{}}
		for _, edge := range step.Edges {
			s.Kinds = append(s.Kinds, escalation.Kinds[g.Edges[edge].Kind].ID)
			for _, cause := range g.CausesOf(edge) {
				s.By = append(s.By, causeOf(g, cause))
			}
		}
		described.Steps = append(described.Steps, s)
	}
	return described
}

// key is the same for ways that differ only in who goes them.
func (p Path) key() string {
	var key strings.Builder
	for i, step := range p.Steps {
		if i > 0 {
			key.WriteString(step.From)
		}
		key.WriteString("\x00" + step.Text)
		for _, by := range step.By {
			key.WriteString("\x00" + by.String() + by.Place())
		}
	}
	return key.String()
}

func causeOf(g *escalation.Graph, cause escalation.Cause) Object {
	s := cause.Object
	o := Object{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
	if cause.Grant != nil && cause.Grant.Binding == s && len(cause.Grant.Subjects) > 0 {
		return bindingOf(g.Access, cause.Grant, s.Root.Get("roleRef"))
	}
	at := cause.Node
	if at == nil {
		at = s.Root
	}
	o.locate(s, at)
	return o
}

func chokeOf(g *escalation.Graph, choke escalation.Choke) Choke {
	point := Choke{Object: causeOf(g, choke.Cause), Cuts: choke.Cuts, Uses: choke.Uses}
	if choke.Cause.Node != nil {
		point.Path = choke.Cause.Node.Path()
	}
	return point
}

// Title says what reaching the goal means, as a heading.
func (g *PathGoal) Title() string {
	title := escalation.Goal(g.Goal).String()
	title = strings.ToUpper(title[:1]) + title[1:]
	if g.BesideAdmin {
		title += " without being cluster-admin first"
	}
	return title
}

// Own are the choke points without what Kubernetes or the platform brings: whoever takes that away
// breaks the cluster.
func (g *PathGoal) Own() []Choke {
	return slices.DeleteFunc(slices.Clone(g.Chokes), func(c Choke) bool { return c.Object.Foreign() })
}

// Place says where to mend it.
func (c Choke) Place() string {
	if at := c.Object.Place(); at != "" {
		return at
	}
	if c.Object.Kind == "Namespace" {
		return "enforce a Pod Security level"
	}
	return c.Path
}

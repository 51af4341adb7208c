package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func newRBACPathsCommand(streams *Streams) *cobra.Command {
	o := &gathering{}
	var format, to string
	command := &cobra.Command{
		Use: "paths [SUBJECT]", Short: "Tell how subjects could become administrator, step by step",
		Long: `Tell how subjects could become cluster-admin, root on a node, or read every Secret of the cluster: the
shortest way of each, step by step with the binding that gives the step, and what to take away first.
Ways count too that lead through pods, tokens, nodes and controllers. Those of Kubernetes and of the
platform themselves are left out, and those that were given the goal outright are only named.

SUBJECT is user:alice, group:ops, sa:shop/ci, or a bare name that only one subject has.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof rbac paths\n  kubeproof rbac paths sa:shop/ci --to admin --in deploy/",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError("name one subject, or none for all: %q is too much", strings.Join(args[1:], " "))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			goals, err := parseGoals(to)
			if err != nil {
				return err
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			inv, err := o.inventory(command.Context(), streams, pathKinds()...)
			if err != nil {
				return err
			}
			index := inventory.NewIndex(inv.Subjects)
			g := escalation.Of(index, inv)
			starts, err := startsOf(index, g, args)
			if err != nil {
				return err
			}
			a := answerPaths(g, goals, starts)
			a.Gaps = gapsOf(inv)
			if err := give(streams, format, a); err != nil {
				return err
			}
			return partial(inv, pathKinds()...)
		},
	}
	o.register(command)
	command.Flags().StringVar(&to, "to", "", "only ways to `GOAL`: admin, node or secrets")
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

func parseGoals(to string) ([]escalation.Goal, error) {
	if to == "" {
		return escalation.Goals, nil
	}
	if goal := escalation.Goal(to); slices.Contains(escalation.Goals, goal) {
		return []escalation.Goal{goal}, nil
	}
	return nil, usageError("goal %q is unknown: use admin, node or secrets", to)
}

// startsOf gives the vertices whose ways are asked for: that of the named subject, or of all that
// are not the cluster's own, with those that stand for everybody.
func startsOf(index *inventory.Index, g *escalation.Graph, names []string) ([]int32, error) {
	if len(names) == 0 {
		return append(g.Everybody(), g.Starts()...), nil
	}
	who, err := findSubject(index, names[0])
	if err != nil {
		return nil, err
	}
	var starts []int32
	if at, known := g.Find(escalation.Vertex{Kind: escalation.Actor, Who: who}); known {
		return append(starts, at), nil
	}
	for _, name := range who.Groups() { // nothing names the subject: it has what everybody has
		if at, known := g.Find(escalation.Vertex{Kind: escalation.Actor, Who: rbac.Subject{Kind: rbac.Group, Name: name}}); known {
			starts = append(starts, at)
		}
	}
	return starts, nil
}

// pathsAnswer is the answer of rbac paths.
type pathsAnswer struct {
	Schema string     `json:"schema"`
	Goals  []pathGoal `json:"goals"`
	Gaps   []rbacGap  `json:"incomplete"`
}

type pathGoal struct {
	Goal string `json:"goal"`
	// BesideAdmin is true if ways that lead through the administrator of the cluster are left out.
	BesideAdmin bool `json:"besideAdmin"`
	// Subjects were looked at; Reaching have a way that is certain, Perhaps only a doubtful one.
	Subjects int `json:"subjects"`
	Reaching int `json:"reaching"`
	Perhaps  int `json:"perhaps"`
	// Direct were given the goal outright.
	Direct []string     `json:"direct"`
	Paths  []rbacPath   `json:"paths"`
	Chokes []chokePoint `json:"chokePoints"`
}

// rbacPath is the way of one subject, or of several whose ways are the same.
type rbacPath struct {
	Subjects []string   `json:"subjects"`
	OnlyIf   []string   `json:"onlyIf"`
	Steps    []pathStep `json:"steps"`
}

type pathStep struct {
	Text  string       `json:"text"`
	From  string       `json:"from"`
	To    string       `json:"to"`
	Kinds []string     `json:"kinds"`
	By    []rbacObject `json:"by"`
}

// chokePoint is what to take away.
type chokePoint struct {
	Object rbacObject `json:"object"`
	Path   string     `json:"path,omitempty"`
	// Cuts is how many subjects lose every way; Uses how many shortest ways lead through it. What
	// cuts nothing alone is told if a tenth of the shortest ways leads through it.
	Cuts int `json:"cuts"`
	Uses int `json:"uses"`
}

func answerPaths(g *escalation.Graph, goals []escalation.Goal, starts []int32) *pathsAnswer {
	a := &pathsAnswer{Schema: "kubeproof.dev/rbac-paths/v1", Goals: []pathGoal{}}
	for _, goal := range goals {
		a.Goals = append(a.Goals, answerGoal(g, goal, besideAdmin(goals, goal), starts))
	}
	return a
}

// besideAdmin reports whether ways to the goal that lead through the administrator are left out,
// because they are told as ways to that.
func besideAdmin(goals []escalation.Goal, goal escalation.Goal) bool {
	return goal != escalation.ToClusterAdmin && slices.Contains(goals, escalation.ToClusterAdmin)
}

func answerGoal(g *escalation.Graph, goal escalation.Goal, beside bool, starts []int32) pathGoal {
	answer := pathGoal{Goal: string(goal), BesideAdmin: beside, Subjects: len(starts), Direct: []string{}, Paths: []rbacPath{}, Chokes: []chokePoint{}}
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
		described := describePath(g, path)
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
			answer.Chokes = append(answer.Chokes, describeChoke(g, choke))
		}
	}
	return answer
}

// comparePaths puts what is certain first, then what has few steps.
func comparePaths(a, b rbacPath) int {
	if (len(a.OnlyIf) == 0) != (len(b.OnlyIf) == 0) {
		return len(a.OnlyIf) - len(b.OnlyIf)
	}
	return len(a.Steps) - len(b.Steps)
}

func describePath(g *escalation.Graph, path escalation.Path) rbacPath {
	described := rbacPath{Subjects: []string{g.Vertices[path.Start].String()}, OnlyIf: append([]string{}, g.Doubts(path)...)}
	for _, step := range path.Steps {
		first, last := g.Edges[step.Edges[0]], g.Edges[step.Edges[len(step.Edges)-1]]
		s := pathStep{Text: g.Tell(step), From: g.Vertices[first.From].String(), To: g.Vertices[last.To].String(), By: []rbacObject{}}
		for _, edge := range step.Edges {
			s.Kinds = append(s.Kinds, escalation.Kinds[g.Edges[edge].Kind].ID)
			for _, cause := range g.CausesOf(edge) {
				s.By = append(s.By, describeCause(g, cause))
			}
		}
		described.Steps = append(described.Steps, s)
	}
	return described
}

// key is the same for ways that differ only in who goes them.
func (p rbacPath) key() string {
	var key strings.Builder
	for i, step := range p.Steps {
		if i > 0 {
			key.WriteString(step.From)
		}
		key.WriteString("\x00" + step.Text)
		for _, by := range step.By {
			key.WriteString("\x00" + by.String() + by.place())
		}
	}
	return key.String()
}

func describeCause(g *escalation.Graph, cause escalation.Cause) rbacObject {
	s := cause.Object
	o := rbacObject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
	if cause.Grant != nil && cause.Grant.Binding == s && len(cause.Grant.Subjects) > 0 {
		return describeBinding(g.Access, cause.Grant, s.Root.Get("roleRef"))
	}
	at := cause.Node
	if at == nil {
		at = s.Root
	}
	o.locate(s, at)
	return o
}

func describeChoke(g *escalation.Graph, choke escalation.Choke) chokePoint {
	point := chokePoint{Object: describeCause(g, choke.Cause), Cuts: choke.Cuts, Uses: choke.Uses}
	if choke.Cause.Node != nil {
		point.Path = choke.Cause.Node.Path()
	}
	return point
}

// pathKinds are the kinds without which ways are missing.
func pathKinds() []string {
	return append(slices.Clone(rbacKinds), "Pod", "Namespace", "ServiceAccount")
}

package escalation

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/bundle"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// longestMessage bounds how much of a path a finding tells, in characters.
const longestMessage = 600

// ToAdmin judges bindings: one fails if it is the first step of a way to cluster-admin of a subject
// that is no administrator itself. Subjects with the same first binding make one finding.
func ToAdmin(in assessment.Input) []assessment.Verdict { return judge(in, ToClusterAdmin) }

// ToNode is ToAdmin for root on a node, but for subjects that can become cluster-admin anyway.
func ToNode(in assessment.Input) []assessment.Verdict { return judge(in, ToNodeRoot) }

// ToSecrets is ToNode for the Secrets of all namespaces.
func ToSecrets(in assessment.Input) []assessment.Verdict { return judge(in, ToAllSecrets) }

// finding is the subjects whose ways begin with one binding.
type finding struct {
	grant  *rbac.Grant
	edge   *Edge
	path   Path
	others int
}

func judge(in assessment.Input, goal Goal) []assessment.Verdict {
	return inBundles(in, func(in assessment.Input, g *Graph) []assessment.Verdict {
		var verdicts []assessment.Verdict
		judged := map[*inventory.Subject]bool{}
		for _, certain := range []bool{true, false} {
			for _, f := range g.findings(in.Index, goal, certain) {
				if !judged[f.grant.Binding] {
					judged[f.grant.Binding] = true
					verdicts = append(verdicts, f.verdict(g))
				}
			}
		}
		return append(verdicts, rest(in, g, judged)...)
	})
}

// inBundles looks for ways in each bundle by itself: objects of different charts or overlays may
// never meet in one cluster.
func inBundles(in assessment.Input, look func(assessment.Input, *Graph) []assessment.Verdict) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, part := range bundle.Split(in.Index) {
		in.Index = part
		verdicts = append(verdicts, look(in, Of(part, in.Inventory))...)
	}
	return verdicts
}

// findings groups the ways of all starts by their first binding.
func (g *Graph) findings(index *inventory.Index, goal Goal, certain bool) []*finding {
	routes := routesOf(index, g, goal, Choice{Certain: certain, NotByAdmin: goal != ToClusterAdmin})
	admin := routesOf(index, g, ToClusterAdmin, Choice{Certain: true})
	byGrant := map[*rbac.Grant]*finding{}
	var all []*finding
	for _, start := range g.Starts() {
		if _, reaches := routes.Steps(start); !reaches {
			continue
		}
		if _, reaches := admin.Steps(start); reaches && (goal != ToClusterAdmin || !certain) {
			continue // told as a way to cluster-admin
		}
		path := routes.Path(start)
		edge, grant := g.firstGrant(path)
		if grant == nil || g.Direct(path) || isEverybody(g.Vertices[edge.From].Who) {
			continue
		}
		if f := byGrant[grant]; f != nil {
			f.others++
			if len(path.Steps) < len(f.path.Steps) {
				f.path, f.edge = path, edge
			}
			continue
		}
		f := &finding{grant: grant, edge: edge, path: path}
		byGrant[grant] = f
		all = append(all, f)
	}
	return all
}

func isEverybody(who rbac.Subject) bool { return slices.Contains(everybody, who) }

// verdict is a failure, unless something about the way is not known.
func (f *finding) verdict(g *Graph) assessment.Verdict {
	message := g.tellFinding(f.path)
	if f.others == 1 {
		message += " (and 1 more subject by this binding)"
	} else if f.others > 1 {
		message += fmt.Sprintf(" (and %d more subjects by this binding)", f.others)
	}
	v := assessment.Verdict{Outcome: assessment.Fail, Message: message, Subject: f.grant.Binding, Node: placeOf(f.grant, g.Vertices[f.edge.From].Who)}
	if doubts := g.Doubts(f.path); len(doubts) > 0 {
		// Files say nothing of the cluster that they are applied to; a cluster could have.
		v.Outcome = assessment.NotApplicable
		if f.grant.Binding.Source.Cluster != "" {
			v.Outcome = assessment.Unknown
		}
		v.Message = "only if " + doubts[0] + ": " + message
	}
	return v
}

func (g *Graph) tellFinding(p Path) string {
	steps := "1 step"
	if len(p.Steps) != 1 {
		steps = fmt.Sprintf("%d steps", len(p.Steps))
	}
	return fmt.Sprintf("%s can %s in %s: %s", g.Vertices[p.Start], p.Goal, steps, g.TellPath(p, longestMessage))
}

// placeOf is where a binding names the subject; its roleRef if it does not.
func placeOf(grant *rbac.Grant, who rbac.Subject) *document.Node {
	for _, holder := range grant.Subjects {
		if holder.Subject.Canonical() == who {
			return holder.Node
		}
	}
	return grant.Binding.Root.Get("roleRef")
}

// rest passes the bindings that begin no way. Where something was not read that could be a step,
// nothing is passed: one verdict tells so.
func rest(in assessment.Input, g *Graph, judged map[*inventory.Subject]bool) []assessment.Verdict {
	for _, kind := range []string{"Namespace", "ServiceAccount", "Pod"} {
		for _, gap := range in.Inventory.Missing(kind) {
			for _, s := range in.Index.Kind(inventory.FactCluster) {
				if s.Source.Target == gap.Target {
					return []assessment.Verdict{{Outcome: assessment.Unknown, Subject: s, Node: s.Root, Message: "not every step could be seen: " + gap.Reason}}
				}
			}
		}
	}
	var verdicts []assessment.Verdict
	for _, grant := range g.Access.Grants {
		if !judged[grant.Binding] && !g.Access.Origin(grant.Binding).Foreign() {
			judged[grant.Binding] = true
			verdicts = append(verdicts, assessment.Verdict{Outcome: assessment.Pass, Subject: grant.Binding, Node: grant.Binding.Root.Get("roleRef")})
		}
	}
	return verdicts
}

// FromAnyone judges bindings that give rights to everybody: one fails if it is the first step of a
// way to any goal.
func FromAnyone(in assessment.Input) []assessment.Verdict { return inBundles(in, fromAnyone) }

func fromAnyone(in assessment.Input, g *Graph) []assessment.Verdict {
	var verdicts []assessment.Verdict
	judged := map[*inventory.Subject]bool{}
	for _, goal := range Goals {
		routes := routesOf(in.Index, g, goal, Choice{Certain: true})
		for _, start := range g.Everybody() {
			path := routes.Path(start)
			edge, grant := g.firstGrant(path)
			if grant == nil || g.Direct(path) || judged[grant.Binding] {
				continue
			}
			judged[grant.Binding] = true
			f := finding{grant: grant, edge: edge, path: path}
			verdicts = append(verdicts, f.verdict(g))
		}
	}
	for _, start := range g.Everybody() {
		for _, grant := range g.Access.Bound(g.Vertices[start].Who) {
			if !judged[grant.Binding] {
				judged[grant.Binding] = true
				verdicts = append(verdicts, assessment.Verdict{Outcome: assessment.Pass, Subject: grant.Binding, Node: placeOf(grant, g.Vertices[start].Who)})
			}
		}
	}
	return verdicts
}

// FromExposed judges workloads that can be reached from outside of the cluster: one fails if
// whoever breaks into it has a way to any goal.
func FromExposed(in assessment.Input) []assessment.Verdict { return inBundles(in, fromExposed) }

func fromExposed(in assessment.Input, g *Graph) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, start := range g.Workloads() {
		by := g.Exposed(start)
		if by == "" {
			continue
		}
		s := g.Vertices[start].Object
		v := assessment.Verdict{Outcome: assessment.Pass, Subject: s, Node: s.Pod.Spec}
		for _, goal := range Goals {
			path := routesOf(in.Index, g, goal, Choice{Certain: true}).Path(start)
			if len(path.Steps) > 0 {
				v.Outcome, v.Message = assessment.Fail, fmt.Sprintf("published by %s: %s", by, g.tellFinding(path))
				if causes := g.CausesOf(path.Edges()[0]); len(causes) > 0 && causes[0].Object == s {
					v.Node = causes[0].Node
				}
				break
			}
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// routesOf searches once for all checks that ask for the same.
func routesOf(index *inventory.Index, g *Graph, goal Goal, choice Choice) *Routes {
	key := fmt.Sprintf("escalation.routes %s %t %t", string(goal), choice.Certain, choice.NotByAdmin)
	return inventory.Derived(index, key, func(*inventory.Index) *Routes { return g.Routes(goal, choice) })
}

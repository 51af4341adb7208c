package engine

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// blocked marks the rules that cannot be run: a kind that they read beside what they judge was
// seen nowhere, so that what they would say of its absence means nothing.
func (p *Plan) blocked(inv *inventory.Inventory) []bool {
	marks := make([]bool, len(p.rules))
	for i, r := range p.rules {
		marks[i] = slices.ContainsFunc(inv.Gaps, func(gap inventory.Gap) bool {
			return gap.Everywhere() && slices.Contains(r.control.Check.Reads, gap.Kind)
		})
	}
	return marks
}

// judgeGaps tells, once for each control and target, what the control could not see there.
func (w *worker) judgeGaps() []*assessment.Finding {
	var all []*assessment.Finding
	for _, target := range w.inv.Targets {
		at := w.clusterOf(target.Name)
		if at == nil {
			continue
		}
		for i, r := range w.plan.rules {
			verdict, found := gapVerdict(r, w.inv.Gaps, target.Name)
			if !found {
				continue
			}
			w.begin(at)
			w.report(i, verdict, at.Root)
			all = append(all, w.findings...)
		}
	}
	return all
}

// clusterOf is the fact that describes the cluster of a target; nil if it is none.
func (w *worker) clusterOf(target string) *inventory.Subject {
	for _, s := range w.index.Kind(inventory.FactCluster) {
		if s.Source.Target == target {
			return s
		}
	}
	return nil
}

// gapVerdict joins the gaps that concern a rule: what only a provider can show does not apply,
// anything else is unknown.
func gapVerdict(r *rule, gaps []inventory.Gap, target string) (assessment.Verdict, bool) {
	var reasons []string
	outcome := assessment.NotApplicable
	for _, gap := range gaps {
		if gap.Target != target || !r.concerns(gap.Kind) || slices.Contains(reasons, gap.Reason) {
			continue
		}
		if !gap.Provider {
			outcome = assessment.Unknown
		}
		reasons = append(reasons, gap.Reason)
	}
	return assessment.Verdict{Outcome: outcome, Message: strings.Join(reasons, "; ")}, len(reasons) > 0
}

// concerns reports whether the rule judges or reads objects of the kind.
func (r *rule) concerns(kind string) bool {
	switch name := r.scope.Name; {
	case slices.Contains(r.control.Check.Reads, kind):
		return true
	case name == "inventory":
		return false
	case name == "objects":
		return !slices.Contains(inventory.FactKinds, kind)
	case r.scope.Kinds() != nil:
		return slices.Contains(r.scope.Kinds(), kind)
	}
	return inventory.CarriesPod(kind)
}

package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// blockage is where a rule cannot be run: a kind that it reads beside what it judges was not seen
// there, so that what it would say of its absence means nothing.
type blockage []inventory.Gap

// blockages gives those of every rule.
func (p *Plan) blockages(inv *inventory.Inventory, index *inventory.Index) []blockage {
	all := make([]blockage, len(p.rules))
	for i, r := range p.rules {
		for _, kind := range r.control.Check.Beside {
			if len(index.Kind(kind)) == 0 {
				all[i] = append(all[i], inventory.Gap{Kind: kind, Unasked: true})
			}
		}
		for _, gap := range inv.Gaps {
			if slices.Contains(r.control.Check.Reads, gap.Kind) {
				all[i] = append(all[i], gap)
			}
		}
	}
	return all
}

// everywhere reports whether the rule can say nothing at all.
func (b blockage) everywhere() bool { return slices.ContainsFunc(b, inventory.Gap.Everywhere) }

// of reports whether the rule can say nothing of a subject: one of a namespace in which it does
// not see what it needs, such a namespace itself, or the cluster as a whole.
func (b blockage) of(s *inventory.Subject) bool {
	if len(b) == 0 || s.Kind == inventory.FactCluster {
		return len(b) > 0
	}
	namespace := s.Namespace
	if s.Kind == "Namespace" {
		namespace = s.Name
	}
	return b.everywhere() || namespace != "" && slices.ContainsFunc(b, func(gap inventory.Gap) bool { return gap.Covers(namespace) })
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
		if !gap.Excused() {
			outcome = assessment.Unknown
		}
		reasons = append(reasons, gap.Reason)
	}
	more := ""
	if len(reasons) > mostReasons {
		reasons, more = reasons[:mostReasons], fmt.Sprintf("; and %d more", len(reasons)-mostReasons)
	}
	return assessment.Verdict{Outcome: outcome, Message: strings.Join(reasons, "; ") + more}, len(reasons) > 0
}

// mostReasons is how many reasons of one verdict are told.
const mostReasons = 4

// concerns reports whether the rule judges or reads objects of the kind.
func (r *rule) concerns(kind string) bool {
	switch name := r.scope.Name; {
	case slices.Contains(r.control.Check.Reads, kind):
		return true
	case slices.Contains([]string{"inventory", "stages", "instructions", "commands"}, name):
		return false
	case name == "objects":
		return !slices.Contains(inventory.FactKinds, kind)
	case r.scope.Kinds() != nil:
		return slices.Contains(r.scope.Kinds(), kind)
	}
	return inventory.CarriesPod(kind)
}

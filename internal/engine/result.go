package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// result adds up what the workers counted and puts the findings in order.
func (p *Plan) result(workers []*worker, findings []*assessment.Finding, judged []bool) *Result {
	result := &Result{Judged: judged, Findings: findings}
	for i, r := range p.rules {
		c := assessment.ControlResult{ID: r.control.ID, Title: r.control.Title, Severity: r.control.Severity, Team: r.control.Team}
		for _, w := range workers {
			c.Outcomes = c.Outcomes.Plus(w.counts[i])
		}
		if c.Outcomes.Total() == 0 {
			c.Unseen = "nothing seen that it judges: " + r.scope.About + askedFor(r.scope.Kinds())
		}
		result.Controls = append(result.Controls, c)
	}
	return result
}

// askedFor names the flag that a kind of fact needs to be collected.
func askedFor(kinds []string) string {
	for _, kind := range kinds {
		if flag := inventory.FactFlags[kind]; flag != "" {
			return ", which a scan of a cluster collects with " + flag
		}
	}
	return ""
}

// inOrder sorts findings in place.
func inOrder(findings []*assessment.Finding) []*assessment.Finding {
	slices.SortStableFunc(findings, order)
	return findings
}

// merged puts the findings of all subjects, which are mostly in order already, and those of the
// checks that look at everything into one order.
func merged(found [][]*assessment.Finding, whole []*assessment.Finding) []*assessment.Finding {
	total := len(whole)
	for _, part := range found {
		total += len(part)
	}
	whole = inOrder(whole)
	all := make([]*assessment.Finding, 0, total)
	for _, part := range found {
		for _, f := range part {
			for len(whole) > 0 && order(whole[0], f) < 0 {
				all, whole = append(all, whole[0]), whole[1:]
			}
			all = append(all, f)
		}
	}
	all = append(all, whole...)
	if !slices.IsSortedFunc(all, order) { // the files of a chart or overlay do not follow its objects
		return inOrder(all)
	}
	return all
}

// order sorts findings by place, then by control: the same input gives the same report.
func order(a, b *assessment.Finding) int {
	if a.Location.File != b.Location.File {
		return strings.Compare(a.Location.File, b.Location.File)
	}
	if c := cmp.Or(cmp.Compare(a.Location.Line, b.Location.Line), cmp.Compare(a.Location.Column, b.Location.Column)); c != 0 {
		return c
	}
	return cmp.Or(
		strings.Compare(a.Control, b.Control),
		strings.Compare(a.Subject.Namespace, b.Subject.Namespace),
		strings.Compare(a.Subject.Name, b.Subject.Name),
		strings.Compare(a.Subject.Container, b.Subject.Container),
		strings.Compare(a.Location.Path, b.Location.Path),
		strings.Compare(a.Message, b.Message),
	)
}

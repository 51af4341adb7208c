package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// result adds up what the workers counted and puts the findings in order.
func (p *Plan) result(workers []*worker, found [][]assessment.Finding, judged []bool) *Result {
	result := &Result{Judged: judged, Findings: sorted(found)}
	for i, r := range p.rules {
		c := assessment.ControlResult{ID: r.control.ID, Title: r.control.Title, Severity: r.control.Severity, Team: r.control.Team}
		for _, w := range workers {
			c.Outcomes = c.Outcomes.Plus(w.counts[i])
		}
		if c.Outcomes.Total() == 0 {
			c.Unseen = "nothing seen that it judges: " + r.scope.About
		}
		result.Controls = append(result.Controls, c)
	}
	return result
}

// sorted puts the findings in order; it moves pointers, since findings are large.
func sorted(found [][]assessment.Finding) []assessment.Finding {
	var all []*assessment.Finding
	for _, list := range found {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	slices.SortStableFunc(all, order)
	findings := make([]assessment.Finding, len(all))
	for i, f := range all {
		findings[i] = *f
	}
	return findings
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

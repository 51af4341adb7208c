package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// result adds up what the workers counted and puts the findings in order.
func (p *Plan) result(workers []*worker, found [][]assessment.Finding, judged []bool) *Result {
	result := &Result{Judged: judged, Findings: slices.Concat(found...)}
	slices.SortStableFunc(result.Findings, order)
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

// order sorts findings by place, then by control: the same input gives the same report.
func order(a, b assessment.Finding) int {
	return cmp.Or(
		strings.Compare(a.Location.File, b.Location.File),
		cmp.Compare(a.Location.Line, b.Location.Line),
		cmp.Compare(a.Location.Column, b.Location.Column),
		strings.Compare(a.Control, b.Control),
		strings.Compare(a.Subject.Namespace, b.Subject.Namespace),
		strings.Compare(a.Subject.Name, b.Subject.Name),
		strings.Compare(a.Subject.Container, b.Subject.Container),
		strings.Compare(a.Location.Path, b.Location.Path),
		strings.Compare(a.Message, b.Message),
	)
}

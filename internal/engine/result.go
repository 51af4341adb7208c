package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// result adds up what the workers counted and puts the findings in order.
func (p *Plan) result(workers []*worker, findings []assessment.Finding, judged []bool) *Result {
	result := &Result{Judged: judged, Findings: findings}
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

// sorted gives the findings in order, in a slice of their own; it sorts pointers, since findings
// are large.
func sorted(findings []assessment.Finding) []assessment.Finding {
	if len(findings) == 0 {
		return nil
	}
	all := make([]*assessment.Finding, len(findings))
	for i := range findings {
		all[i] = &findings[i]
	}
	slices.SortStableFunc(all, order)
	inOrder := make([]assessment.Finding, len(all))
	for i, f := range all {
		inOrder[i] = *f
	}
	return inOrder
}

// merged puts the findings of all subjects, which are mostly in order already, and those of the
// checks that look at everything into one order. It lets go of the parts as it copies them, for
// there may be many.
func merged(found [][]assessment.Finding, whole []assessment.Finding) []assessment.Finding {
	total := len(whole)
	for _, part := range found {
		total += len(part)
	}
	all, inOrder := make([]assessment.Finding, 0, total), true
	for i, part := range found {
		for j := range part {
			for len(whole) > 0 && order(&whole[0], &part[j]) < 0 {
				all, whole = append(all, whole[0]), whole[1:]
			}
			inOrder = inOrder && (len(all) == 0 || order(&all[len(all)-1], &part[j]) <= 0)
			all = append(all, part[j])
		}
		found[i] = nil
	}
	all = append(all, whole...)
	if !inOrder { // the files of a chart or overlay do not follow the order of its objects
		return sorted(all)
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

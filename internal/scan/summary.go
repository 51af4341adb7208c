package scan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// moveAccepted counts accepted failures as accepted and no longer as failures.
func moveAccepted(a *assessment.Assessment) {
	accepted := map[string]int{}
	for _, f := range a.Findings {
		if f.Outcome == assessment.Accepted {
			accepted[f.Control]++
		}
	}
	for i := range a.Controls {
		n := accepted[a.Controls[i].ID]
		a.Controls[i].Outcomes.Fail -= n
		a.Controls[i].Outcomes.Accepted += n
	}
}

// summarize adds up. The kinds that controls read beside what they judge are not unjudged.
func summarize(a *assessment.Assessment, inv *inventory.Inventory, judged []bool, read map[string]bool) assessment.Summary {
	s := assessment.Summary{Subjects: len(inv.Subjects), Controls: len(a.Controls),
		Severity: map[control.Severity]int{}, Teams: map[control.Team]int{}, Kinds: map[string]int{}}
	for _, c := range a.Controls {
		s.Outcomes = s.Outcomes.Plus(c.Outcomes)
	}
	for _, f := range a.Findings {
		if f.Outcome == assessment.Fail {
			s.Severity[f.Severity]++
			s.Teams[f.Team]++
		}
	}
	for i, subject := range inv.Subjects {
		s.Kinds[subject.Kind]++
		switch {
		case judged[i] || read[subject.Kind]:
			s.Judged++
		case s.Unjudged == nil:
			s.Unjudged = map[string]int{subject.Kind: 1}
		default:
			s.Unjudged[subject.Kind]++
		}
	}
	return s
}

// tidy gives lists an order and makes empty ones empty rather than null in JSON.
func tidy(a *assessment.Assessment) {
	if a.Findings == nil {
		a.Findings = []*assessment.Finding{}
	}
	if a.Errors == nil {
		a.Errors = []inventory.Error{}
	}
	slices.SortStableFunc(a.Errors, func(x, y inventory.Error) int {
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), strings.Compare(x.Message, y.Message))
	})
	slices.SortStableFunc(a.Notices, func(x, y assessment.Notice) int {
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), strings.Compare(x.Message, y.Message))
	})
}

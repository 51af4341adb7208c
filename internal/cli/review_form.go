package cli

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// formOf says in words what an answer to a question looks like.
func formOf(q *checklist.Question) string {
	form := ""
	switch q.Type {
	case checklist.YesNo:
		form = "yes, partly or no"
	case checklist.One:
		form = "one of: " + choicesOf(q)
	case checklist.Many:
		form = "one or more of: " + choicesOf(q)
	case checklist.Number:
		form = "a number of " + q.Unit + bounds(q)
	case checklist.Date:
		form = "a day, as 2026-01-31"
		if q.Within > 0 {
			form += fmt.Sprintf("; enough if it is at most %d days ago", q.Within)
		}
	case checklist.Link:
		form = "the address of a page"
	default:
		form = "a text"
	}
	if q.NeedsJudgement() {
		form += "; say too whether that is satisfied, partly or not-satisfied"
	}
	return form + fmt.Sprintf("; counts for %d days", q.Fresh)
}

func choicesOf(q *checklist.Question) string {
	parts := make([]string, len(q.Choices))
	for i, choice := range q.Choices {
		parts[i] = choice.ID + " (" + choice.Text + ")"
	}
	return strings.Join(parts, ", ")
}

func bounds(q *checklist.Question) string {
	text := ""
	if q.AtLeast != nil {
		text += fmt.Sprintf("; enough if at least %v", *q.AtLeast)
	}
	if q.AtMost != nil {
		text += fmt.Sprintf("; enough if at most %v", *q.AtMost)
	}
	return text
}

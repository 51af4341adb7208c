package dossier

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/review"
)

// spoken writes a state as people say it: not satisfied.
func spoken[T ~string](state T) string { return strings.ReplaceAll(string(state), "-", " ") }

// headline says the score in one line.
func (d *Document) headline() string {
	if d.Score.Applicable == 0 {
		return "no item applies yet"
	}
	return fmt.Sprintf("%s of %s satisfied, %d %%", number(d.Score.Satisfied), count(d.Score.Applicable, "applicable item"), d.Score.Percent)
}

// rates writes counts of a machine's verdicts, the failures first.
func rates(c assessment.Counts) string {
	var parts []string
	for _, one := range []struct {
		n    int
		what string
	}{{c.Fail, "failed"}, {c.Error, "in error"}, {c.Unknown, "unknown"}, {c.Accepted, "accepted"}, {c.Pass, "passed"}, {c.NotApplicable, "not applicable"}} {
		if one.n > 0 {
			parts = append(parts, number(one.n)+" "+one.what)
		}
	}
	if len(parts) == 0 {
		return "no verdicts"
	}
	return strings.Join(parts, ", ")
}

// Said is the answer in a few words: values, text or that it does not apply.
func (a *Answer) Said() string {
	var parts []string
	switch {
	case a == nil || !a.Given:
		return ""
	case a.NotApplicable:
		parts = append(parts, "does not apply")
	case a.Erased && len(a.Values) == 0:
		parts = append(parts, erased)
	}
	parts = append(parts, a.Shown...)
	if a.Text != "" {
		parts = append(parts, a.Text)
	}
	return strings.Join(parts, ", ")
}

// erased stands where a text was.
const erased = "(text erased; its digest in the ledger still proves it)"

// Stands says how far a question is: its stage, and why it is not asked.
func (q *Question) Stands() string {
	switch {
	case q.Skipped != "":
		return "not asked"
	case q.Waiting != "":
		return "waiting"
	case q.Stale != "" && q.Stage == review.Approved:
		return "stale"
	}
	return spoken(q.Stage)
}

// about explains the numbers; each entry is a paragraph.
var about = []string{
	"The score is the number of satisfied items divided by the number of applicable items, in whole percent rounded down. " +
		"An item is satisfied only if every question asked of it is answered, approved by somebody who had no hand in the answer, fresh, " +
		"and good enough, and if no control fails or was left unseen. Partly satisfied, accepted, stale, unreviewed and open items count as not satisfied; " +
		"they stand beside the score and are never added to it. Items that do not apply, with an approved reason, are left out of both numbers.",
	"The risk-weighted score divides the weights of the satisfied items by the weights of the applicable ones. The weight of an item is the risk from 1 to 10 " +
		"that its checklist gives it, else the highest risk among its controls, else 5.",
	"An exception lets an item that is not satisfied be accepted until its last day; then the item shows its own state again. " +
		"A scan counts as long as it is fresh; what no scan saw is never taken as a pass.",
	"The tables of frameworks list evidence that supports a requirement. They do not say that the requirement is met: that is for an assessor to decide.",
}

package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// Compare says what importing the rows would change, in their order. Rows that say what stands
// already give nothing. A blank field changes nothing beside an answer that is the same, so no file
// erases an answer. The problems are rows, or parts of them, that cannot be done.
func Compare(v *review.View, library *checklist.Library, rows []Row) ([]Change, []Problem) {
	c := &comparison{view: v, library: library}
	places := map[string]string{}
	twice := map[string]bool{}
	for _, row := range rows {
		if first, seen := places[row.Key]; seen {
			twice[row.Key] = true
			c.wrong(row, "%s stands also at %s: keep one, neither is read", row.Key, first)
			continue
		}
		places[row.Key] = row.Place
	}
	for _, row := range rows {
		if !twice[row.Key] {
			c.row(row)
		}
	}
	return c.changes, c.problems
}

type comparison struct {
	view     *review.View
	library  *checklist.Library
	changes  []Change
	problems []Problem
}

func (c *comparison) wrong(row Row, format string, args ...any) {
	c.problems = append(c.problems, Problem{row.Place, fmt.Sprintf(format, args...)})
}

func (c *comparison) row(row Row) {
	stands := &entry{view: c.view, key: row.Key, asked: c.view.Question(row.Key)}
	item := c.view.Item(row.Key)
	if stands.asked == nil && item == nil {
		c.wrong(row, "%s", c.unknown(row.Key))
		return
	}
	stands.find()
	change := Change{Key: row.Key, Place: row.Place}
	var before, after []string
	add := func(action review.Action, was, becomes string) {
		change.Actions = append(change.Actions, action)
		before, after = appendFilled(before, was), appendFilled(after, becomes)
	}
	if set, err := c.set(stands, item, row); err != nil {
		c.wrong(row, "%s: %v", row.Key, err)
	} else if set != nil {
		if stands.answer.Reply != nil {
			change.Prior = stands.answer.Stage
		}
		was, becomes := toldAnswers(stands, set)
		add(set, was, becomes)
	}
	if assign, err := c.assign(stands, row); err != nil {
		c.wrong(row, "%s: %v", row.Key, err)
	} else if assign != nil {
		was, becomes := toldAssigned(stands, assign)
		add(assign, was, becomes)
	}
	if len(change.Actions) > 0 {
		change.Before, change.After = strings.Join(before, "; "), strings.Join(after, "; ")
		c.changes = append(c.changes, change)
	}
}

func (c *comparison) unknown(key string) string {
	plan := c.view.Plan.ID
	if _, known := c.library.Question(key); known {
		return fmt.Sprintf("question %s is not asked in review %s: take the row out, or add a checklist that asks it", key, plan)
	}
	return fmt.Sprintf("%q is neither a question nor an item of review %s: see `kubeproof review status --review %s --all`", excerpt(key), plan, plan)
}

// set is the action that answers as the row says; nil if that changes nothing.
func (c *comparison) set(stands *entry, item *review.ItemView, row Row) (*review.SetAnswer, error) {
	if row.isBlank() {
		return nil, nil
	}
	set := &review.SetAnswer{Plan: c.view.Plan.ID, Key: row.Key, NotApplicable: row.NotApplicable,
		AnswerText: review.AnswerText{Comment: lines(row.Comment)}}
	if strings.TrimSpace(set.Comment) == "" {
		set.Comment = ""
	}
	filled := isFilled(row)
	if stands.asked == nil {
		set.Catalogue = item.Item.Digest()
		if filled || row.Judged != "" {
			return nil, fmt.Errorf("item is judged by its controls and questions: only notApplicable and a comment can be written")
		}
	} else {
		set.Catalogue = stands.asked.Question.Digest()
		set.Judged = checklist.Result(strings.ToLower(string(row.Judged)))
		answerOf(stands.asked.Question, row, set)
	}
	if stands.says(set) {
		return nil, nil
	}
	return set, c.fits(stands, set, filled)
}

// says is true if the answer stands already as the action would set it.
func (e *entry) says(set *review.SetAnswer) bool {
	if e.answer.Reply == nil || e.reply.NotApplicable != set.NotApplicable {
		return false
	}
	if set.Comment != "" && !sameText(e.text.Comment, set.Comment) {
		return false
	}
	if set.NotApplicable {
		return len(set.Values) == 0 && set.AnswerText.Text == ""
	}
	if e.asked == nil {
		return false
	}
	if set.Judged != "" && set.Judged != e.reply.Judged {
		return false
	}
	return sameValues(e.asked.Question, e.reply.Values, set.Values) && sameText(e.text.Text, set.AnswerText.Text)
}

// assign is the action that gives the question to whom the row says; nil if that changes nothing.
func (c *comparison) assign(stands *entry, row Row) (*review.Assign, error) {
	assign := &review.Assign{Plan: c.view.Plan.ID, Key: row.Key, Owner: stands.answer.Owner, Due: stands.answer.Due}
	if row.Due != "" {
		day, err := dayOf(row.Due)
		if err != nil {
			return nil, fmt.Errorf("due %w", err)
		}
		assign.Due = day
	}
	if row.Owner != "" {
		person := c.view.State.Find(row.Owner)
		if person == nil {
			person = c.view.State.Find(unguard(row.Owner))
		}
		if person == nil {
			return nil, fmt.Errorf("owner %q is unknown: write a name or id of `kubeproof review person list`", excerpt(row.Owner))
		}
		assign.Owner = person.ID
	}
	if assign.Owner == stands.answer.Owner && assign.Due == stands.answer.Due {
		return nil, nil
	}
	person := c.view.State.People[assign.Owner]
	switch {
	case assign.Owner != "" && (person == nil || person.Gone(c.view.Now) || !person.Has(review.Contributor)):
		return nil, fmt.Errorf("owner %q is no contributor, or has left: name one who can answer", row.Owner)
	case assign.Due != "" && assign.Due < c.view.Now.UTC().Format(review.Day):
		if !row.isBlank() {
			return nil, nil // what was due is done
		}
		return nil, fmt.Errorf("due %s has passed: name a day to come", assign.Due)
	}
	return assign, nil
}

func appendFilled(all []string, text string) []string {
	if text == "" {
		return all
	}
	return append(all, text)
}

// find looks up what stands for the entry's key.
func (e *entry) find() {
	answer := e.view.State.Answers[review.IDOf(e.view.Plan.ID, e.key)]
	if answer == nil {
		return
	}
	e.answer = *answer
	if answer.Reply != nil {
		e.reply, e.text = *answer.Reply, e.view.State.Written(answer.Reply)
	}
}

// isFilled is true if the row has an answer, and not only what stands beside one.
func isFilled(row Row) bool {
	return slices.ContainsFunc(append(slices.Clone(row.Values), row.Text), func(s string) bool { return strings.TrimSpace(s) != "" })
}

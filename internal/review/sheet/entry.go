package sheet

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// entry is what a file shows of a question, or of an item that is declared not to apply.
type entry struct {
	view  *review.View
	key   string
	asked *review.Asked      // nil for an item
	items []*review.ItemView // that the question answers, or the item itself
	// answer is as it stands; empty if nobody has touched it.
	answer review.Answer
	reply  review.Reply
	text   review.AnswerText
}

// entries are the questions that are written, in the order of the checklists, and then the items
// that somebody declared not to apply.
func entries(v *review.View, o Options) []*entry {
	var all []*entry
	add := func(e *entry) {
		if answer := v.State.Answers[review.IDOf(v.Plan.ID, e.key)]; answer != nil {
			e.answer = *answer
		}
		if o.Mine != "" && e.owner() != o.Mine {
			return
		}
		if e.answer.Reply != nil {
			e.reply, e.text = *e.answer.Reply, v.State.Written(e.answer.Reply)
		}
		all = append(all, e)
	}
	for _, asked := range v.Asked {
		if asked.Skipped == "" || o.All {
			add(&entry{view: v, key: asked.Question.ID, asked: asked, items: v.ItemsOf(asked.Question.ID)})
		}
	}
	for _, item := range v.Items {
		if v.State.Answers[review.IDOf(v.Plan.ID, item.Item.ID)] != nil {
			add(&entry{view: v, key: item.Item.ID, items: []*review.ItemView{item}})
		}
	}
	return all
}

// owner is who has to answer; "" if nobody is known.
func (e *entry) owner() string {
	if e.asked != nil {
		return e.asked.Owner
	}
	return e.answer.Owner
}

// question is the question; for an item it is one that has the item's text and no type.
func (e *entry) question() *checklist.Question {
	if e.asked != nil {
		return e.asked.Question
	}
	return &checklist.Question{ID: e.key, Text: e.items[0].Item.Text, Guidance: "this item was declared not to apply"}
}

// isWritten is true for types whose answer is one text, which is kept letter by letter.
func isWritten(q *checklist.Question) bool {
	return q.Type == checklist.Text || q.Type == checklist.Link
}

// values are the answer as one or more values; nil if there is none, or it does not apply.
func (e *entry) values() []string {
	switch {
	case e.reply.NotApplicable:
		return nil
	case !isWritten(e.question()):
		return e.reply.Values
	case e.text.Text != "":
		return []string{e.text.Text}
	}
	return nil
}

// stage is how far the answer has come, with what is wrong with it.
func (e *entry) stage() string {
	stage := string(e.answer.Stage)
	if stage == "" {
		stage = string(review.Open)
	}
	if e.asked == nil {
		return stage
	}
	for _, more := range []string{e.asked.Skipped, e.asked.Waiting, e.asked.Stale, e.asked.Contradicted} {
		if more != "" {
			stage += "; " + more
		}
	}
	return stage
}

// scan is what scans show of the question; "" if nothing.
func (e *entry) scan() string {
	if e.asked == nil || e.asked.Suggestion == nil {
		return ""
	}
	seen := e.asked.Suggestion
	suggests := strings.Join(seen.Values, ", ")
	if suggests == "" {
		suggests = strings.ReplaceAll(string(seen.Result), "-", " ")
	}
	return suggests + ", for it shows " + seen.Text
}

// itemIDs are the items that the question answers.
func (e *entry) itemIDs() []string {
	ids := make([]string, len(e.items))
	for i, item := range e.items {
		ids[i] = item.Item.ID
	}
	return ids
}

// section is that of the first item that the question answers.
func (e *entry) section() string {
	if len(e.items) == 0 {
		return ""
	}
	return e.items[0].Item.Section
}

// answeredOn is the day of the answer; "" without one.
func (e *entry) answeredOn() string {
	if e.answer.Reply == nil {
		return ""
	}
	return e.reply.At.UTC().Format(time.DateOnly)
}

// choices tell what can be answered, one choice on a line.
func choices(q *checklist.Question) []string {
	switch q.Type {
	case checklist.YesNo:
		return []string{"yes, partly or no"}
	case checklist.Number:
		return []string{"a number in digits, in " + q.Unit}
	case checklist.Date:
		return []string{"a day, as 2026-01-31"}
	case checklist.Link:
		return []string{"a link that begins with https:// or http://"}
	case checklist.Text:
		return []string{"a text"}
	}
	lines := make([]string, len(q.Choices))
	for i, choice := range q.Choices {
		lines[i] = fmt.Sprintf("%s: %s", choice.ID, choice.Text)
	}
	return lines
}

// nameOf is the name by which Find gives the person again, or else the id.
func nameOf(s *review.State, id string) string {
	name := s.NameOf(id)
	if found := s.Find(name); found == nil || found.ID != id {
		return id
	}
	return name
}

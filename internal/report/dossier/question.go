package dossier

import (
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// Question is a question with its answer, as it stands.
type Question struct {
	ID    string               `json:"id"`
	Text  string               `json:"text"`
	Type  checklist.AnswerType `json:"type"`
	Unit  string               `json:"unit,omitempty"`
	Role  checklist.Owner      `json:"role"`            // that answers if nobody is named
	Owner *Person              `json:"owner,omitempty"` // who has to answer
	Hint  string               `json:"evidence"`        // what should be attached
	Items []string             `json:"items"`           // that it answers
	Stage review.Stage         `json:"stage"`
	// Result is what the answer comes to; "" without one, or where it says that it does not apply.
	Result checklist.Result `json:"result,omitempty"`
	// Skipped says why it is not asked, Waiting what has to be answered before.
	Skipped string `json:"skipped,omitempty"`
	Waiting string `json:"waiting,omitempty"`
	// Stale says why the answer is too old, Contradicted what a scan saw that it denies.
	Stale        string `json:"stale,omitempty"`
	Contradicted string `json:"contradicted,omitempty"`
	// Until is the last day on which answer and evidence count; Soon says that it is near.
	Until      string             `json:"until,omitempty"`
	Soon       bool               `json:"soon,omitempty"`
	Scan       *review.Suggestion `json:"scan,omitempty"` // what scans show of it
	Answer     *Answer            `json:"answer,omitempty"`
	Discussion []Remark           `json:"discussion,omitempty"`
}

// Answer is what people said, in its newest revision.
type Answer struct {
	Stage    review.Stage `json:"stage"`
	Revision int          `json:"revision"`
	Owner    *Person      `json:"owner,omitempty"`
	Due      string       `json:"due,omitempty"`
	// Given is false while somebody is only named to answer, or evidence was attached before.
	Given bool `json:"given"`
	// Values are as they were chosen; Shown is how people read them, in the question's own words.
	Values        []string         `json:"values,omitempty"`
	Shown         []string         `json:"shown,omitempty"`
	Text          string           `json:"text,omitempty"`
	Comment       string           `json:"comment,omitempty"`
	Judged        checklist.Result `json:"judged,omitempty"`
	NotApplicable bool             `json:"notApplicable,omitempty"`
	// Erased says that what was written was taken away: its digest in the ledger still proves it.
	Erased    bool      `json:"erased,omitempty"`
	By        *Person   `json:"by,omitempty"`
	At        time.Time `json:"at,omitzero"`
	Authors   []*Person `json:"authors,omitempty"`
	Submitted *Signed   `json:"submitted,omitempty"`
	Decision  *Decision `json:"decision,omitempty"`
	Evidence  []string  `json:"evidence"`
}

// Remark is a word on an answer that changes nothing.
type Remark struct {
	Signed
	Text string `json:"text"`
}

func (g *gatherer) question(asked *review.Asked) *Question {
	from := asked.Question
	question := &Question{ID: from.ID, Text: from.Text, Type: from.Type, Unit: from.Unit, Role: from.Owner, Hint: from.Evidence,
		Items: []string{}, Stage: asked.Stage, Result: asked.Result, Skipped: asked.Skipped, Waiting: asked.Waiting,
		Stale: asked.Stale, Contradicted: asked.Contradicted, Until: asked.Until, Soon: asked.Soon, Scan: asked.Suggestion}
	for _, item := range g.View.ItemsOf(from.ID) {
		question.Items = append(question.Items, item.Item.ID)
	}
	if asked.Owner != "" {
		question.Owner = g.person(asked.Owner)
	}
	if asked.Answer != nil {
		question.Answer = g.answer(asked.Answer, from)
	}
	question.Discussion = g.discussion(from.ID)
	return question
}

func (g *gatherer) discussion(key string) []Remark {
	var all []Remark
	for _, comment := range g.state.Comments[review.IDOf(g.View.Plan.ID, key)] {
		all = append(all, Remark{g.signed(comment.By, comment.At), g.state.Said(comment)})
	}
	return all
}

// answer gives what people said; the question is nil where it is about an item.
func (g *gatherer) answer(from *review.Answer, question *checklist.Question) *Answer {
	answer := &Answer{Stage: from.Stage, Revision: from.Revision, Owner: g.person(from.Owner), Due: from.Due,
		Decision: g.decision(from.Decision), Evidence: []string{}}
	if from.Submitted != nil {
		submitted := g.signed(from.Submitted.By, from.Submitted.At)
		answer.Submitted = &submitted
	}
	for _, author := range from.Authors {
		answer.Authors = append(answer.Authors, g.person(author))
	}
	for _, attached := range from.Attached {
		answer.Evidence = append(answer.Evidence, attached.Evidence)
		g.use(attached.Evidence, from.Key)
	}
	if reply := from.Reply; reply != nil {
		written := g.state.Written(reply)
		answer.Given, answer.Values, answer.Shown = true, reply.Values, shown(question, reply.Values)
		answer.Text, answer.Comment = written.Text, written.Comment
		answer.Judged, answer.NotApplicable = reply.Judged, reply.NotApplicable
		answer.Erased = reply.Digest != "" && written == review.AnswerText{}
		answer.By, answer.At = g.person(reply.By), reply.At.UTC()
	}
	return answer
}

func (g *gatherer) use(evidence, key string) {
	if !slices.Contains(g.used[evidence], key) {
		g.used[evidence] = append(g.used[evidence], key)
	}
}

// shown says values in the words of the question: the texts of choices, numbers with their unit.
func shown(question *checklist.Question, values []string) []string {
	if question == nil {
		return values
	}
	texts := slices.Clone(values)
	for i, value := range values {
		at := slices.IndexFunc(question.Choices, func(c checklist.Choice) bool { return c.ID == value })
		switch {
		case at >= 0:
			texts[i] = question.Choices[at].Text
		case question.Unit != "":
			texts[i] = value + " " + question.Unit
		}
	}
	return texts
}

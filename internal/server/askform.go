package server

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// mayDo says what the page offers: what the rules would refuse is left out. They decide all the same.
type mayDo struct {
	Answer, Review, TakeBack, Assign, Speak, Administer bool
}

func (v *visit) may() mayDo {
	return mayDo{v.has(answers.roles...), v.has(reviews.roles...), v.has(takesBack.roles...), v.has(assigns.roles...), v.has(speaks.roles...), v.has(review.Administrator)}
}

// askForm is a question with its answer, and the form to change it.
type askForm struct {
	Key      string
	Question *checklist.Question // nil if it is about the item itself
	Shown    *dossier.Question   // nil if it is about the item itself
	Answer   *dossier.Answer
	Evidence []*dossier.Evidence
	Remarks  []dossier.Remark
	Stage    review.Stage
	Revision int
	// Elsewhere are the other items that the answer serves.
	Elsewhere []string

	// What the form is filled in with; FromScan says that a scan gave it.
	Values        []string
	Text          string
	Comment       string
	Judged        string
	NotApplicable bool
	FromScan      bool

	Wrong    string // why it was refused
	Conflict bool   // somebody else changed it meanwhile

	Submit, Approve, Changes, Reopen bool // may be done now
}

// askForm makes the form of a question: filled in with the answer, else with what scans show.
func (v *visit) askForm(now *seen, asked *review.Asked) *askForm {
	shown := now.questions[asked.Question.ID]
	form := &askForm{Key: asked.Question.ID, Question: asked.Question, Shown: shown, Answer: shown.Answer, Remarks: shown.Discussion, Stage: asked.Stage, Elsewhere: shown.Items}
	if asked.Answer == nil || asked.Answer.Reply == nil {
		if seen := asked.Suggestion; seen != nil {
			form.Values, form.FromScan = seen.Values, len(seen.Values) > 0
		}
	}
	return v.fill(now, form, asked.Answer)
}

// ownForm is about the item itself.
func (v *visit) ownForm(now *seen, item *review.ItemView) *askForm {
	shown := now.items[item.Item.ID]
	answer := v.state.Answers[review.IDOf(now.Plan.ID, item.Item.ID)]
	form := &askForm{Key: item.Item.ID, Answer: shown.Declared, Remarks: shown.Discussion, Stage: review.Open}
	if answer != nil {
		form.Stage = answer.Stage
	}
	return v.fill(now, form, answer)
}

// fill puts what stands into the form, and what may be done.
func (v *visit) fill(now *seen, form *askForm, answer *review.Answer) *askForm {
	if answer == nil {
		return form
	}
	form.Revision = answer.Revision
	for _, attached := range answer.Attached {
		if one := now.evidences[attached.Evidence]; one != nil {
			form.Evidence = append(form.Evidence, one)
		}
	}
	if reply := answer.Reply; reply != nil {
		written := now.State.Written(reply)
		form.Values, form.Text, form.Comment, form.Judged, form.NotApplicable = reply.Values, written.Text, written.Comment, string(reply.Judged), reply.NotApplicable
	}
	settled := answer.Stage == review.InReview || answer.Stage == review.Approved
	mine := answer.HadAHand(v.person.ID)
	form.Submit = v.has(answers.roles...) && answer.Stage == review.Answered
	form.Approve = v.has(reviews.roles...) && answer.Stage == review.InReview && !mine
	form.Changes = v.has(reviews.roles...) && settled && !mine
	form.Reopen = v.has(takesBack.roles...) && settled
	return form
}

// Look is the state that the question is coloured by: once it is approved, what the answer comes to.
func (f *askForm) Look() review.ItemState {
	switch {
	case f.Shown.Contradicted != "":
		return review.ItemContradicted
	case f.Stage != review.Approved:
		return review.ItemState(f.Stage)
	case f.Shown.Stale != "":
		return review.ItemStale
	case f.Shown.Result != "":
		return review.ItemState(f.Shown.Result)
	}
	return review.ItemNotApplicable
}

// Has reports whether a value is chosen.
func (f *askForm) Has(value string) bool { return slices.Contains(f.Values, value) }

// One is the value of a question that takes one.
func (f *askForm) One() string {
	if len(f.Values) == 0 {
		return ""
	}
	return f.Values[0]
}

// Options are the answers to choose from, with their words.
func (f *askForm) Options() []checklist.Choice {
	if f.Question.Type != checklist.YesNo {
		return f.Question.Choices
	}
	var all []checklist.Choice
	for _, value := range f.Question.Values() {
		all = append(all, checklist.Choice{ID: value, Text: value})
	}
	return all
}

// Others are the items, but one, that the answer serves.
func (f *askForm) Others(item string) []string {
	return slices.DeleteFunc(slices.Clone(f.Elsewhere), func(id string) bool { return id == item })
}

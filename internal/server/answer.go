package server

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// errChanged is the refusal of a form that was filled in before somebody else changed the answer.
var errChanged = errors.New("somebody else changed this answer while you had it open: what stands now is shown beside what you wrote")

// target reads the form and finds what it is about: the item, or one of its questions.
func (v *visit) target() (item *review.ItemView, key string, err error) {
	if err := v.form(); err != nil {
		return nil, "", err
	}
	now, err := v.sees()
	if err != nil {
		return nil, "", err
	}
	item, key = now.Item(v.PathValue("id")), v.PostForm.Get("key")
	if item == nil || key != item.Item.ID && !slices.ContainsFunc(item.Questions, func(asked *review.Asked) bool { return asked.Question.ID == key }) {
		return nil, "", errNotFound
	}
	return item, key, nil
}

// back is the item's page, with the filter that it was opened with.
func (v *visit) back(item *review.ItemView, key string) string {
	to := "/items/" + item.Item.ID
	if query := v.filter().Query(); query != "" {
		to += "?" + query
	}
	if key != item.Item.ID {
		to += "#q-" + key
	}
	return to
}

// unchanged refuses a form that was read at another revision than the one that stands.
func (v *visit) unchanged(w *journal.Work, key string) error {
	revision := 0
	if answer := w.State.Answers[review.IDOf(v.plan, key)]; answer != nil {
		revision = answer.Revision
	}
	if strconv.Itoa(revision) != v.PostForm.Get("revision") {
		return errChanged
	}
	return nil
}

// revision is the one that the form was read at; -1, which never is, if it does not say.
func (v *visit) revision() int {
	n, err := strconv.Atoi(v.PostForm.Get("revision"))
	if err != nil {
		return -1
	}
	return n
}

// setAnswer answers a question, or says whether an item applies. What is refused stays in the form.
func (v *visit) setAnswer() error {
	item, key, err := v.target()
	if err != nil {
		return err
	}
	action, done := v.answerOf(item, key), "Answered. Submit it when it is whole."
	submit := v.PostForm.Get("then") == "submit"
	refused, err := v.try(func(w *journal.Work) error {
		if err := v.unchanged(w, key); err != nil {
			return err
		}
		if err := w.Do(action); err != nil || !submit {
			return err
		}
		return w.Do(&review.Submit{Plan: v.plan, Key: key})
	})
	if err != nil {
		return err
	}
	if refused == nil {
		if submit {
			done = "Answered and submitted: it waits for a reviewer."
		}
		return v.tell(v.back(item, key), done, false)
	}
	again := &askForm{Key: key, Values: action.Values, Text: action.AnswerText.Text, Comment: action.Comment, Judged: string(action.Judged),
		NotApplicable: action.NotApplicable, Wrong: sentence(refused.Error()), Conflict: errors.Is(refused, errChanged)}
	if v.state, err = v.s.Journal.Current(v.Context()); err != nil {
		return err
	}
	if again.Conflict {
		return v.showItem(http.StatusConflict, again)
	}
	return v.showItem(http.StatusUnprocessableEntity, again)
}

// answerOf makes the action from the form.
func (v *visit) answerOf(item *review.ItemView, key string) *review.SetAnswer {
	form := v.PostForm
	action := &review.SetAnswer{Plan: v.plan, Key: key, Catalogue: item.Item.Digest(), AnswerText: review.AnswerText{Comment: written(form.Get("comment"))}}
	at := slices.IndexFunc(item.Questions, func(asked *review.Asked) bool { return asked.Question.ID == key })
	if action.NotApplicable = form.Get("na") == "yes"; at < 0 {
		return action
	}
	question := item.Questions[at].Question
	action.Catalogue = cmp.Or(form.Get("catalogue"), question.Digest()) // a form of an older catalogue is refused
	if action.NotApplicable {
		return action
	}
	if question.NeedsJudgement() {
		action.Judged = checklist.Result(form.Get("judged"))
	}
	if question.Type == checklist.Text || question.Type == checklist.Link {
		action.AnswerText.Text = written(form.Get("text"))
		return action
	}
	for _, value := range form["value"] {
		if value = strings.TrimSpace(value); value != "" {
			action.Values = append(action.Values, value)
		}
	}
	return action
}

// written is a text as it is kept: browsers end lines with two characters.
func written(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

// assign says who has to answer, and until when.
func (v *visit) assign() error {
	item, key, err := v.target()
	if err != nil {
		return err
	}
	return v.act(v.back(item, key), "Assigned.", func(w *journal.Work) error {
		return w.Do(&review.Assign{Plan: v.plan, Key: key, Owner: v.PostForm.Get("owner"), Due: v.PostForm.Get("due")})
	})
}

// comment says something that changes nothing.
func (v *visit) comment() error {
	item, key, err := v.target()
	if err != nil {
		return err
	}
	return v.act(v.back(item, key), "Said.", func(w *journal.Work) error {
		return w.Do(&review.AddComment{Plan: v.plan, Key: key, ReasonText: review.ReasonText{Reason: written(v.PostForm.Get("text"))}})
	})
}

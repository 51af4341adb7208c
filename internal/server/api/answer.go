package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// OnAnswer names an answer in the path.
type OnAnswer struct {
	InReview
	Key string `path:"key" maxLength:"64" doc:"the question's id"`
}

// IfMatch is the revision that the caller has read.
type IfMatch struct {
	Revision string `header:"If-Match" required:"true" doc:"the revision that was read: the ETag of the answer"`
}

// revision reads the header.
func (i IfMatch) revision() (int, error) {
	revision, err := strconv.Atoi(strings.Trim(i.Revision, `"`))
	if err != nil {
		return 0, huma.Error422UnprocessableEntity("If-Match is no revision: give the ETag of the answer")
	}
	return revision, nil
}

type answerOutput struct {
	ETag string `header:"ETag" doc:"the revision"`
	Body *dossier.Question
}

func (a *api) getAnswer(ctx context.Context, in *OnAnswer) (*answerOutput, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	out, err := a.answerOf(state, in)
	if err != nil {
		return nil, a.problem(err)
	}
	return out, nil // its revision is no ETag of what grows old beside it: there is no 304
}

// answerOf is an answer in a state.
func (a *api) answerOf(state *review.State, in *OnAnswer) (*answerOutput, error) {
	document, err := a.documentOf(state, in.Review, nil)
	if err != nil {
		return nil, err
	}
	for _, question := range document.Questions {
		if question.ID == in.Key {
			revision := 0
			if question.Answer != nil {
				revision = question.Answer.Revision
			}
			return &answerOutput{quote(strconv.Itoa(revision)), question}, nil
		}
	}
	return nil, huma.Error404NotFound("question " + in.Key + " is not in review " + in.Review)
}

type setAnswerInput struct {
	OnAnswer
	IfMatch
	Body struct {
		Values        []string         `json:"values,omitempty" maxItems:"64"`
		Text          string           `json:"text,omitempty"`
		Judged        checklist.Result `json:"judged,omitempty" enum:"satisfied,partly,not-satisfied"`
		NotApplicable bool             `json:"notApplicable,omitempty"`
		Comment       string           `json:"comment,omitempty"`
	}
}

func (a *api) setAnswer(ctx context.Context, in *setAnswerInput) (*answerOutput, error) {
	question, known := a.Library.Question(in.Key)
	if !known {
		return nil, huma.Error404NotFound("question " + in.Key + " is unknown")
	}
	read, err := in.revision()
	if err != nil {
		return nil, err
	}
	action := &review.SetAnswer{Plan: in.Review, Key: in.Key, Values: in.Body.Values, Judged: in.Body.Judged, NotApplicable: in.Body.NotApplicable,
		Catalogue: question.Digest(), AnswerText: review.AnswerText{Text: in.Body.Text, Comment: in.Body.Comment}}
	return a.onAnswer(ctx, &in.OnAnswer, func(w *journal.Work) error {
		if err := unchanged(w.State, &in.OnAnswer, read); err != nil {
			return err
		}
		return w.Do(action)
	})
}

// unchanged refuses a change of an answer that is no longer as it was read.
func unchanged(state *review.State, in *OnAnswer, read int) error {
	if answer := state.Answers[review.IDOf(in.Review, in.Key)]; answer != nil && answer.Revision != read || answer == nil && read != 0 {
		return huma.Error412PreconditionFailed("the answer was changed since it was read: read it again")
	}
	return nil
}

func (a *api) submit(ctx context.Context, in *OnAnswer) (*answerOutput, error) {
	return a.onAnswer(ctx, in, func(w *journal.Work) error { return w.Do(&review.Submit{Plan: in.Review, Key: in.Key}) })
}

// onAnswer does something to an answer and gives it back.
func (a *api) onAnswer(ctx context.Context, in *OnAnswer, do func(*journal.Work) error) (*answerOutput, error) {
	return change(ctx, a, func(w *journal.Work) (*answerOutput, error) {
		if err := do(w); err != nil {
			return nil, err
		}
		return a.answerOf(w.State, in)
	})
}

type approveInput struct {
	OnAnswer
	IfMatch
	Body struct {
		Note string `json:"note,omitempty"`
	}
}

func (a *api) approve(ctx context.Context, in *approveInput) (*answerOutput, error) {
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	key, err := a.Journal.LedgerKey()
	if err != nil {
		return nil, a.problem(err)
	}
	return a.onAnswer(ctx, &in.OnAnswer, func(w *journal.Work) error {
		approval := &review.Approve{Plan: in.Review, Key: in.Key, Revision: revision, ReasonText: review.ReasonText{Reason: in.Body.Note}}
		if err := approval.Sign(w.State, w.Mark(), key); err != nil {
			return err
		}
		return w.Do(approval)
	})
}

type requestChangesInput struct {
	OnAnswer
	IfMatch
	Body struct {
		Reason string `json:"reason" minLength:"1"`
	}
}

func (a *api) requestChanges(ctx context.Context, in *requestChangesInput) (*answerOutput, error) {
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	return a.onAnswer(ctx, &in.OnAnswer, func(w *journal.Work) error {
		return w.Do(&review.RequestChanges{Plan: in.Review, Key: in.Key, Revision: revision, ReasonText: review.ReasonText{Reason: in.Body.Reason}})
	})
}

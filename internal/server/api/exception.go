package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

type exceptionOutput struct {
	Body *dossier.Exception
}

type listExceptionsOutput struct {
	Body struct {
		Exceptions []*dossier.Exception `json:"exceptions"`
	}
}

func (a *api) listExceptions(ctx context.Context, in *InReview) (*listExceptionsOutput, error) {
	document, _, err := a.document(ctx, in.Review)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listExceptionsOutput{}
	if out.Body.Exceptions = document.Exceptions; out.Body.Exceptions == nil {
		out.Body.Exceptions = []*dossier.Exception{}
	}
	return out, nil
}

type requestExceptionInput struct {
	InReview
	Body struct {
		Item         string `json:"item,omitempty" doc:"the item that may be unsatisfied"`
		Control      string `json:"control,omitempty" doc:"or the control that may fail"`
		Subject      string `json:"subject,omitempty" doc:"where the control may fail: namespace/Kind/name with * and ?"`
		Expires      string `json:"expires" format:"date" doc:"the last day"`
		Reason       string `json:"reason" minLength:"1"`
		Compensation string `json:"compensation,omitempty"`
		Owner        string `json:"owner,omitempty"`
	}
}

func (a *api) requestException(ctx context.Context, in *requestExceptionInput) (*exceptionOutput, error) {
	if in.Body.Control != "" && a.Controls[in.Body.Control] == nil {
		return nil, huma.Error422UnprocessableEntity("control " + in.Body.Control + " is unknown")
	}
	action := &review.RequestException{ID: journal.NewID("x"), Plan: in.Review, Item: in.Body.Item, Control: in.Body.Control, Expires: in.Body.Expires,
		ExceptionText: review.ExceptionText{Subject: in.Body.Subject, Reason: in.Body.Reason, Compensation: in.Body.Compensation, Owner: in.Body.Owner}}
	if err := a.act(ctx, func(w *journal.Work) error { return w.Do(action) }); err != nil {
		return nil, err
	}
	return a.exception(ctx, action.ID)
}

// exception gives one as it now stands.
func (a *api) exception(ctx context.Context, id string) (*exceptionOutput, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	one := state.Exceptions[id]
	if one == nil {
		return nil, huma.Error404NotFound("exception " + id + " is unknown")
	}
	document, _, err := a.document(ctx, one.Plan)
	if err != nil {
		return nil, a.problem(err)
	}
	for _, shown := range document.Exceptions {
		if shown.ID == id {
			return &exceptionOutput{shown}, nil
		}
	}
	return nil, huma.Error404NotFound("exception " + id + " is unknown")
}

type decideExceptionInput struct {
	Exception string `path:"exception" maxLength:"64"`
	IfMatch
	Body struct {
		Reason string `json:"reason,omitempty" doc:"a note; why, where it is refused"`
	}
}

func (a *api) approveException(ctx context.Context, in *decideExceptionInput) (*exceptionOutput, error) {
	key, err := a.Journal.LedgerKey()
	if err != nil {
		return nil, a.problem(err)
	}
	return a.decide(ctx, in, func(w *journal.Work, revision int) error {
		approval := &review.ApproveException{ID: in.Exception, Revision: revision, ReasonText: review.ReasonText{Reason: in.Body.Reason}}
		if err := approval.Sign(w.State, w.Mark(), key); err != nil {
			return err
		}
		return w.Do(approval)
	})
}

func (a *api) rejectException(ctx context.Context, in *decideExceptionInput) (*exceptionOutput, error) {
	return a.decide(ctx, in, func(w *journal.Work, revision int) error {
		return w.Do(&review.RejectException{ID: in.Exception, Revision: revision, ReasonText: review.ReasonText{Reason: in.Body.Reason}})
	})
}

func (a *api) decide(ctx context.Context, in *decideExceptionInput, do func(*journal.Work, int) error) (*exceptionOutput, error) {
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	if err := a.act(ctx, func(w *journal.Work) error {
		if w.State.Exceptions[in.Exception] == nil {
			return huma.Error404NotFound("exception " + in.Exception + " is unknown")
		}
		return do(w, revision)
	}); err != nil {
		return nil, err
	}
	return a.exception(ctx, in.Exception)
}

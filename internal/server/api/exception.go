package api

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

type exceptionOutput struct {
	ETag string `header:"ETag" doc:"the revision"`
	Body *dossier.Exception
}

type listExceptionsInput struct {
	InReview
	Page
}

type listExceptionsOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		Exceptions []*dossier.Exception `json:"exceptions"`
		Next       string               `json:"next,omitempty"`
	}
}

func (a *api) listExceptions(ctx context.Context, in *listExceptionsInput) (*listExceptionsOutput, error) {
	document, etag, err := a.document(ctx, in.Review)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listExceptionsOutput{ETag: etag}
	out.Body.Exceptions, out.Body.Next, err = pageOf(document.Exceptions, func(one *dossier.Exception) string { return one.ID }, nil, in.Page)
	return out, err
}

// OnException names an exception in the path.
type OnException struct {
	Exception string `path:"exception" maxLength:"64"`
}

func (a *api) getException(ctx context.Context, in *OnException) (*exceptionOutput, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	out, err := a.exceptionOf(state, in.Exception)
	return out, a.problem(err)
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
	return a.onException(ctx, action.ID, func(w *journal.Work) error { return w.Do(action) })
}

// onException does something to an exception and gives it back.
func (a *api) onException(ctx context.Context, id string, do func(*journal.Work) error) (*exceptionOutput, error) {
	return change(ctx, a, func(w *journal.Work) (*exceptionOutput, error) {
		if err := do(w); err != nil {
			return nil, err
		}
		return a.exceptionOf(w.State, id)
	})
}

// exceptionOf is an exception in a state.
func (a *api) exceptionOf(state *review.State, id string) (*exceptionOutput, error) {
	one := state.Exceptions[id]
	if one == nil {
		return nil, huma.Error404NotFound("exception " + id + " is unknown")
	}
	document, err := a.documentOf(state, one.Plan, nil)
	if err != nil {
		return nil, err
	}
	for _, shown := range document.Exceptions {
		if shown.ID == id {
			return &exceptionOutput{quote(strconv.Itoa(shown.Revision)), shown}, nil
		}
	}
	return nil, huma.Error404NotFound("exception " + id + " is unknown")
}

type decideExceptionInput struct {
	OnException
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
	return a.onException(ctx, in.Exception, func(w *journal.Work) error {
		if w.State.Exceptions[in.Exception] == nil {
			return huma.Error404NotFound("exception " + in.Exception + " is unknown")
		}
		return do(w, revision)
	})
}

type extendExceptionInput struct {
	OnException
	IfMatch
	Body struct {
		Expires string `json:"expires" format:"date" doc:"the new last day"`
		Reason  string `json:"reason" minLength:"1"`
	}
}

// extendException asks for more time; until that is decided the old end counts.
func (a *api) extendException(ctx context.Context, in *extendExceptionInput) (*exceptionOutput, error) {
	return a.unchangedException(ctx, in.Exception, in.IfMatch, func(w *journal.Work, one *review.Exception) error {
		action := &review.ExtendException{ID: one.ID, Expires: in.Body.Expires, ExceptionText: w.State.ReasonOf(one)}
		action.Reason = in.Body.Reason
		return w.Do(action)
	})
}

type withdrawExceptionInput struct {
	OnException
	IfMatch
	Body struct {
		Reason string `json:"reason" minLength:"1"`
	}
}

func (a *api) withdrawException(ctx context.Context, in *withdrawExceptionInput) (*exceptionOutput, error) {
	return a.unchangedException(ctx, in.Exception, in.IfMatch, func(w *journal.Work, one *review.Exception) error {
		return w.Do(&review.WithdrawException{ID: one.ID, ReasonText: review.ReasonText{Reason: in.Body.Reason}})
	})
}

// unchangedException does something to an exception that is as it was read.
func (a *api) unchangedException(ctx context.Context, id string, read IfMatch, do func(*journal.Work, *review.Exception) error) (*exceptionOutput, error) {
	revision, err := read.revision()
	if err != nil {
		return nil, err
	}
	return a.onException(ctx, id, func(w *journal.Work) error {
		one := w.State.Exceptions[id]
		switch {
		case one == nil:
			return huma.Error404NotFound("exception " + id + " is unknown")
		case one.Revision != revision:
			return huma.Error412PreconditionFailed("the exception was changed since it was read: read it again")
		}
		return do(w, one)
	})
}

package api

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// problem makes an error of a rule or of the store one for callers.
func (a *api) problem(err error) error {
	var status huma.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status):
		return err
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrFull), errors.Is(err, store.ErrUnreachable), errors.Is(err, store.ErrReadOnly):
		a.Log.Error("use store", "error", err)
		return huma.Error503ServiceUnavailable("the store cannot be used now: try again later")
	case errors.Is(err, review.ErrChanged):
		return huma.Error412PreconditionFailed(err.Error())
	case errors.Is(err, review.ErrNotAllowed):
		return huma.Error403Forbidden(err.Error())
	}
	return huma.Error422UnprocessableEntity(err.Error())
}

// act has the caller make changes.
func (a *api) act(ctx context.Context, fn func(*journal.Work) error) error {
	return a.problem(a.Journal.Act(ctx, caller(ctx), fn))
}

// view works out how a review stands; 404 if there is none of that name.
func (a *api) view(state *review.State, name string) (*review.View, error) {
	if state.Plans[name] == nil {
		return nil, huma.Error404NotFound("review " + name + " is unknown")
	}
	return state.View(name, a.Library, a.Controls, a.Now())
}

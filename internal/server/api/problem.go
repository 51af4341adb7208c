package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// faults are what is wrong with the machine or the store, and not with what was asked for.
var faults = []error{store.ErrBusy, store.ErrFull, store.ErrUnreachable, store.ErrReadOnly, store.ErrDamaged, store.ErrDenied, store.ErrMissing, store.ErrForeign,
	journal.ErrNotBegun, context.Canceled, context.DeadlineExceeded}

func isFault(err error) bool {
	return slices.ContainsFunc(faults, func(one error) bool { return errors.Is(err, one) })
}

// problem makes an error of a rule or of the store one for callers.
func (a *api) problem(err error) error {
	var status huma.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status):
		return err
	case errors.Is(err, store.ErrFull):
		a.Log.Error("use store", "error", err)
		return later(http.StatusInsufficientStorage, "the disk of the store is full, nothing was written: free some space, then try again")
	case isFault(err):
		a.Log.Error("use store", "error", err)
		return later(http.StatusServiceUnavailable, "the store cannot be used now, nothing was written by halves: try again later")
	case errors.Is(err, store.ErrCrowded):
		return later(http.StatusTooManyRequests, err.Error())
	case errors.Is(err, review.ErrChanged):
		return huma.Error412PreconditionFailed(err.Error())
	case errors.Is(err, review.ErrNotAllowed):
		return huma.Error403Forbidden(err.Error())
	}
	return huma.Error422UnprocessableEntity(err.Error())
}

// later is an error that passes; it says when to try again.
func later(status int, why string) error {
	return huma.ErrorWithHeaders(huma.NewError(status, why), http.Header{"Retry-After": {"5"}})
}

// view works out how a review stands; 404 if there is none of that name.
func (a *api) view(state *review.State, name string) (*review.View, error) {
	if state.Plans[name] == nil {
		return nil, huma.Error404NotFound("review " + name + " is unknown")
	}
	return state.View(name, a.Library, a.Controls, a.Now())
}

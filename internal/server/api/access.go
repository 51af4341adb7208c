package api

import (
	"context"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

type listAccessOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		Access []dossier.Access `json:"access"`
	}
}

// listAccess gives the newest access review of each environment.
func (a *api) listAccess(ctx context.Context, in *InReview) (*listAccessOutput, error) {
	document, etag, err := a.document(ctx, in.Review)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listAccessOutput{ETag: etag}
	out.Body.Access = append([]dossier.Access{}, document.Access...)
	return out, nil
}

type accessOutput struct {
	ETag string `header:"ETag" doc:"of the list of subjects: decisions name it"`
	Body dossier.Access
}

// accessOf is an access review in a state.
func (a *api) accessOf(state *review.State, plan, environment string) (*accessOutput, error) {
	document, err := a.documentOf(state, plan, nil)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(document.Access, func(one dossier.Access) bool { return one.Environment == environment })
	if at < 0 {
		return nil, huma.Error404NotFound("environment " + environment + " has no access review")
	}
	return &accessOutput{listOf(state.Access[plan+"/"+environment]), document.Access[at]}, nil
}

// listOf tells lists of subjects apart: each begins with an entry of its own.
func listOf(one *review.AccessReview) string { return quote(strconv.FormatInt(one.Listed, 10)) }

// OnAccess names an access review in the path.
type OnAccess struct {
	InReview
	Environment string `path:"environment" maxLength:"64"`
}

func (a *api) getAccess(ctx context.Context, in *OnAccess) (*accessOutput, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	out, err := a.accessOf(state, in.Review, in.Environment)
	return out, a.problem(err)
}

type beginAccessInput struct {
	OnAccess
	Body struct {
		Source   string                 `json:"source" minLength:"1" doc:"from where the list is, in words"`
		Subjects []review.AccessSubject `json:"subjects" minItems:"1" maxItems:"10000" doc:"everybody who has access, people and machines"`
	}
}

func (a *api) beginAccess(ctx context.Context, in *beginAccessInput) (*accessOutput, error) {
	action := &review.BeginAccess{Plan: in.Review, Environment: in.Environment, Count: len(in.Body.Subjects), AccessText: review.AccessText{Source: in.Body.Source, Subjects: in.Body.Subjects}}
	for _, one := range in.Body.Subjects {
		if one.Machine {
			action.Machines++
		}
	}
	return change(ctx, a, func(w *journal.Work) (*accessOutput, error) {
		if w.State.Plans[in.Review] == nil {
			return nil, huma.Error404NotFound("review " + in.Review + " is unknown")
		}
		if err := w.Do(action); err != nil {
			return nil, err
		}
		return a.accessOf(w.State, in.Review, in.Environment)
	})
}

type confirmAccessInput struct {
	OnAccess
	List string `header:"If-Match" required:"true" doc:"the ETag of the list that was read"`
	Body struct {
		Place  int    `json:"place" minimum:"0" doc:"of the subject on the list, from 0"`
		Keep   bool   `json:"keep" doc:"false: the access is to be taken away"`
		Reason string `json:"reason,omitempty"`
	}
}

func (a *api) confirmAccess(ctx context.Context, in *confirmAccessInput) (*accessOutput, error) {
	return change(ctx, a, func(w *journal.Work) (*accessOutput, error) {
		id := in.Review + "/" + in.Environment
		switch one := w.State.Access[id]; {
		case one == nil:
			return nil, huma.Error404NotFound("environment " + in.Environment + " has no access review")
		case listOf(one) != in.List:
			return nil, huma.Error412PreconditionFailed("a new list was begun since this one was read: read it again")
		}
		if err := w.Do(&review.ConfirmAccess{ID: id, Place: in.Body.Place, Keep: in.Body.Keep, ReasonText: review.ReasonText{Reason: in.Body.Reason}}); err != nil {
			return nil, err
		}
		return a.accessOf(w.State, in.Review, in.Environment)
	})
}

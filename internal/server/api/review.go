package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// reviewSummary is a review in a list.
type reviewSummary struct {
	ID           string       `json:"id"`
	Title        string       `json:"title"`
	Scope        string       `json:"scope,omitempty"`
	Checklists   []string     `json:"checklists"`
	Environments []string     `json:"environments"`
	Score        review.Score `json:"score"`
}

type listReviewsOutput struct {
	Body struct {
		Reviews []reviewSummary `json:"reviews"`
	}
}

func (a *api) listReviews(ctx context.Context, _ *struct{}) (*listReviewsOutput, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listReviewsOutput{}
	out.Body.Reviews = []reviewSummary{}
	for id := range state.Plans {
		view, err := a.view(state, id)
		if err != nil {
			return nil, a.problem(err)
		}
		out.Body.Reviews = append(out.Body.Reviews, reviewSummary{id, view.About.Title, view.About.Scope, view.Plan.Checklists, view.Plan.Environments, view.Score})
	}
	slices.SortFunc(out.Body.Reviews, func(x, y reviewSummary) int { return strings.Compare(x.ID, y.ID) })
	return out, nil
}

// InReview names a review in the path.
type InReview struct {
	Review string `path:"review" maxLength:"64" doc:"the review's name"`
}

type getReviewOutput struct {
	ETag string `header:"ETag"`
	Body *dossier.Document
}

func (a *api) getReview(ctx context.Context, in *InReview) (*getReviewOutput, error) {
	document, etag, err := a.document(ctx, in.Review)
	if err != nil {
		return nil, a.problem(err)
	}
	return &getReviewOutput{etag, document}, nil
}

// document is the review as reports have it. Its ETag is the size of the ledger and the day, for
// answers grow old by themselves.
func (a *api) document(ctx context.Context, name string) (*dossier.Document, string, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, "", err
	}
	view, err := a.view(state, name)
	if err != nil {
		return nil, "", err
	}
	note, err := a.Journal.Checkpoint(ctx)
	if err != nil {
		return nil, "", err
	}
	document := dossier.Gather(&dossier.Dossier{View: view, Checkpoint: note, Signer: state.Keys[len(state.Keys)-1], Version: a.Version})
	return document, quote(strconv.FormatInt(state.Size, 10) + "-" + a.Now().UTC().Format(review.Day)), nil
}

func quote(text string) string { return `"` + text + `"` }

type listItemsInput struct {
	InReview
	State     string `query:"state" doc:"only items in this state"`
	Checklist string `query:"checklist" doc:"only items of this checklist"`
	After     string `query:"after" doc:"the item after which the page begins: next of the page before"`
	Limit     int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type listItemsOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		Items []*dossier.Item `json:"items"`
		Next  string          `json:"next,omitempty" doc:"what to give as after for the next page; absent at the end"`
	}
}

func (a *api) listItems(ctx context.Context, in *listItemsInput) (*listItemsOutput, error) {
	document, etag, err := a.document(ctx, in.Review)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listItemsOutput{ETag: etag}
	out.Body.Items = []*dossier.Item{}
	begun := in.After == ""
	for _, item := range document.Items {
		if !begun {
			begun = item.ID == in.After
			continue
		}
		if in.State != "" && string(item.State) != in.State || in.Checklist != "" && item.Checklist != in.Checklist {
			continue
		}
		if len(out.Body.Items) == in.Limit {
			out.Body.Next = out.Body.Items[in.Limit-1].ID
			break
		}
		out.Body.Items = append(out.Body.Items, item)
	}
	if !begun {
		return nil, huma.Error422UnprocessableEntity("item " + in.After + " is unknown: give next of the page before")
	}
	return out, nil
}

type getItemInput struct {
	InReview
	Item string `path:"item" maxLength:"64"`
}

type getItemOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		Item      *dossier.Item       `json:"item"`
		Questions []*dossier.Question `json:"questions"`
	}
}

func (a *api) getItem(ctx context.Context, in *getItemInput) (*getItemOutput, error) {
	document, etag, err := a.document(ctx, in.Review)
	if err != nil {
		return nil, a.problem(err)
	}
	at := slices.IndexFunc(document.Items, func(item *dossier.Item) bool { return item.ID == in.Item })
	if at < 0 {
		return nil, huma.Error404NotFound("item " + in.Item + " is not in review " + in.Review)
	}
	out := &getItemOutput{ETag: etag}
	out.Body.Item, out.Body.Questions = document.Items[at], []*dossier.Question{}
	for _, question := range document.Questions {
		if slices.Contains(question.Items, in.Item) {
			out.Body.Questions = append(out.Body.Questions, question)
		}
	}
	slices.SortFunc(out.Body.Questions, func(x, y *dossier.Question) int { return cmp.Compare(x.ID, y.ID) })
	return out, nil
}

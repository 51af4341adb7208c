package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// reviewSummary is a review in a list.
type reviewSummary struct {
	ID           string          `json:"id"`
	Title        string          `json:"title"`
	Scope        string          `json:"scope,omitempty"`
	Checklists   []string        `json:"checklists"`
	Environments []string        `json:"environments"`
	Settings     review.Settings `json:"settings" doc:"in days"`
	Score        review.Score    `json:"score"`
}

type listReviewsOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		Reviews []reviewSummary `json:"reviews"`
		Next    string          `json:"next,omitempty"`
	}
}

func (a *api) listReviews(ctx context.Context, in *Page) (*listReviewsOutput, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listReviewsOutput{ETag: a.tagOf(state)}
	if err := fresh(ctx, out.ETag); err != nil {
		return nil, err
	}
	var ids []string
	ids, out.Body.Next, err = pageOf(slices.Sorted(maps.Keys(state.Plans)), func(id string) string { return id }, nil, *in)
	if err != nil {
		return nil, err
	}
	out.Body.Reviews = []reviewSummary{}
	for _, id := range ids {
		one, err := a.summary(state, id)
		if err != nil {
			return nil, a.problem(err)
		}
		out.Body.Reviews = append(out.Body.Reviews, one)
	}
	return out, nil
}

func (a *api) summary(state *review.State, id string) (reviewSummary, error) {
	view, err := a.view(state, id)
	if err != nil {
		return reviewSummary{}, err
	}
	return reviewSummary{id, view.About.Title, view.About.Scope, view.Plan.Checklists, view.Plan.Environments, view.Plan.Settings, view.Score}, nil
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

// document is the review as reports have it, with the newest checkpoint; nil if the caller has it as it is.
func (a *api) document(ctx context.Context, name string) (*dossier.Document, string, error) {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, "", err
	}
	tag := a.tagOf(state)
	if err := fresh(ctx, tag); err != nil {
		return nil, "", err
	}
	note, err := a.Journal.Checkpoint(ctx)
	if err != nil {
		return nil, "", err
	}
	document, err := a.documentOf(state, name, note)
	return document, tag, err
}

// documentOf is the review in a state. Without a note it proves nothing, which those need who take a part
// of it.
func (a *api) documentOf(state *review.State, name string, note []byte) (*dossier.Document, error) {
	view, err := a.view(state, name)
	if err != nil {
		return nil, err
	}
	return dossier.Gather(&dossier.Dossier{View: view, Checkpoint: note, Signer: state.Keys[len(state.Keys)-1], Version: a.Version}), nil
}

// tagOf is the ETag of all that a state says: the size of the ledger, the day, for answers grow old by
// themselves, and the program that says it.
func (a *api) tagOf(state *review.State) string {
	sum := sha256.Sum256([]byte(a.Version))
	return quote(strconv.FormatInt(state.Size, 10) + "-" + a.Now().UTC().Format(review.Day) + "-" + hex.EncodeToString(sum[:3]))
}

func quote(text string) string { return `"` + text + `"` }

type listItemsInput struct {
	InReview
	State     string `query:"state" doc:"only items in this state"`
	Checklist string `query:"checklist" doc:"only items of this checklist"`
	Page
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
	wanted := func(item *dossier.Item) bool {
		return (in.State == "" || string(item.State) == in.State) && (in.Checklist == "" || item.Checklist == in.Checklist)
	}
	out.Body.Items, out.Body.Next, err = pageOf(document.Items, func(item *dossier.Item) string { return item.ID }, wanted, in.Page)
	return out, err
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

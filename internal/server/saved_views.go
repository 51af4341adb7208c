package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
)

// SavedView is the query of a page under a name.
type SavedView struct {
	ID, Person string
	// Name is what people call it; Page and Query are where it leads.
	Name, Page, Query string
	// Shared views are seen by everybody.
	Shared  bool
	Created time.Time
}

// SavedViews keep what people look at again.
type SavedViews interface {
	// SavedViews gives the views of a page that a person sees, own and shared, by name.
	SavedViews(ctx context.Context, person, page string) ([]SavedView, error)
	// PutSavedView keeps a view; one of the same id is replaced.
	PutSavedView(ctx context.Context, view SavedView) error
	// DeleteSavedView takes away a view of a person; that there is none is fine.
	DeleteSavedView(ctx context.Context, id, person string) error
}

const (
	viewedFindings  = "/findings" // the page that views are of
	mostViews       = 40          // of one person
	longestViewName = 200         // letters
	longestQuery    = 4000        // bytes
)

// viewLink is a view on the page.
type viewLink struct {
	SavedView
	To   string
	By   string // the name of who shared it; "" for one's own
	Open bool   // it is what is looked at
}

// savedViews are the views that who is here sees. What is kept is read again as a query of ours, so
// that it leads nowhere else.
func (v *visit) savedViews(now findingFilter) ([]viewLink, error) {
	if v.s.SavedViews == nil {
		return nil, nil
	}
	kept, err := v.s.SavedViews.SavedViews(v.Context(), v.person.ID, viewedFindings)
	if err != nil {
		return nil, err
	}
	var all []viewLink
	for _, one := range kept {
		filter, ok := queryOfView(one.Query)
		if !ok {
			continue
		}
		link := viewLink{SavedView: one, To: filter.At(viewedFindings), Open: filter.Encode() == now.Encode()}
		if one.Person != v.person.ID {
			link.By = v.state.NameOf(one.Person)
		}
		all = append(all, link)
	}
	return all, nil
}

// queryOfView reads a query that is to be kept, or was; false if it is none.
func queryOfView(text string) (findingFilter, bool) {
	query, err := url.ParseQuery(text)
	if err != nil || len(text) > longestQuery {
		return findingFilter{}, false
	}
	for name := range query {
		if !slices.Contains(viewedFilters, name) {
			return findingFilter{}, false
		}
	}
	return readFindingFilter(query), true
}

// viewedFilters are the names that the query of a view may have.
var viewedFilters = []string{"source", "namespace", "team", "severity", "control", "outcome", "state", "order", "group", "late", "q", "older", "younger"}

// saveView keeps the present filter under a name; one's own of that name is replaced.
func (v *visit) saveView() error {
	if err := v.form(); err != nil {
		return err
	}
	if v.s.SavedViews == nil {
		return errNotFound
	}
	name := strings.Join(strings.Fields(escape.Clip(v.PostForm.Get("name"), 2*longestViewName)), " ")
	filter, ok := queryOfView(v.PostForm.Get("query"))
	shared := v.PostForm.Get("shared") != ""
	back := viewedFindings
	if ok {
		back = filter.At(viewedFindings)
	}
	switch {
	case !ok:
		return problem(http.StatusBadRequest, "That is no view", "What was sent is no filter of findings: open the page again, and save from there.")
	case name == "" || len([]rune(name)) > longestViewName:
		return v.tell(back, "Give the view a name of at most 200 letters.", true)
	case shared && !v.has(review.Administrator, review.Contributor, review.Reviewer):
		return problem(http.StatusForbidden, "That is not yours to do", "Who may only look saves views for nobody else: save it as your own.")
	}
	kept, err := v.s.SavedViews.SavedViews(v.Context(), v.person.ID, viewedFindings)
	if err != nil {
		return err
	}
	view := SavedView{ID: journal.NewID("v"), Person: v.person.ID, Name: name, Page: viewedFindings, Query: filter.Encode(), Shared: shared, Created: v.s.Now()}
	own := 0
	for _, one := range kept {
		if one.Person != v.person.ID {
			continue
		}
		if own++; one.Name == name {
			view.ID, own = one.ID, own-1
		}
	}
	if own >= mostViews {
		return v.tell(back, "You have 40 views already: take one away first.", true)
	}
	if err := v.s.SavedViews.PutSavedView(v.Context(), view); err != nil {
		return err
	}
	return v.tell(back, "Saved as "+name+".", false)
}

// deleteView takes away a view of who is here.
func (v *visit) deleteView() error {
	if err := v.form(); err != nil {
		return err
	}
	if v.s.SavedViews == nil {
		return errNotFound
	}
	if err := v.s.SavedViews.DeleteSavedView(v.Context(), v.PathValue("id"), v.person.ID); err != nil {
		return err
	}
	return v.tell(viewedFindings, "The view is taken away.", false)
}

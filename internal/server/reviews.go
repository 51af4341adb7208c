package server

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/kubeproof/kubeproof/internal/review"
)

// reviewsOnPage is how many reviews a page shows: each has to be worked out.
const reviewsOnPage = 20

// reviewsPage lists the reviews.
type reviewsPage struct {
	Shown []reviewRow
	N     int
	May   bool // who is here may begin and change reviews
	pager
}

// reviewRow is a review with where it stands.
type reviewRow struct {
	review.PlanText
	ID             string
	Environments   []string
	Checklists     []string // their titles
	Score          review.Score
	Clusters       int
	Begun, Changed time.Time
	Exported       time.Time // zero if never
	Current        bool
}

// reviews lists all reviews; each leads to its overview.
func (v *visit) reviews() error {
	ids := slices.Sorted(maps.Keys(v.state.Plans))
	number, _ := strconv.Atoi(v.URL.Query().Get("page"))
	page := reviewsPage{N: len(ids), May: v.has(administers.roles...), pager: pagerOf(number, len(ids), reviewsOnPage)}
	from := (page.Page - 1) * reviewsOnPage
	f, err := v.s.fleet(v.Context())
	if err != nil {
		return err
	}
	rows := map[string]*reviewRow{}
	for _, id := range ids[from:min(from+reviewsOnPage, len(ids))] {
		now, err := v.s.seenOf(v.Context(), v.state, id)
		if err != nil {
			return err
		}
		row := reviewRow{PlanText: now.About, ID: id, Environments: now.Plan.Environments, Score: now.Score, Clusters: len(f.of(id)), Current: id == v.plan}
		for _, list := range now.Lists {
			row.Checklists = append(row.Checklists, list.List.Title)
		}
		page.Shown = append(page.Shown, row)
	}
	for i := range page.Shown {
		rows[page.Shown[i].ID] = &page.Shown[i]
	}
	if err := v.dateReviews(rows); err != nil {
		return err
	}
	return v.show("reviews.html", "Reviews", page)
}

// dateReviews tells from the ledger when reviews were begun, last changed and last exported.
func (v *visit) dateReviews(rows map[string]*reviewRow) error {
	h := v.s.history
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := h.update(v.Context(), v.s.Journal, v.state.Size); err != nil {
		return err
	}
	for _, one := range h.events {
		row := rows[v.reviewOf(one)]
		if row == nil {
			continue
		}
		switch row.Changed = one.At; one.Action {
		case "plan.create":
			row.Begun = one.At
		case "report.export":
			row.Exported = one.At
		}
	}
	return nil
}

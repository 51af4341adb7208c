package server

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/server/chart"
)

// clustersOnPage is how many clusters a page shows.
const clustersOnPage = 50

// clustersPage lists the clusters of all reviews, or of one.
type clustersPage struct {
	Shown   []sight
	Reviews []planLink
	Review  string // that is asked for; "" for all
	N       int    // clusters that fit
	Choices []choice
	pager
}

// pager leads to the pages beside one, by their numbers from 1; 0 is none.
type pager struct{ Page, Pages, Back, Next int }

func pagerOf(page, n, on int) pager {
	pages := max(1, (n+on-1)/on)
	p := pager{Page: min(max(page, 1), pages), Pages: pages}
	p.Back = p.Page - 1
	if p.Page < pages {
		p.Next = p.Page + 1
	}
	return p
}

// clusters lists what was scanned: those of the review that is looked at first.
func (v *visit) clusters() error {
	f, err := v.s.fleet(v.Context())
	if err != nil {
		return err
	}
	query := v.URL.Query()
	page := clustersPage{Review: oneOf(query.Get("review"), slices.Collect(maps.Keys(v.state.Plans)), "")}
	all := slices.Clone(f.clusters)
	if page.Review != "" {
		all = f.of(page.Review)
	}
	slices.SortStableFunc(all, func(a, b *cluster) int {
		return cmp.Or(rank(a.Review != v.plan)-rank(b.Review != v.plan), cmp.Compare(a.Name, b.Name))
	})
	page.N = len(all)
	number, _ := strconv.Atoi(query.Get("page"))
	page.pager = pagerOf(number, page.N, clustersOnPage)
	from := (page.Page - 1) * clustersOnPage
	if page.Shown, err = v.sights(all[from:min(from+clustersOnPage, len(all))]); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(v.state.Plans)) {
		page.Reviews = append(page.Reviews, planLink{id, v.state.Describe(v.state.Plans[id]).Title, id == page.Review})
	}
	page.Choices = v.choices(f)
	return v.show("clusters.html", "Clusters", page)
}

// To is the address of another page of the list.
func (p clustersPage) To(page int) string {
	return "/clusters?" + queryOf([]string{"review", p.Review, "page", strconv.Itoa(page)})
}

// mostChoices bounds what a form offers.
const mostChoices = 300

// choices are the clusters, to be compared.
func (v *visit) choices(f *fleet) (all []choice) {
	for _, one := range f.clusters[:min(len(f.clusters), mostChoices)] {
		text := one.Label
		if one.Environment != "" {
			text += ", " + one.Environment
		}
		if one.Review != v.plan && one.Review != "" {
			text += ", review " + one.Review
		}
		all = append(all, choice{one.Name, text})
	}
	return all
}

// Covered is how many of the objects seen were judged.
func (s sight) Covered() []chart.Part {
	return chart.Parts(s.ScanSummary.Judged, s.Subjects-s.ScanSummary.Judged)
}

// Objects counts the objects that were judged.
func (s sight) Objects() int { return s.ScanSummary.Judged }

package server

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
)

func (v *visit) checklists() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	return v.show("checklists.html", "Checklists", now)
}

// filter says which items of a checklist are shown; it stands in the query.
type filter struct {
	State, Section, Text string
}

// fits reports whether an item is shown.
func (f filter) fits(item *review.ItemView) bool {
	if f.State != "" && string(item.State) != f.State || f.Section != "" && item.Item.Section != f.Section {
		return false
	}
	text := strings.ToLower(f.Text)
	return text == "" || strings.Contains(strings.ToLower(item.Item.ID+" "+item.Item.Text+" "+item.Reason+" "+strings.Join(item.Item.Questions, " ")+" "+strings.Join(item.Item.Controls, " ")), text)
}

// Query is the filter as it stands in an address.
func (f filter) Query() string {
	return queryOf([]string{"state", f.State, "section", f.Section, "q", f.Text})
}

// To is an address with the filter.
func (f filter) To(path string) string {
	if query := f.Query(); query != "" {
		return path + "?" + query
	}
	return path
}

// checklistPage is a checklist with its sections and the items that fit.
type checklistPage struct {
	*review.ListView
	Filter filter
	States []review.ItemState
	Shown  []*review.SectionView
	N      int // items shown
}

func (v *visit) filter() filter {
	q := v.URL.Query()
	return filter{q.Get("state"), q.Get("section"), escape.Clip(q.Get("q"), 200)}
}

func (v *visit) checklist() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(now.Lists, func(l *review.ListView) bool { return l.List.ID == v.PathValue("id") })
	if at < 0 {
		return errNotFound
	}
	page := checklistPage{ListView: now.Lists[at], Filter: v.filter(), States: review.ItemStates}
	page.add(page.ListView, "")
	return v.show("checklist.html", page.List.Title, page)
}

// add shows what fits of a checklist; before stands before the names of sections.
func (p *checklistPage) add(list *review.ListView, before string) {
	for _, section := range list.Sections {
		fitting := slices.DeleteFunc(slices.Clone(section.Items), func(item *review.ItemView) bool { return !p.Filter.fits(item) })
		if len(fitting) > 0 {
			p.Shown = append(p.Shown, &review.SectionView{Name: before + section.Name, Items: fitting, Score: section.Score})
			p.N += len(fitting)
		}
	}
}

// search shows the items of all checklists that fit.
func (v *visit) search() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	page := checklistPage{Filter: v.filter(), States: review.ItemStates}
	for _, list := range now.Lists {
		page.add(list, list.List.Title+": ")
	}
	return v.show("search.html", "Search", page)
}

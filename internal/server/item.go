package server

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// itemPage is one item with all that was seen, asked, answered and done.
type itemPage struct {
	*seen
	Of       *review.ItemView
	Item     *dossier.Item
	Asks     []*askForm
	Own      *askForm // about the item itself: whether it applies
	Checks   []checked
	Maps     []mapping
	Risks    []*dossier.Exception
	Events   []event
	Query    string // of the filter
	Filter   filter
	Previous string
	Next     string
	Place    int
	Among    int
	People   []*dossier.Person // who can be asked
	Today    string
	May      mayDo
}

// checked is a control of the item with what scans show.
type checked struct {
	*control.Control
	Outcomes string
}

// mapping is a framework with the identifiers that the item gives evidence for.
type mapping struct {
	Framework   *checklist.Framework
	Identifiers []string
}

const mostOfItem = 50

func (v *visit) item() error { return v.showItem(http.StatusOK, nil) }

// showItem shows the item of the address; a form that was refused stands in the place of its own.
func (v *visit) showItem(status int, again *askForm) error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	view := now.Item(v.PathValue("id"))
	if view == nil {
		return errNotFound
	}
	page := &itemPage{seen: now, Of: view, Item: now.items[view.Item.ID], Today: now.Now.UTC().Format(review.Day), May: v.may(), Maps: v.mapsOf(view), People: v.contributors()}
	keys := []string{view.Item.ID}
	for _, asked := range view.Questions {
		page.Asks = append(page.Asks, v.askForm(now, asked))
		keys = append(keys, asked.Question.ID)
	}
	page.Own = v.ownForm(now, view)
	page.replace(again)
	for _, id := range page.Item.Exceptions {
		page.Risks = append(page.Risks, now.exceptions[id])
		keys = append(keys, id)
	}
	for _, id := range view.Item.Controls {
		if known := v.s.Controls[id]; known != nil {
			page.Checks = append(page.Checks, checked{known, outcomesOf(now, id)})
		}
	}
	if page.Events, err = v.about(mostOfItem, keys...); err != nil {
		return err
	}
	page.place(v.filter())
	return v.page(status, "item.html", view.Item.ID, page)
}

// replace puts a form that was refused where it was sent from.
func (p *itemPage) replace(again *askForm) {
	if again == nil {
		return
	}
	for _, one := range append(slices.Clone(p.Asks), p.Own) {
		if one.Key == again.Key {
			one.Values, one.Text, one.Comment, one.Judged, one.NotApplicable = again.Values, again.Text, again.Comment, again.Judged, again.NotApplicable
			one.Wrong, one.Conflict, one.FromScan = again.Wrong, again.Conflict, false
		}
	}
}

// place finds the items before and behind this one, among those that the filter shows.
func (p *itemPage) place(f filter) {
	var among []*review.ItemView
	for _, item := range p.Items {
		if item.List == p.Of.List && (item == p.Of || f.fits(item)) {
			among = append(among, item)
		}
	}
	at := slices.Index(among, p.Of)
	p.Place, p.Among, p.Filter, p.Query = at+1, len(among), f, f.Query()
	if at > 0 {
		p.Previous = among[at-1].Item.ID
	}
	if at+1 < len(among) {
		p.Next = among[at+1].Item.ID
	}
}

// outcomesOf tells what fresh scans show of a control.
func outcomesOf(now *seen, id string) string {
	text := ""
	for _, scan := range now.Scans {
		result, ran := scan.Seen.Controls[id]
		if !ran || scan.IsStale(now.Plan, now.Now) {
			continue
		}
		n := result.Outcomes
		for _, one := range []struct {
			n    int
			what string
		}{{n.Fail, "failed"}, {n.Error, "in error"}, {n.Unknown, "unknown"}, {n.Accepted, "accepted"}, {n.Pass, "passed"}, {n.NotApplicable, "not applicable"}} {
			if one.n > 0 {
				if text != "" {
					text += ", "
				}
				text += number(one.n) + " " + one.what
			}
		}
	}
	return cmp.Or(text, "no verdicts")
}

// contributors are those who can be asked.
func (v *visit) contributors() []*dossier.Person {
	var all []*dossier.Person
	for id, person := range v.state.People {
		if !person.Gone(v.s.Now()) && person.Has(review.Contributor) {
			all = append(all, &dossier.Person{ID: id, Name: v.state.NameOf(id)})
		}
	}
	slices.SortFunc(all, func(a, b *dossier.Person) int { return cmp.Or(compare(a.Name, b.Name), compare(a.ID, b.ID)) })
	return all
}

// mapsOf are the identifiers of frameworks that the item gives evidence for.
func (v *visit) mapsOf(item *review.ItemView) []mapping {
	of := v.s.supports[item.Item.ID]
	var all []mapping
	for _, framework := range v.s.Library.All {
		if len(of[framework.ID]) > 0 {
			all = append(all, mapping{framework, of[framework.ID]})
		}
	}
	return all
}

// supportsOf are the identifiers that each item gives evidence for, by framework, each once.
func supportsOf(library *checklist.Library, controls review.Controls) map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for _, list := range library.Checklists {
		for i := range list.Items {
			all[list.Items[i].ID] = supports(library, controls, &list.Items[i])
		}
	}
	return all
}

func supports(library *checklist.Library, controls review.Controls, item *checklist.Item) map[string][]string {
	all := map[string][]string{}
	add := func(maps map[string][]string) {
		for framework, ids := range maps {
			for _, id := range ids {
				if !slices.Contains(all[framework], id) {
					all[framework] = append(all[framework], id)
				}
			}
		}
	}
	for _, id := range item.Controls {
		if one := controls[id]; one != nil {
			add(library.MapsOf(one.Topics, one.Maps))
		}
	}
	for _, id := range item.Questions {
		if one, known := library.Question(id); known {
			add(library.MapsOf(one.Topics, nil))
		}
	}
	return all
}

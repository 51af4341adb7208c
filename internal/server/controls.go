package server

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// controlsPage is the catalogue, by topic.
type controlsPage struct {
	Topics     []controlTopic
	Severities []control.Severity
	Q, Of      string // the filter: a text, a severity
	N, All     int
}

type controlTopic struct {
	Name string
	All  []*control.Control
}

func (v *visit) controls() error {
	q := v.URL.Query()
	page := controlsPage{Severities: control.Severities, Q: escape.Clip(q.Get("q"), 200), Of: q.Get("severity"), All: len(v.s.Controls)}
	byTopic := map[string][]*control.Control{}
	for _, one := range v.s.Controls {
		text := strings.ToLower(one.ID + " " + one.Title + " " + one.Why)
		if page.Of != "" && string(one.Severity) != page.Of || !strings.Contains(text, strings.ToLower(page.Q)) {
			continue
		}
		byTopic[one.Topic] = append(byTopic[one.Topic], one)
		page.N++
	}
	for _, name := range slices.Sorted(maps.Keys(byTopic)) {
		slices.SortFunc(byTopic[name], func(a, b *control.Control) int {
			return cmp.Or(b.Severity.Rank()-a.Severity.Rank(), b.Risk-a.Risk, strings.Compare(a.ID, b.ID))
		})
		page.Topics = append(page.Topics, controlTopic{name, byTopic[name]})
	}
	return v.show("controls.html", "Controls", page)
}

// controlPage is one control as documentation, with what scans show of it.
type controlPage struct {
	*control.Control
	Maps       []mapping
	Items      []*checklist.Item
	Parameters []parameter
	Outcomes   string // of the review that is looked at; "" without one
	Here       map[string]bool
}

type parameter struct {
	Name string
	control.Parameter
}

func (v *visit) control() error {
	one := v.s.Controls[v.PathValue("id")]
	if one == nil {
		return errNotFound
	}
	page := controlPage{Control: one, Here: map[string]bool{}}
	of := v.s.Library.MapsOf(one.Topics, one.Maps)
	for _, framework := range v.s.Library.All {
		if len(of[framework.ID]) > 0 {
			page.Maps = append(page.Maps, mapping{framework, of[framework.ID]})
		}
	}
	for _, list := range v.s.Library.Checklists {
		for i := range list.Items {
			if slices.Contains(list.Items[i].Controls, one.ID) {
				page.Items = append(page.Items, &list.Items[i])
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(one.Parameters)) {
		page.Parameters = append(page.Parameters, parameter{name, one.Parameters[name]})
	}
	if v.plan != "" {
		now, err := v.sees()
		if err != nil {
			return err
		}
		page.Outcomes = outcomesOf(now, one.ID)
		for id := range now.items {
			page.Here[id] = true
		}
	}
	return v.show("control.html", one.ID, page)
}

package review

import (
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
)

// View is a whole plan as it stands at one time: what status, reports and pages show.
type View struct {
	State *State
	Plan  *Plan
	About PlanText
	Now   time.Time
	Lists []*ListView
	// Items are those of all checklists, in order.
	Items []*ItemView
	// Asked are the questions of all items, each once, in the order in which they are met.
	Asked []*Asked
	Score Score
	Scans []*Scan
	// Frameworks are the standards that the first question chose, with the items that give
	// evidence for each identifier.
	Frameworks []*FrameworkView
	// Exceptions are all of the plan, in the order of their ids.
	Exceptions []*Exception
	Access     []*AccessReview
}

// ListView is a checklist with its sections.
type ListView struct {
	List     *checklist.Checklist
	Sections []*SectionView
	Score    Score
}

// SectionView is a section of a checklist, in the order of its first item.
type SectionView struct {
	Name  string
	Items []*ItemView
	Score Score
}

// Controls give the risk of controls, and the standards that they give evidence for.
type Controls map[string]*control.Control

// View works out how a plan stands at a time. The plan must exist.
func (s *State) View(id string, library *checklist.Library, controls Controls, now time.Time) (*View, error) {
	if err := s.needPlan("show review", id); err != nil {
		return nil, err
	}
	plan := s.Plans[id]
	view := &View{State: s, Plan: plan, About: s.Describe(plan), Now: now, Scans: s.ScansOf(id)}
	asking := s.asking(plan, library, now)
	for _, name := range plan.Checklists {
		if list, known := library.Checklist(name); known {
			view.Lists = append(view.Lists, view.list(list, asking, controls))
		}
	}
	view.Score = scoreOf(view.Items)
	view.ask()
	for _, exception := range sortedKeys(s.Exceptions) {
		if s.Exceptions[exception].Plan == id {
			view.Exceptions = append(view.Exceptions, s.Exceptions[exception])
		}
	}
	for _, access := range sortedKeys(s.Access) {
		if s.Access[access].Plan == id {
			view.Access = append(view.Access, s.Access[access])
		}
	}
	view.Frameworks = view.frameworks(library, controls)
	return view, nil
}

func (v *View) list(list *checklist.Checklist, asking *asking, controls Controls) *ListView {
	view := &ListView{List: list}
	var all []*ItemView
	for i := range list.Items {
		item := asking.item(list, &list.Items[i])
		item.Weight = controls.weight(item.Item)
		all = append(all, item)
		at := slices.IndexFunc(view.Sections, func(s *SectionView) bool { return s.Name == item.Item.Section })
		if at < 0 {
			at = len(view.Sections)
			view.Sections = append(view.Sections, &SectionView{Name: item.Item.Section})
		}
		view.Sections[at].Items = append(view.Sections[at].Items, item)
	}
	for _, section := range view.Sections {
		section.Score = scoreOf(section.Items)
	}
	view.Score = scoreOf(all)
	v.Items = append(v.Items, all...)
	return view
}

// ask lists the questions of the items.
func (v *View) ask() {
	seen := map[*Asked]bool{}
	for _, item := range v.Items {
		for _, asked := range item.Questions {
			if !seen[asked] {
				seen[asked] = true
				v.Asked = append(v.Asked, asked)
			}
		}
	}
}

// Item gives an item of the plan by its id; nil if there is none.
func (v *View) Item(id string) *ItemView {
	at := slices.IndexFunc(v.Items, func(item *ItemView) bool { return item.Item.ID == id })
	if at < 0 {
		return nil
	}
	return v.Items[at]
}

// Question gives a question of the plan by its id; nil if there is none.
func (v *View) Question(id string) *Asked {
	at := slices.IndexFunc(v.Asked, func(asked *Asked) bool { return asked.Question.ID == id })
	if at < 0 {
		return nil
	}
	return v.Asked[at]
}

// ItemsOf are the items that a question answers.
func (v *View) ItemsOf(question string) []*ItemView {
	var all []*ItemView
	for _, item := range v.Items {
		if slices.Contains(item.Item.Questions, question) {
			all = append(all, item)
		}
	}
	return all
}

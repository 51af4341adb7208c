package review

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// FirstQuestion asks which regulations apply; its answer chooses which framework views appear.
const FirstQuestion = "applicable-standards"

// FrameworkView is a standard with the items of the plan that give evidence for its identifiers.
// It never says that anybody complies.
type FrameworkView struct {
	Framework   *checklist.Framework
	Identifiers []*IdentifierView
}

// IdentifierView is one requirement of a standard.
type IdentifierView struct {
	ID, Title string
	Items     []*ItemView
	Score     Score
}

// frameworks gives the views that the first question chose.
func (v *View) frameworks(library *checklist.Library, controls Controls) []*FrameworkView {
	var views []*FrameworkView
	for _, id := range v.chosen(library) {
		if framework, known := library.Framework(id); known {
			views = append(views, v.framework(framework, library, controls))
		}
	}
	return views
}

// chosen are the frameworks of the choices made at the first question, in the order of choices.
func (v *View) chosen(library *checklist.Library) []string {
	answer := v.State.Answers[IDOf(v.Plan.ID, FirstQuestion)]
	question, known := library.Question(FirstQuestion)
	if !known || answer == nil || answer.Reply == nil {
		return nil
	}
	var ids []string
	for _, choice := range question.Choices {
		if !slices.Contains(answer.Reply.Values, choice.ID) {
			continue
		}
		for _, id := range choice.Frameworks {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func (v *View) framework(framework *checklist.Framework, library *checklist.Library, controls Controls) *FrameworkView {
	view, at := &FrameworkView{Framework: framework}, map[string]*IdentifierView{}
	for _, id := range framework.Ordered() {
		at[id] = &IdentifierView{ID: id, Title: framework.Identifiers[id]}
		view.Identifiers = append(view.Identifiers, at[id])
	}
	for _, item := range v.Items {
		for _, id := range supports(item, framework.ID, library, controls) {
			if known := at[id]; known != nil {
				known.Items = append(known.Items, item)
			}
		}
	}
	for _, one := range view.Identifiers {
		one.Score = scoreOf(one.Items)
	}
	return view
}

// supports are the identifiers of a framework that an item gives evidence for, each once.
func supports(item *ItemView, framework string, library *checklist.Library, controls Controls) []string {
	var ids []string
	add := func(maps map[string][]string) {
		for _, id := range maps[framework] {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, id := range item.Item.Controls {
		if one := controls[id]; one != nil {
			add(library.MapsOf(one.Topics, one.Maps))
		}
	}
	for _, asked := range item.Questions {
		add(library.MapsOf(asked.Question.Topics, nil))
	}
	return ids
}

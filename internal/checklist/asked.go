package checklist

import "slices"

// Asked counts the items that a person must answer.
type Asked struct {
	// Items are those with the letter Q; WithQuestion those of them that name a question.
	Items, WithQuestion int
	// Prefilled are those of which a control sees what at least one of their questions asks.
	Prefilled int
}

// Asked counts the items of checklists that a person must answer.
func (l *Library) Asked(lists ...*Checklist) Asked {
	var counts Asked
	for _, list := range lists {
		for i := range list.Items {
			item := &list.Items[i]
			if !slices.Contains(item.Assess, "Q") {
				continue
			}
			counts.Items++
			if len(item.Questions) > 0 {
				counts.WithQuestion++
			}
			if l.prefills(item) {
				counts.Prefilled++
			}
		}
	}
	return counts
}

// prefills is true if a scan can prefill the answer of one of the item's questions.
func (l *Library) prefills(item *Item) bool {
	return slices.ContainsFunc(item.Questions, func(id string) bool {
		question := l.questions[id]
		return question != nil && len(question.Controls) > 0
	})
}

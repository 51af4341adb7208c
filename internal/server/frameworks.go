package server

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// coverage is a framework with the items of the review that give evidence for its identifiers.
type coverage struct {
	*checklist.Framework
	Chosen    bool // by the first question
	Supported int  // identifiers that some item looks at
	Parts     []coverPart
	States    map[review.ItemState]int // of the items, each once
}

// coverPart is a chapter of a framework.
type coverPart struct {
	Name   string
	All    []coverLine
	States map[review.ItemState]int
	Seen   int // identifiers that some item looks at
}

type coverLine struct {
	ID, Title string
	Items     []*review.ItemView
	States    map[review.ItemState]int
}

func (v *visit) frameworks() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	var all []coverage
	for _, framework := range v.s.Library.All {
		all = append(all, v.covered(now, framework))
	}
	slices.SortStableFunc(all, func(a, b coverage) int { return b2i(b.Chosen) - b2i(a.Chosen) })
	return v.show("frameworks.html", "Frameworks", all)
}

func (v *visit) framework() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	framework, known := v.s.Library.Framework(v.PathValue("id"))
	if !known {
		return errNotFound
	}
	return v.show("framework.html", framework.Short, v.covered(now, framework))
}

// covered works out which items give evidence for which identifiers.
func (v *visit) covered(now *seen, framework *checklist.Framework) coverage {
	one := coverage{Framework: framework, States: map[review.ItemState]int{}}
	one.Chosen = slices.ContainsFunc(now.Frameworks, func(f *review.FrameworkView) bool { return f.Framework.ID == framework.ID })
	of := map[string][]*review.ItemView{}
	for _, item := range now.Items {
		ids := v.s.supports[item.Item.ID][framework.ID]
		for _, id := range ids {
			of[id] = append(of[id], item)
		}
		if len(ids) > 0 {
			one.States[item.State]++
		}
	}
	ids := framework.Ordered()
	for _, id := range ids {
		line := coverLine{id, framework.Identifiers[id], of[id], map[review.ItemState]int{}}
		name := chapter(id)
		if len(one.Parts) == 0 || one.Parts[len(one.Parts)-1].Name != name {
			one.Parts = append(one.Parts, coverPart{Name: name, States: map[review.ItemState]int{}})
		}
		part := &one.Parts[len(one.Parts)-1]
		for _, item := range line.Items {
			line.States[item.State]++
			part.States[item.State]++
		}
		part.All = append(part.All, line)
		if len(line.Items) > 0 {
			part.Seen++
			one.Supported++
		}
	}
	return one
}

// chapter is the part of an identifier before its last number: 5.2 of 5.2.3.
func chapter(id string) string {
	at := strings.LastIndexAny(id, ".-")
	if at <= 0 {
		return id
	}
	return id[:at]
}

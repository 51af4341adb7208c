package api

import (
	"context"
	"maps"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
)

// listSummary is a checklist in a list.
type listSummary struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	About  string `json:"about"`
	Source string `json:"source"`
	Items  int    `json:"items" doc:"how many"`
}

type listChecklistsOutput struct {
	Body struct {
		Checklists []listSummary `json:"checklists"`
	}
}

func (a *api) listChecklists(context.Context, *struct{}) (*listChecklistsOutput, error) {
	out := &listChecklistsOutput{}
	for _, one := range a.Library.Checklists {
		out.Body.Checklists = append(out.Body.Checklists, listSummary{one.ID, one.Title, one.About, one.Source, len(one.Items)})
	}
	return out, nil
}

type onChecklist struct {
	Checklist string `path:"checklist" maxLength:"64"`
}

type checklistOutput struct {
	Body struct {
		checklist.Checklist
		Questions []*checklist.Question `json:"questions" doc:"that its items name, each once"`
	}
}

func (a *api) getChecklist(_ context.Context, in *onChecklist) (*checklistOutput, error) {
	list, known := a.Library.Checklist(in.Checklist)
	if !known {
		return nil, huma.Error404NotFound("checklist " + in.Checklist + " is unknown")
	}
	out := &checklistOutput{}
	out.Body.Checklist, out.Body.Questions = *list, []*checklist.Question{}
	seen := map[string]bool{}
	for _, item := range list.Items {
		for _, id := range item.Questions {
			if question, known := a.Library.Question(id); known && !seen[id] {
				seen[id] = true
				out.Body.Questions = append(out.Body.Questions, question)
			}
		}
	}
	return out, nil
}

type listControlsOutput struct {
	Body struct {
		Controls []*control.Control `json:"controls"`
		Next     string             `json:"next,omitempty"`
	}
}

func (a *api) listControls(_ context.Context, in *Page) (out *listControlsOutput, err error) {
	all := make([]*control.Control, 0, len(a.Controls))
	for _, id := range slices.Sorted(maps.Keys(a.Controls)) {
		all = append(all, a.Controls[id])
	}
	out = &listControlsOutput{}
	out.Body.Controls, out.Body.Next, err = pageOf(all, func(one *control.Control) string { return one.ID }, nil, *in)
	return out, err
}

type onControl struct {
	Control string `path:"control" maxLength:"128"`
}

type controlOutput struct{ Body *control.Control }

func (a *api) getControl(_ context.Context, in *onControl) (*controlOutput, error) {
	one := a.Controls[in.Control]
	if one == nil {
		return nil, huma.Error404NotFound("control " + in.Control + " is unknown")
	}
	return &controlOutput{one}, nil
}

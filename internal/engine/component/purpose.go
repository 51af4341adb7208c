package component

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Purpose judges the fact that describes a cluster: it passes if a component of the category
// (parameter "category") is configured, or runs where no object shows more. Parameter "also" names
// images, as ends of repositories, that count too: components that nobody but the user knows.
func Purpose(in assessment.Input) []assessment.Verdict {
	category := Category(in.Values.String("category"))
	var best *seen
	var at Step
	var why string
	for _, s := range ofCategory(in, category) {
		if step, reason := s.step(); best == nil || step > at {
			best, at, why = s, step, reason
		}
	}
	switch {
	case best == nil || at == Absent:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("no %s was seen: known are %s", category, knownNames(category)), in.Element)}
	case at == Configured, at == Running && best.product.Proof == nil:
		return []assessment.Verdict{{Outcome: assessment.Pass, Message: fmt.Sprintf("%s: %s", category, best.product.Name)}}
	case len(best.workloads) > 0 && at == Present && !judgeable(best):
		return []assessment.Verdict{{Outcome: assessment.Unknown, Message: fmt.Sprintf("%s is there, but whether it runs was not seen", best.product.Name)}}
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s is there, but %s", best.product.Name, why), in.Element)}
}

// judgeable reports whether any workload shows its status; manifests do not.
func judgeable(s *seen) bool {
	return slices.ContainsFunc(s.workloads, func(w *inventory.Subject) bool { return w.Root.Get("status") != nil })
}

// ofCategory looks for all products of a category, and for what the user names.
func ofCategory(in assessment.Input, category Category) []*seen {
	all := inventory.Derived(in.Index, "component."+string(category), func(index *inventory.Index) []*seen {
		var found []*seen
		for i := range known {
			if known[i].Category == category {
				found = append(found, find(index, &known[i]))
			}
		}
		return found
	})
	if also := in.Values.Strings("also"); len(also) > 0 {
		own := &Product{Name: strings.Join(also, ", "), Category: category, Images: also}
		all = append(slices.Clone(all), find(in.Index, own))
	}
	return all
}

// knownNames lists some products of a category.
func knownNames(category Category) string {
	var names []string
	for i := range known {
		if known[i].Category == category {
			names = append(names, known[i].Name)
		}
	}
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + fmt.Sprintf(" and %d more", len(names)-5)
	}
	return strings.Join(names, ", ")
}

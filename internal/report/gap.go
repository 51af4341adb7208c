package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// problems are the errors, and after them what a cluster did not show, one for each reason.
func (r *Report) problems() []inventory.Error {
	all := slices.Clone(r.Assessment.Errors)
	type key struct{ target, reason string }
	kinds := map[key][]string{}
	var order []key
	for _, gap := range r.Assessment.Gaps {
		if gap.Excused() {
			continue // nothing is wrong there; the controls say who is responsible
		}
		k := key{gap.Target, gap.Reason}
		if kinds[k] == nil {
			order = append(order, k)
		}
		name := gap.Kind
		switch {
		case len(gap.Namespaces) > 0:
			name += " in " + abridged(gap.Namespaces)
		case len(gap.Except) > 0:
			name += " outside of " + abridged(gap.Except)
		}
		kinds[k] = append(kinds[k], name)
	}
	for _, k := range order {
		all = append(all, inventory.Error{Target: k.target, Lost: true,
			Message: fmt.Sprintf("%s not seen: %s", abridged(kinds[k]), k.reason)})
	}
	return all
}

// abridged lists at most four names and counts the rest.
func abridged(names []string) string {
	if len(names) > 4 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// fromGap reports whether a finding only says that a cluster did not show what its control needs;
// problems says so once for all controls.
func fromGap(f *assessment.Finding) bool {
	return f.Outcome == assessment.Unknown && f.Subject.Kind == inventory.FactCluster && f.Location.Path == ""
}

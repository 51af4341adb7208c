package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// problem is something that could not be read, or was read with doubts.
type problem struct {
	inventory.Error
	// gap is true for what a cluster did not show: nothing is broken, but what needs it is unknown.
	gap bool
}

// outcome is what a problem makes of that which it stands for.
func (p problem) outcome() assessment.Outcome {
	if p.gap {
		return assessment.Unknown
	}
	return assessment.Error
}

// place is where a problem stands: its file and line, else the target.
func (p problem) place() string {
	if p.File == "" {
		return safe(TargetName(p.Target))
	}
	return safe(position(p.File, p.Line, p.Column))
}

// TargetName is a target in words where the user wrote "cluster:" or "cluster:CONTEXT".
func TargetName(name string) string {
	if context, live := strings.CutPrefix(name, "cluster:"); live {
		return strings.TrimSpace("cluster " + context)
	}
	return name
}

// problems are the errors, and after them what a cluster did not show, one for each reason; all
// that the printed role would show is one.
func (r *Report) problems() []problem {
	var all []problem
	for _, e := range r.Assessment.Errors {
		all = append(all, problem{Error: e})
	}
	type key struct{ target, reason string }
	kinds := map[key][]string{}
	var order []key
	for _, gap := range r.Assessment.Gaps {
		if gap.Excused() {
			continue // nothing is wrong there; the controls say why they do not apply
		}
		k := key{gap.Target, gap.Reason}
		if gap.Everywhere() && strings.HasPrefix(gap.Reason, lackOfRight) && strings.HasSuffix(gap.Reason, roleHasIt) {
			k.reason = "no right to list them" + roleHasIt
		}
		if kinds[k] == nil {
			order = append(order, k)
		}
		name := gap.Kind
		if len(gap.Namespaces) > 0 {
			name += " in " + abridged(gap.Namespaces)
		} else if len(gap.Except) > 0 {
			name += " except in " + abridged(gap.Except)
		}
		kinds[k] = append(kinds[k], name)
	}
	for _, k := range order {
		names := abridged(kinds[k])
		if strings.HasSuffix(k.reason, roleHasIt) { // whoever grants the rights wants to know all
			names = strings.Join(kinds[k], ", ")
		}
		all = append(all, problem{gap: true, Error: inventory.Error{Target: k.target, Lost: true,
			Message: fmt.Sprintf("%s not seen: %s", names, k.reason)}})
	}
	return all
}

// Reasons of gaps begin and end so where the printed role has what is missing.
const (
	lackOfRight = "no right to list "
	roleHasIt   = " (kubeproof rbac role prints a role)"
)

// gapsApart tells the problems of reading from what a cluster did not show.
func gapsApart(all []problem) (broken, gaps []problem) {
	for _, p := range all {
		if p.gap {
			gaps = append(gaps, p)
		} else {
			broken = append(broken, p)
		}
	}
	return broken, gaps
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

// live reports whether findings are of a live cluster.
func (r *Report) live() bool {
	return slices.ContainsFunc(r.Assessment.Findings, func(f *assessment.Finding) bool { return f.Subject.Cluster != "" })
}

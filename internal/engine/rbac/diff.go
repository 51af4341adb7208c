package rbac

import (
	"cmp"
	"slices"
)

// Change is what the bindings of a subject give more and less than before.
type Change struct {
	Subject      Subject
	Gained, Lost []Right
}

// Diff compares what bindings give each subject in two models, whatever roles and bindings are
// called: a right is gained if nothing before held it. Subjects are in order of their names;
// those without a change are left out. What Kubernetes' own bindings give is compared only if all
// is true: files lack them, and releases change them.
func Diff(before, after *Model, all bool) []Change {
	var changes []Change
	for _, who := range subjectsOf(before, after) {
		had, has := before.rightsOf(who, true), after.rightsOf(who, true)
		change := Change{Subject: who, Gained: beyond(after.rightsOf(who, all), had), Lost: beyond(before.rightsOf(who, all), has)}
		if len(change.Gained)+len(change.Lost) > 0 {
			changes = append(changes, change)
		}
	}
	return changes
}

func subjectsOf(models ...*Model) []Subject {
	seen := map[Subject]bool{}
	var all []Subject
	for _, m := range models {
		for _, who := range m.Subjects() {
			if !seen[who] {
				seen[who] = true
				all = append(all, who)
			}
		}
	}
	slices.SortFunc(all, func(a, b Subject) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// rightsOf is what the bindings give that name a subject, Kubernetes' own bindings included or not.
func (m *Model) rightsOf(who Subject, all bool) RightSet {
	rights := RightSet{}
	for _, g := range m.Bound(who) {
		if all || !m.standard(g) {
			g.eachRight(func(r Right) { rights[r] = true })
		}
	}
	return rights
}

// standard reports whether a binding and its role are Kubernetes' own, without an addition.
func (m *Model) standard(g *Grant) bool {
	return g.Role != nil && m.Origin(g.Binding).Maker == BuiltIn && (g.Role.Default || m.Origin(g.Role.Object).Maker == BuiltIn)
}

// beyond lists the rights of a set that another does not hold, in order, without those that
// another of the list holds.
func beyond(set, other RightSet) []Right {
	more := RightSet{}
	for r := range set {
		if !other.Covers(r) {
			more[r] = true
		}
	}
	var all []Right
	for r := range more {
		delete(more, r)
		covered := more.Covers(r)
		more[r] = true
		if !covered {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, compareRights)
	return all
}

func compareRights(a, b Right) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Group, b.Group),
		cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Verb, b.Verb))
}

package inventory

import "slices"

// Gap is a kind of object or fact that a target could not show, and why. Without Namespaces and
// Except nothing of the kind was seen in the whole target.
type Gap struct {
	Target string `json:"target"`
	// Kind is what was not seen: that of an API object, or one of the fact kinds.
	Kind string `json:"kind"`
	// Namespaces are those in which it was not seen; Except those in which alone it was.
	Namespaces []string `json:"namespaces,omitempty"`
	Except     []string `json:"except,omitempty"`
	// Reason says what was missing and what would give it, as "no right to list secrets".
	Reason string `json:"reason"`
	// Provider is true if somebody else runs that part of the cluster, and Unasked if the user
	// asked for another part only: controls do not apply there. Else their outcome is unknown.
	Provider bool `json:"provider,omitempty"`
	Unasked  bool `json:"unasked,omitempty"`
}

// Everywhere reports whether nothing of the kind was seen in the whole target.
func (g Gap) Everywhere() bool { return len(g.Namespaces)+len(g.Except) == 0 }

// Covers reports whether the kind was not seen in a namespace; "" asks for the whole cluster, in
// which every gap is one.
func (g Gap) Covers(namespace string) bool {
	switch {
	case namespace == "" || g.Everywhere():
		return true
	case len(g.Except) > 0:
		return !slices.Contains(g.Except, namespace)
	}
	return slices.Contains(g.Namespaces, namespace)
}

// Excused reports whether what was not seen is nobody's failure: it makes no outcome unknown.
func (g Gap) Excused() bool { return g.Provider || g.Unasked }

// Missing lists the gaps of a kind.
func (inv *Inventory) Missing(kind string) []Gap {
	var found []Gap
	for _, gap := range inv.Gaps {
		if gap.Kind == kind {
			found = append(found, gap)
		}
	}
	return found
}

// Saw reports whether objects of all these kinds could be read in a namespace ("" for the whole
// cluster); only then does the absence of one mean anything.
func (inv *Inventory) Saw(namespace string, kinds ...string) bool {
	return !slices.ContainsFunc(inv.Gaps, func(gap Gap) bool { return slices.Contains(kinds, gap.Kind) && gap.Covers(namespace) })
}

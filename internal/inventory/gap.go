package inventory

import "slices"

// Gap is a kind of object or fact that a target could not show, and why.
type Gap struct {
	Target string `json:"target"`
	// Kind is what was not seen: that of an API object, or one of the fact kinds.
	Kind string `json:"kind"`
	// Namespaces are those in which it was not seen; empty for the whole cluster.
	Namespaces []string `json:"namespaces,omitempty"`
	// Reason says what was missing and what would give it, as "no right to list secrets".
	Reason string `json:"reason"`
	// Provider is true if somebody else runs that part of the cluster: controls of it do not
	// apply, and people are asked instead.
	Provider bool `json:"provider,omitempty"`
}

// Everywhere reports whether nothing of the kind was seen in the whole target.
func (g Gap) Everywhere() bool { return len(g.Namespaces) == 0 }

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
	return !slices.ContainsFunc(inv.Gaps, func(gap Gap) bool {
		return slices.Contains(kinds, gap.Kind) && (gap.Everywhere() || slices.Contains(gap.Namespaces, namespace))
	})
}

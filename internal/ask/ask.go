// Package ask answers what people want to know of an inventory: who may do what, how somebody could
// become administrator, what can talk to what. Commands, pages and the API give the same answers from
// here; the engine's packages decide, and what an inventory did not show is told with every answer.
// Begin with Of.
package ask

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Seen is an inventory that is asked. It is not changed by asking, and may be asked from many
// goroutines; what answers need is worked out once.
type Seen struct {
	*inventory.Inventory
	Index *inventory.Index
}

// Of lets an inventory be asked.
func Of(inv *inventory.Inventory) *Seen { return &Seen{inv, inventory.NewIndex(inv.Subjects)} }

// RightsKinds are the kinds without which answers about rights are incomplete.
var RightsKinds = []string{"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}

// PathKinds are the kinds without which ways to more rights are missing.
var PathKinds = append(slices.Clone(RightsKinds), "Pod", "Namespace", "ServiceAccount")

// ExposedKinds are the kinds without which ways into the cluster are missing.
var ExposedKinds = []string{"Service", "Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "Pod", "Deployment", "StatefulSet", "DaemonSet"}

// Gap is a kind that could not be read.
type Gap struct {
	Target string `json:"target"`
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}

// GapsOf lists what the inventory did not show of some kinds.
func (s *Seen) GapsOf(kinds ...string) []Gap {
	gaps := []Gap{}
	for _, gap := range s.Gaps {
		if slices.Contains(kinds, gap.Kind) {
			gaps = append(gaps, Gap{gap.Target, gap.Kind, gap.Reason})
		}
	}
	return gaps
}

// mostUnseen is how many lines tell what was not seen.
const mostUnseen = 30

// Unseen says what of some kinds, and of everything, could not be read: answers lack it.
func (s *Seen) Unseen(kinds ...string) []string {
	var all []string
	add := func(line string) {
		if !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	for _, gap := range s.Gaps {
		if slices.Contains(kinds, gap.Kind) {
			add(gap.Kind + " not seen" + whereOf(gap) + ": " + gap.Reason)
		}
	}
	for _, e := range s.Errors {
		if e.Lost && len(all) <= 10*mostUnseen {
			add(strings.TrimPrefix(e.File+": ", ": ") + e.Message)
		}
	}
	if left := len(all) - mostUnseen; left > 1 {
		all = append(all[:mostUnseen], "and more than that")
	}
	return all
}

func whereOf(gap inventory.Gap) string {
	const most = 5
	name := func(all []string) string {
		if len(all) > most {
			return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
		}
		return strings.Join(all, ", ")
	}
	switch {
	case len(gap.Except) > 0:
		return " but in " + name(gap.Except)
	case len(gap.Namespaces) > 0:
		return " in " + name(gap.Namespaces)
	}
	return ""
}

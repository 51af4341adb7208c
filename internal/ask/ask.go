// Package ask answers what people want to know of an inventory: who may do what, how somebody could
// become administrator, what can talk to what. Commands, pages and the API give the same answers from
// here; the engine's packages decide, and what an inventory did not show is told with every answer.
// Begin with Of.
package ask

import (
	"slices"

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

package reach

import (
	"cmp"
	"math"
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
)

// The orders of the tiers, as Calico has them. ordinaryOrder is the order of NetworkPolicies
// among the policies of Calico's default tier.
const (
	adminTier     = 1_000
	ordinaryTier  = 1_000_000
	baselineTier  = 10_000_000
	ordinaryOrder = 1000
)

// makeTiers makes the tiers that are always there and those of Calico.
func (m *Model) makeTiers() {
	m.admin = &tier{name: "kube-admin", order: adminTier}
	m.ordinary = &tier{name: "default", order: ordinaryTier}
	m.baseline = &tier{name: "kube-baseline", order: baselineTier}
	m.tiers = []*tier{m.admin, m.ordinary, m.baseline}
	for _, s := range newest(m.index, "Tier", calicoGroups...) {
		if m.tier(s.Name) == nil {
			m.tiers = append(m.tiers, &tier{name: s.Name, order: orderOf(s.Root.Get("spec", "order")),
				passes: s.Root.Get("spec", "defaultAction").Text() == "Pass"})
		}
	}
	m.sortTiers()
}

func (m *Model) sortTiers() {
	slices.SortStableFunc(m.tiers, func(a, b *tier) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.name, b.name))
	})
}

// tier finds a tier by name; nil if it was not seen.
func (m *Model) tier(name string) *tier {
	for _, t := range m.tiers {
		if t.name == name {
			return t
		}
	}
	return nil
}

// orderOf reads an order; absent is last.
func orderOf(node *document.Node) float64 {
	if node == nil {
		return math.Inf(1)
	}
	return node.Float64()
}

// Package reach tells what can talk to what by the network policies of an inventory: Kubernetes
// NetworkPolicies, the cluster-wide policies of SIG Network, and those of Cilium and Calico. It is
// a pure model: whether anything enforces the policies is asked apart. Begin with Of and
// Model.Decide.
//
// How the kinds combine. Every end of a connection must let it pass: the source by the policies
// that select it for egress, the destination by those for ingress. Each of these two halves asks
// tiers in order, and the first that decides counts:
//
//	admin     AdminNetworkPolicy and ClusterNetworkPolicy of tier Admin, by priority; Pass goes on
//	ordinary  NetworkPolicies, united with Cilium's policies (whose deny rules come first) and, by
//	          order, with Calico's default tier, where NetworkPolicies have order 1000. What is
//	          selected and not allowed is denied; what nothing selects goes on
//	baseline  BaselineAdminNetworkPolicy and ClusterNetworkPolicy of tier Baseline
//	default   allowed
//
// Calico's own tiers stand among these by their order: admin at 1,000, ordinary at 1,000,000,
// baseline at 10,000,000.
//
// What the model cannot know, as which pods a DNS name stands for, it does not guess: the decision
// is Unknown where it depends on that, and names the rule.
package reach

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Model is who may talk to whom in an inventory. It is not changed after it was built and may be
// asked from many goroutines.
type Model struct {
	// Endpoints are the workloads, by namespace and name.
	Endpoints []*Endpoint
	// Problems are what policies say that cannot be read: decisions that depend on it are Unknown.
	Problems []Reason

	index      *inventory.Index
	namespaces map[string]*space
	tiers      []*tier
	admin      *tier
	ordinary   *tier
	baseline   *tier
	peers      map[string]*peer // by key
	peerList   []*peer
	named      map[string]bool // keys of pod labels that policies name
	blocks     []netip.Prefix  // that policies name
	nodes      []*clusterNode
	podRanges  []netip.Prefix
	sets       []*networkSet
	cilium     bool // Cilium enforces: address blocks do not mean pods
}

// Of gives the model of an index, built once.
func Of(index *inventory.Index) *Model { return inventory.Derived(index, "reach.Of", build) }

func build(index *inventory.Index) *Model {
	m := &Model{index: index, namespaces: map[string]*space{}, peers: map[string]*peer{}, named: map[string]bool{}}
	m.cilium = speaksCilium(index)
	m.readNodes()
	m.readNamespaces()
	m.readNetworkSets()
	m.makeTiers()
	m.readNetworkPolicies()
	m.readAdminPolicies()
	m.readCiliumPolicies()
	m.readCalicoPolicies()
	m.readForeignPolicies()
	m.readEndpoints()
	m.bind()
	return m
}

// bind matches every policy and peer with every endpoint once.
func (m *Model) bind() {
	inSpace := map[string][]*Endpoint{}
	for _, e := range m.Endpoints {
		inSpace[e.Namespace] = append(inSpace[e.Namespace], e)
	}
	id := 0
	for _, t := range m.tiers {
		for _, p := range t.policies {
			p.id, id = id, id+1
		}
		slices.SortStableFunc(t.policies, func(a, b *policy) int { return a.rank.compare(b.rank) })
	}
	for _, p := range m.peerList {
		among := m.Endpoints
		if p.within != "" {
			among = inSpace[p.within]
		}
		if len(among) == 0 {
			continue
		}
		p.first, p.matched = among[0].id, make([]tri, len(among))
		for i, e := range among {
			p.matched[i] = p.test(Place{Endpoint: e})
		}
	}
	for _, e := range m.Endpoints {
		e.policies = m.selecting(e)
	}
}

// policiesOf lists the policies that select an endpoint, in the order of evaluation.
func (m *Model) policiesOf(e *Endpoint) []selection {
	if e.virtual {
		return m.selecting(e)
	}
	return e.policies
}

func (m *Model) selecting(e *Endpoint) []selection {
	var all []selection
	for i, t := range m.tiers {
		for _, p := range t.policies {
			if found := p.selects(e); found != no {
				all = append(all, selection{i, p, found})
			}
		}
	}
	return all
}

// selection is a policy that selects an endpoint, and how surely.
type selection struct {
	tier   int
	policy *policy
	sure   tri
}

// rank is the order in which policies of one tier are asked; equal ranks are asked at once.
type rank struct {
	order float64
	name  string
}

func (r rank) compare(other rank) int {
	return cmp.Or(cmp.Compare(r.order, other.order), cmp.Compare(r.name, other.name))
}

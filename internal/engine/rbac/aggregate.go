package rbac

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
)

// aggregate gives the ClusterRoles of files that select others the rules of these, as a
// controller does in the end: also of those that the others select. In a live cluster it has
// done so already, and what it wrote counts.
func (b *roleBook) aggregate() {
	all := b.inFiles()
	var collecting []*Role
	for _, role := range all {
		if selectorsOf(role) != nil {
			collecting = append(collecting, role)
			role.Rules = nil // the controller writes over what stands there
		}
	}
	chosen := map[*Role][]*Role{}
	for _, role := range collecting {
		chosen[role] = selected(role, all)
	}
	collected := map[*Role][]Rule{}
	left := mostCollected
	for _, role := range collecting {
		for _, part := range closure(role, chosen) {
			rules := part.Rules[:min(len(part.Rules), left)]
			left -= len(rules)
			collected[role] = append(collected[role], rules...)
		}
	}
	for role, rules := range collected {
		role.Rules = rules
	}
}

// mostCollected bounds the rules that files may make roles collect: a hostile file could make
// thousands of roles collect each other.
const mostCollected = 500_000

// inFiles lists the ClusterRoles of files, with those that Kubernetes adds of itself.
func (b *roleBook) inFiles() []*Role {
	var all []*Role
	for _, role := range b.clusterRoles {
		if role.Object.Source.Cluster == "" {
			all = append(all, role)
		}
	}
	if len(b.clusters) > 0 {
		return all
	}
	for _, role := range sortedRoles(b.defaults) {
		name := roleName{"", role.Object.Kind, "", role.Object.Name}
		if role.Object.Kind == "ClusterRole" && len(b.byName[name]) == 0 {
			all = append(all, role)
		}
	}
	return all
}

func selectorsOf(role *Role) *document.Node {
	return role.Object.Root.Get("aggregationRule", "clusterRoleSelectors")
}

// selected lists the roles that a collecting role selects, itself excepted.
func selected(role *Role, all []*Role) []*Role {
	var found []*Role
	selectors := selectorsOf(role).Children()
	for _, other := range all {
		if other != role && other.Object.Name != role.Object.Name && slices.ContainsFunc(selectors, func(s *document.Node) bool {
			return selector.Matches(s, other.Object.Labels())
		}) {
			found = append(found, other)
		}
	}
	return found
}

// closure lists every role whose rules reach a collecting role, each once, nearest first.
func closure(role *Role, chosen map[*Role][]*Role) []*Role {
	seen := map[*Role]bool{role: true}
	queue := []*Role{role}
	var found []*Role
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, next := range chosen[at] {
			if !seen[next] {
				seen[next] = true
				found = append(found, next)
				queue = append(queue, next)
			}
		}
	}
	return found
}

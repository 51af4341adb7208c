package rbac

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kubeproof/kubeproof/internal/engine/rbac/builtin"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// addedToRole lists in words what a role has beyond its default in every known release. A default
// role keeps what an older release gave it, so the release of the cluster does not matter.
func (m *Model) addedToRole(standard *builtin.Object, object *inventory.Subject) []string {
	known := RightSet{}
	for _, rule := range standard.Rules {
		eachRight(rule.Verbs, rule.Groups, rule.Resources, rule.Names, rule.Paths, func(r Right) { known[r] = true })
	}
	if standard.Aggregates != "" {
		for _, part := range m.collectedBy(standard, object) {
			for i := range part.Rules {
				part.Rules[i].eachRight(func(r Right) { known[r] = true })
			}
		}
	}
	added := addedLabels(standard, object)
	role := m.RoleOf(object)
	if role == nil {
		return added
	}
	for i := range role.Rules {
		role.Rules[i].eachRight(func(r Right) {
			if !known.Covers(r) {
				known[r] = true // each once
				added = append(added, r.String())
			}
		})
	}
	return added
}

// collectedBy lists the roles that a default aggregated role collects in its cluster.
func (m *Model) collectedBy(standard *builtin.Object, object *inventory.Subject) []*Role {
	var found []*Role
	for _, role := range m.roles.clusterRoles {
		if role.Object.Source.Cluster == object.Source.Cluster && role.Object.Name != object.Name &&
			role.Object.Labels().Get(standard.Aggregates).Text() == "true" {
			found = append(found, role)
		}
	}
	if object.Source.Cluster == "" {
		for name, role := range m.roles.defaults {
			if name.kind == "ClusterRole" && role.Object.Labels().Get(standard.Aggregates).Text() == "true" {
				found = append(found, role)
			}
		}
	}
	return found
}

// alsoCollects names the roles that are not Kubernetes' own and that a default role collects.
func (m *Model) alsoCollects(standard *builtin.Object, object *inventory.Subject) string {
	if standard.Aggregates == "" {
		return ""
	}
	var names []string
	for _, role := range m.collectedBy(standard, object) {
		if builtin.Find("ClusterRole", "", role.Object.Name) == nil {
			names = append(names, role.Object.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "also collects the rights of " + fewOf(names)
}

// addedLabels tells of labels by which other roles collect the rights of a default role that is
// not meant for it, and of other roles that it collects itself.
func addedLabels(standard *builtin.Object, object *inventory.Subject) []string {
	var added []string
	for _, label := range object.Labels().Children() {
		if strings.HasPrefix(label.Key(), apiGroup+"/aggregate-to-") && label.Text() == "true" &&
			!slices.ContainsFunc(standard.Labels, func(l builtin.Label) bool { return l.Key == label.Key() }) {
			added = append(added, "the label "+label.Key())
		}
	}
	for _, selector := range object.Root.Get("aggregationRule", "clusterRoleSelectors").Children() {
		labels := selector.Get("matchLabels")
		if labels.Len() != 1 || labels.Get(standard.Aggregates).Text() != "true" || selector.Len() != 1 {
			added = append(added, "a rule to collect other roles")
		}
	}
	return added
}

// addedToBinding lists in words whom a default binding names beyond its default, and another role.
func addedToBinding(standard *builtin.Object, object *inventory.Subject) []string {
	var added []string
	ref := object.Root.Get("roleRef")
	if kind, name := ref.Get("kind").Text(), ref.Get("name").Text(); kind != standard.RoleKind || name != standard.RoleName {
		added = append(added, fmt.Sprintf("the %s %q", kind, name))
	}
	for _, node := range object.Root.Get("subjects").Children() {
		who := subjectOf(node, object.Namespace)
		if !slices.ContainsFunc(standard.Subjects, func(s builtin.Subject) bool {
			return Subject{s.Kind, s.Namespace, s.Name}.key() == who.key()
		}) {
			added = append(added, who.String())
		}
	}
	return added
}

// systemAccounts are the service accounts of Kubernetes' own controllers.
var systemAccounts = sync.OnceValue(func() []Subject {
	all := []Subject{{ServiceAccount, "kube-system", "kube-proxy"}}
	for _, o := range builtin.All() {
		for _, s := range o.Subjects {
			if s.Kind == ServiceAccount && s.Namespace == "kube-system" {
				all = append(all, Subject{s.Kind, s.Namespace, s.Name})
			}
		}
	}
	return all
})

// fewOf names the first three of a list, and counts the rest.
func fewOf(list []string) string {
	const most = 3
	if len(list) > most+1 {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}

package access

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// userFacing are the ClusterRoles that Kubernetes ships for people. What they hold is known, so
// controls of their own judge who has them, and not every right in them.
var userFacing = []string{"cluster-admin", "admin", "edit", "view"}

// isTotal reports whether a rule is total control where it is bound: every verb on every resource
// of all groups, or of the core group with its Secrets, pods, nodes and impersonation.
func isTotal(rule *rbac.Rule) bool {
	return slices.Contains(rule.Verbs, "*") && slices.Contains(rule.Resources, "*") && len(rule.ResourceNames) == 0 &&
		(slices.Contains(rule.APIGroups, "*") || slices.Contains(rule.APIGroups, ""))
}

// isSweeping reports whether a rule is about all resources of all groups: controls of their own
// judge those by verb, and no other repeats them.
func isSweeping(rule *rbac.Rule) bool {
	return slices.Contains(rule.Resources, "*") && slices.Contains(rule.APIGroups, "*") && len(rule.ResourceNames) == 0
}

// sweepingVerbs are the verbs for which isSweeping rules have a control.
var sweepingVerbs = []string{"*", "create", "update", "patch", "get", "list", "watch", "delete", "deletecollection"}

func (s *search) isUserFacing(g *rbac.Grant) bool {
	return g.RoleKind == "ClusterRole" && slices.Contains(userFacing, g.RoleName) &&
		(g.Role == nil || s.model.Origin(g.Role.Object).Maker != rbac.Drifted)
}

// isTotalGrant reports whether a binding gives total control.
func isTotalGrant(g *rbac.Grant) bool {
	return g.RoleKind == "ClusterRole" && g.RoleName == "cluster-admin" ||
		g.Role != nil && slices.ContainsFunc(g.Role.Rules, func(rule rbac.Rule) bool { return isTotal(&rule) })
}

// judgedElsewhere says which control judges everything in a grant at once; "" if none does.
func (s *search) judgedElsewhere(g *rbac.Grant) string {
	switch {
	case s.isUserFacing(g):
		return "who holds " + roleOf(g) + " is judged by a control of its own"
	case isTotalGrant(g) && !slices.ContainsFunc(s.rights, (*right).isTotal):
		return "total control is judged by a control of its own"
	}
	return ""
}

func (r *right) isTotal() bool {
	return slices.Contains(r.verbs, "*") && slices.ContainsFunc(r.resources, func(wanted resource) bool { return wanted.name == "*" })
}

// shipped reports whether Kubernetes or the platform made an object, and nobody widened it.
func shipped(model *rbac.Model, object *inventory.Subject) bool {
	return model.Origin(object).Foreign()
}

// isDefault reports whether Kubernetes or the platform made the binding of a grant. Names such as
// eks-admin, which guides tell people to use, are no proof where the binding gives total control.
func isDefault(model *rbac.Model, g *rbac.Grant) bool {
	origin := model.Origin(g.Binding)
	if origin.Maker == rbac.Vendor && isTotalGrant(g) && looselyNamed(g.Binding.Name) {
		return false
	}
	return origin.Foreign()
}

func looselyNamed(name string) bool {
	return slices.ContainsFunc([]string{"eks-", "aks-", "gke-"}, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

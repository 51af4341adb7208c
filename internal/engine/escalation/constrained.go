package escalation

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// constrained adds constrained impersonation: who may put on the name of an administrator by it can
// do what the impersonate-on: verbs allow. The group system:masters is never allowed.
// (k8s.io/apiserver/pkg/endpoints/filters/impersonation)
func (b *builder) constrained(h *holder) {
	if b.minor != 0 && b.minor < 36 {
		return
	}
	if user := h.some(usersConstrained); user.grant != nil {
		b.inOthersNames(h, user)
	}
	for _, namespace := range h.order {
		if has := h.scopes[namespace][accountsConstrained]; has.own {
			limited := "the verbs of impersonate-on: are those that the next step needs"
			b.add(h.at, Vertex{Kind: Tokens, Namespace: namespace}, constrainedImpersonate, where(has.detail, namespace, false), limited, b.byGrant(has.grant))
		}
	}
}

// some gives a right of the whole cluster that is held for all names, or for any.
func (h *holder) some(r right) held {
	if has := h.has(r, ""); has.grant != nil {
		return has
	}
	for _, n := range h.named {
		if n.right == r && n.namespace == "" {
			return n.held
		}
	}
	return held{}
}

// inOthersNames adds what the rules behind impersonate-on: give, as rights of a holder of their own.
func (b *builder) inOthersNames(h *holder, user held) {
	maybe := ""
	switch {
	case b.minor == 0:
		maybe = "the cluster is Kubernetes 1.36 or newer"
	case !b.wearsAdministrator(h):
		maybe = "a user or group that may be impersonated holds what the next step needs"
	}
	for _, grant := range h.grants {
		role := onBehalf(grant.Role)
		if role == nil {
			continue
		}
		at := Vertex{Kind: RoleHolder, Namespace: grant.Namespace, Object: grant.Binding, Name: "in the names of others"}
		if !b.known(at) {
			b.vertex(at)
			other := &holder{at: at, scopes: map[string]*[rights]held{}}
			b.take(other, &rbac.Grant{Binding: grant.Binding, Role: role, RoleKind: grant.RoleKind, RoleName: grant.RoleName, Namespace: grant.Namespace}, true)
			b.hold(other)
		}
		b.both(h.at, at, constrainedImpersonate, maybe, user, held{"do what impersonate-on: verbs allow", grant, true})
	}
}

// wearsAdministrator reports whether one of the users and groups that may be impersonated may do
// everything, so that the impersonate-on: verbs are the only limit.
func (b *builder) wearsAdministrator(h *holder) bool {
	for _, grant := range b.Access.Grants {
		if grant.Namespace != "" || grant.Role == nil || grant.Refused != "" || b.roleRights(grant.Role).whole[everything] == "" {
			continue
		}
		for _, s := range grant.Subjects {
			needed := usersConstrained
			if s.Kind == rbac.Group {
				needed = groupsConstrained
			}
			if s.Kind != rbac.ServiceAccount && s.Name != "system:masters" && h.mayFor(needed, s.Name) {
				return true
			}
		}
	}
	return false
}

// mayFor reports whether a right of the whole cluster is held for a name.
func (h *holder) mayFor(r right, name string) bool {
	return h.has(r, "").grant != nil || slices.ContainsFunc(h.named, func(n heldName) bool {
		return n.right == r && n.name == name && n.namespace == ""
	})
}

// onBehalf gives the role that impersonate-on:user-info: verbs describe; nil if there are none.
func onBehalf(role *rbac.Role) *rbac.Role {
	const prefix = "impersonate-on:user-info:"
	var rules []rbac.Rule
	for _, rule := range role.Rules {
		var verbs []string
		for _, verb := range rule.Verbs {
			if rest, found := strings.CutPrefix(verb, prefix); found {
				verbs = append(verbs, rest)
			}
		}
		if len(verbs) > 0 {
			rule.Verbs = verbs
			rules = append(rules, rule)
		}
	}
	if rules == nil {
		return nil
	}
	return &rbac.Role{Object: role.Object, Rules: rules}
}

package escalation

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// constrained adds constrained impersonation: who may impersonate any user and any group by it can
// be a member of system:masters, and then do what the impersonate-on: verbs allow.
func (b *builder) constrained(h *holder) {
	if b.minor != 0 && b.minor < 36 {
		return
	}
	maybe := ""
	if b.minor == 0 {
		maybe = "the cluster is Kubernetes 1.36 or newer"
	}
	users, groups := h.has(usersConstrained, ""), h.has(groupsConstrained, "")
	for _, n := range h.named {
		if n.right == groupsConstrained && n.name == "system:masters" && n.namespace == "" {
			groups = n.held
		}
	}
	if users.grant != nil && groups.grant != nil {
		b.asMaster(h, maybe)
	}
	for _, namespace := range h.order {
		if has := h.scopes[namespace][accountsConstrained]; has.own {
			limited := "the verbs of impersonate-on: are those that the next step needs"
			b.add(h.at, Vertex{Kind: Tokens, Namespace: namespace}, constrainedImpersonate, where(has.detail, namespace, false), limited, b.byGrant(has.grant))
		}
	}
}

// asMaster adds what the rules behind impersonate-on: give to a member of system:masters, as rights
// of a holder of their own.
func (b *builder) asMaster(h *holder, maybe string) {
	for _, grant := range h.grants {
		role := onBehalf(grant.Role)
		if role == nil {
			continue
		}
		at := Vertex{Kind: RoleHolder, Namespace: grant.Namespace, Object: grant.Binding, Name: "as system:masters"}
		if _, known := b.Find(at); !known {
			b.vertex(at)
			master := &holder{at: at, scopes: map[string]*[rights]held{}}
			b.take(master, &rbac.Grant{Binding: grant.Binding, Role: role, RoleKind: grant.RoleKind, RoleName: grant.RoleName, Namespace: grant.Namespace}, true)
			b.hold(master)
		}
		b.both(h.at, at, constrainedImpersonate, maybe, h.has(usersConstrained, ""), held{"the group system:masters", grant, true})
	}
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

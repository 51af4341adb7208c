package escalation

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// held is a right that somebody holds, in words, and by which grant; own is false if a group has
// it that the API server puts everybody or all service accounts into.
type held struct {
	detail string
	grant  *rbac.Grant
	own    bool
}

// heldName is a right that is held for one name.
type heldName struct {
	held
	right     right
	namespace string
	name      string
}

// holder is one who holds rights: an actor, or whoever is bound to a role.
type holder struct {
	at     Vertex
	scopes map[string]*[rights]held // by namespace; "" is the whole cluster
	order  []string                 // the namespaces in the order of their grants
	named  []heldName
	grants []*rbac.Grant
}

// actor adds the edges that a subject's rights give.
func (b *builder) actor(who rbac.Subject) {
	h := &holder{at: Vertex{Kind: Actor, Who: who}, scopes: map[string]*[rights]held{}}
	b.vertex(h.at)
	for _, grant := range b.Access.Bound(who) {
		b.take(h, grant, true)
	}
	own := len(h.grants)
	for _, name := range who.Groups() {
		group := rbac.Subject{Kind: rbac.Group, Name: name}
		grants := b.Access.Bound(group)
		if group == who || len(grants) == 0 {
			continue
		}
		b.add(h.at, Vertex{Kind: Actor, Who: group}, memberOf, "", "")
		for _, grant := range grants {
			if own > 0 {
				b.take(h, grant, false)
			}
		}
	}
	b.hold(h)
}

// take adds what a grant gives to what its holder has.
func (b *builder) take(h *holder, grant *rbac.Grant, own bool) {
	if grant.Role == nil || grant.Refused != "" {
		return
	}
	h.grants = append(h.grants, grant)
	b.takeRights(h, grant, b.roleRights(grant.Role), own)
}

func (b *builder) takeRights(h *holder, grant *rbac.Grant, r *roleRights, own bool) {
	scope := h.scopes[grant.Namespace]
	if scope == nil {
		scope = &[rights]held{}
		h.scopes[grant.Namespace] = scope
		h.order = append(h.order, grant.Namespace)
	}
	for i, detail := range r.whole {
		if detail != "" && scope[i].grant == nil {
			scope[i] = held{detail, grant, own}
		}
	}
	for _, n := range r.named {
		h.named = append(h.named, heldName{held{n.detail, grant, own}, n.right, grant.Namespace, n.name})
	}
	if own {
		b.useControllers(h, grant, r.ops)
	}
}

// hold adds the edges of what a holder has. Who has everything needs nothing else.
func (b *builder) hold(h *holder) {
	if all := h.has(everything, ""); all.grant != nil {
		if all.own {
			b.add(h.at, Vertex{Kind: Admin}, bound, "", "", b.byGrant(all.grant))
		}
		return
	}
	for _, namespace := range h.order {
		if all := h.scopes[namespace][everything]; all.grant != nil {
			if all.own {
				b.add(h.at, Vertex{Kind: Namespace, Namespace: namespace}, boundInNamespace, "", "", b.byGrant(all.grant))
			}
			continue
		}
		b.single(h, namespace)
		b.combined(h, namespace)
	}
	b.wholeCluster(h)
	b.namedRights(h)
	b.constrained(h)
}

// has gives a right of the whole cluster or, if it is not held there, in one namespace.
func (h *holder) has(r right, namespace string) held {
	if scope := h.scopes[""]; scope != nil && scope[r].grant != nil {
		return scope[r]
	}
	if scope := h.scopes[namespace]; scope != nil {
		return scope[r]
	}
	return held{}
}

// singles are the rights that lead somewhere alone.
var singles = []struct {
	right   right
	kind    Kind
	to      VertexKind
	cluster bool // counts for the whole cluster only
}{
	{podsCreate, createPod, NewPod, false},
	{controllersWrite, createPod, NewPod, false},
	{podsEnter, enterPod, RunningPods, false},
	{tokensCreate, mintToken, Tokens, false},
	{accountsImpersonate, impersonate, Tokens, false},
	{secretsRead, readSecrets, Secrets, false},
	{usersImpersonate, impersonate, AnyUser, true},
	{nodesProxy, nodeProxy, RunningPods, true},
	{mutatingWebhooksWrite, mutateObjects, Admin, true},
	{validatingWebhooksWrite, watchObjects, Secrets, true},
}

func (b *builder) single(h *holder, namespace string) {
	scope := h.scopes[namespace]
	for _, s := range singles {
		has := scope[s.right]
		if !has.own || s.cluster && namespace != "" {
			continue
		}
		to := Vertex{Kind: s.to, Namespace: namespace}
		if s.to == AnyUser || s.to == Admin {
			to.Namespace = ""
		}
		b.add(h.at, to, s.kind, where(has.detail, namespace, s.cluster), "", b.byGrant(has.grant))
	}
	if has := scope[podsEnterByGet]; has.own && b.minor <= 34 {
		maybe := ""
		if b.minor == 0 {
			maybe = "the cluster is older than Kubernetes 1.35"
		}
		b.add(h.at, Vertex{Kind: RunningPods, Namespace: namespace}, enterPod, where(has.detail, namespace, false), maybe, b.byGrant(has.grant))
	}
}

// where adds to a right where it holds, unless its resource has no namespace.
func where(detail, namespace string, cluster bool) string {
	if cluster {
		return detail
	}
	return detail + in(namespace)
}

// namedRights adds what rights for single names give.
func (b *builder) namedRights(h *holder) {
	for _, n := range h.named {
		if !n.own {
			continue
		}
		cause := b.byGrant(n.grant)
		detail := n.detail
		switch n.right {
		case tokensCreate, accountsImpersonate:
			kind := mintToken
			if n.right == accountsImpersonate {
				kind = impersonate
			}
			for _, who := range b.accountsNamed(n.namespace, n.name) {
				b.add(h.at, Vertex{Kind: Actor, Who: who}, kind, where(detail, who.Namespace, false), "", cause)
			}
		case podsEnter:
			for _, pod := range b.podsNamed(n.namespace, n.name) {
				b.add(h.at, Vertex{Kind: Workload, Object: top(pod)}, enterPod, where(detail, pod.Namespace, false), "", cause)
			}
		case usersImpersonate:
			if n.namespace == "" {
				b.impersonateUser(h.at, n.name, detail, cause)
			}
		case groupsImpersonate:
			b.impersonateGroup(h, n, cause)
		case configMapsWrite:
			if n.name == "aws-auth" && (n.namespace == "" || n.namespace == "kube-system") && b.platform.eks {
				b.add(h.at, Vertex{Kind: Admin}, writeConfig, where(detail, "kube-system", false), "", cause)
			}
		case clusterRolesBind, rolesBind:
			b.bindNamed(h, n)
		case clusterRolesWrite:
			b.escalateNamed(h, n)
		case secretsRead:
			b.readTokenSecret(h.at, n, cause)
		}
	}
}

func (b *builder) impersonateUser(from Vertex, name, detail string, causes ...int32) {
	who := rbac.Subject{Kind: rbac.User, Name: name}.Canonical()
	if len(b.Access.Bound(who)) > 0 || b.existing[who] {
		b.add(from, Vertex{Kind: Actor, Who: who}, impersonate, detail, "", causes...)
	}
}

// impersonateGroup needs a user or a service account to wear the group.
func (b *builder) impersonateGroup(h *holder, n heldName, cause int32) {
	wearer := h.wearer()
	if n.namespace != "" || wearer.grant == nil {
		return
	}
	to := Vertex{Kind: Actor, Who: rbac.Subject{Kind: rbac.Group, Name: n.name}}
	if n.name == "system:masters" {
		to = Vertex{Kind: Admin}
	} else if len(b.Access.Bound(to.Who)) == 0 {
		return
	}
	b.add(h.at, to, impersonate, n.detail, "", cause, b.byGrant(wearer.grant))
}

// wearer gives a right to impersonate some user or service account.
func (h *holder) wearer() held {
	if has := h.has(usersImpersonate, ""); has.grant != nil {
		return has
	}
	for _, namespace := range h.order {
		if has := h.scopes[namespace][accountsImpersonate]; has.grant != nil {
			return has
		}
	}
	at := slices.IndexFunc(h.named, func(n heldName) bool {
		return n.right == usersImpersonate && n.namespace == "" || n.right == accountsImpersonate
	})
	if at < 0 {
		return held{}
	}
	return h.named[at].held
}

func (b *builder) accountsNamed(namespace, name string) []rbac.Subject {
	var all []rbac.Subject
	for _, at := range b.within(namespace) {
		if who := (rbac.Subject{Kind: rbac.ServiceAccount, Namespace: at, Name: name}); b.existing[who] {
			all = append(all, who)
		}
	}
	return all
}

// within lists the namespaces where a right of a scope holds.
func (b *builder) within(namespace string) []string {
	if namespace == "" {
		return b.namespaces
	}
	return []string{namespace}
}

// combine joins the words of rights that are needed together.
func combine(details ...string) string { return strings.Join(details, " and ") }

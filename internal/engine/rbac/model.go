package rbac

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// apiGroup is the group that roles and bindings belong to.
const apiGroup = "rbac.authorization.k8s.io"

// Role is a Role or ClusterRole with its effective rules.
type Role struct {
	Object *inventory.Subject
	Rules  []Rule
}

// Grant is one binding with the role that it gives.
type Grant struct {
	Binding *inventory.Subject
	Role    *Role // nil if the role was not seen
	// RoleKind and RoleName are those of roleRef.
	RoleKind, RoleName string
	// Namespace is where the rights hold: "" everywhere (ClusterRoleBinding).
	Namespace string
	Subjects  []Holder
}

// Holder is a subject of a binding, with its place.
type Holder struct {
	Subject
	Node *document.Node
}

// Model is all access rights of an inventory.
type Model struct {
	Grants []*Grant // in the inventory's order
	roles  map[*inventory.Subject]*Role
	byWho  map[Subject][]*Grant
}

// Of gives the model of an index, built once.
func Of(index *inventory.Index) *Model { return inventory.Derived(index, "rbac.Of", build) }

func build(index *inventory.Index) *Model {
	m := &Model{roles: map[*inventory.Subject]*Role{}, byWho: map[Subject][]*Grant{}}
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, object := range index.Kind(kind) {
			if object.Group() == apiGroup {
				m.roles[object] = &Role{Object: object, Rules: rulesOf(object.Root.Get("rules"))}
			}
		}
	}
	m.aggregate(index)
	for _, kind := range []string{"ClusterRoleBinding", "RoleBinding"} {
		for _, object := range index.Kind(kind) {
			if object.Group() == apiGroup && index.Find(kind, object.Namespace, object.Name) == object {
				m.addGrant(index, object)
			}
		}
	}
	return m
}

// aggregate gives ClusterRoles that select others the rules of these. In a live cluster a
// controller has done so already, and what it wrote counts.
func (m *Model) aggregate(index *inventory.Index) {
	for object, role := range m.roles {
		selectors := object.Root.Get("aggregationRule", "clusterRoleSelectors")
		if selectors == nil || object.Source.Cluster != "" {
			continue
		}
		role.Rules = nil
		for _, other := range index.Kind("ClusterRole") {
			if other != object && m.roles[other] != nil && slices.ContainsFunc(selectors.Children(), func(s *document.Node) bool {
				return selector.Matches(s, other.Labels())
			}) {
				role.Rules = append(role.Rules, rulesOf(other.Root.Get("rules"))...)
			}
		}
	}
}

func (m *Model) addGrant(index *inventory.Index, binding *inventory.Subject) {
	ref := binding.Root.Get("roleRef")
	g := &Grant{Binding: binding, Namespace: binding.Namespace, RoleKind: ref.Get("kind").Text(), RoleName: ref.Get("name").Text()}
	if binding.Kind == "ClusterRoleBinding" {
		g.Namespace = ""
	}
	namespace := ""
	if g.RoleKind == "Role" {
		namespace = binding.Namespace
	}
	if object := index.Find(g.RoleKind, namespace, g.RoleName); object != nil {
		g.Role = m.roles[object]
	}
	m.Grants = append(m.Grants, g)
	for _, node := range binding.Root.Get("subjects").Children() {
		subject := Subject{Kind: node.Get("kind").Text(), Name: node.Get("name").Text()}
		if subject.Kind == ServiceAccount {
			// The API server demands a namespace; what a file leaves out is that of the binding.
			if subject.Namespace = node.Get("namespace").Text(); subject.Namespace == "" {
				subject.Namespace = binding.Namespace
			}
		}
		subject = subject.Canonical()
		g.Subjects = append(g.Subjects, Holder{Subject: subject, Node: node})
		if !slices.Contains(m.byWho[subject], g) {
			m.byWho[subject] = append(m.byWho[subject], g)
		}
	}
}

// RoleOf gives the effective role of an object of the inventory; nil if it is none.
func (m *Model) RoleOf(object *inventory.Subject) *Role { return m.roles[object] }

// Bound lists the grants that name exactly this subject.
func (m *Model) Bound(who Subject) []*Grant { return m.byWho[who.Canonical()] }

// GrantsOf lists the grants that reach a subject: its own, those of the groups that the API server
// gives it, and those of further groups.
func (m *Model) GrantsOf(who Subject, groups ...string) []*Grant {
	who = who.Canonical()
	all := slices.Clone(m.byWho[who])
	for _, name := range append(who.Groups(), groups...) {
		if group := (Subject{Kind: Group, Name: name}); group != who {
			all = append(all, m.byWho[group]...)
		}
	}
	return all
}

// Can reports whether a subject may do what is asked, and by which grant and rule. Members of
// system:masters may do everything without a grant.
func (m *Model) Can(who Subject, request Request, groups ...string) (*Grant, *Rule, bool) {
	if slices.Contains(append(who.Groups(), groups...), "system:masters") {
		return nil, nil, true
	}
	for _, g := range m.GrantsOf(who, groups...) {
		if rule := g.Allows(request); rule != nil {
			return g, rule, true
		}
	}
	return nil, nil, false
}

// Allows gives the rule of the grant that allows a request; nil if none does.
func (g *Grant) Allows(request Request) *Rule {
	if g.Role == nil || g.Namespace != "" && (request.Path != "" || request.Namespace != g.Namespace) {
		return nil
	}
	for i := range g.Role.Rules {
		if g.Role.Rules[i].Allows(request) {
			return &g.Role.Rules[i]
		}
	}
	return nil
}

// Access is one way in which a subject of a binding may do what was asked.
type Access struct {
	Holder Holder
	Grant  *Grant
	Rule   *Rule
}

// WhoCan lists every subject of a binding that may do what is asked, in the inventory's order.
func (m *Model) WhoCan(request Request) []Access {
	var all []Access
	for _, g := range m.Grants {
		rule := g.Allows(request)
		if rule == nil {
			continue
		}
		for _, holder := range g.Subjects {
			all = append(all, Access{holder, g, rule})
		}
	}
	return all
}

// Subjects lists every subject that a binding names, once each, in the inventory's order.
func (m *Model) Subjects() []Subject {
	var all []Subject
	seen := map[Subject]bool{}
	for _, g := range m.Grants {
		for _, holder := range g.Subjects {
			if !seen[holder.Subject] {
				seen[holder.Subject] = true
				all = append(all, holder.Subject)
			}
		}
	}
	return all
}

package rbac

import (
	"slices"
	"sync"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// apiGroup is the group that roles and bindings belong to.
const apiGroup = "rbac.authorization.k8s.io"

// Role is a Role or ClusterRole with its effective rules.
type Role struct {
	Object *inventory.Subject
	Rules  []Rule
	// Default is true if the role was not seen: files name it, and Kubernetes makes it by itself
	// (cluster-admin, edit...). Its Object has no file, and its nodes have no place.
	Default bool
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
	// Refused says why the API server would refuse the binding, so that it gives nothing; "" if
	// it would not.
	Refused string

	order int
}

// Holder is a subject of a binding, with its place.
type Holder struct {
	Subject
	Node *document.Node
}

// Model is all access rights of an inventory.
type Model struct {
	Grants []*Grant // in the inventory's order

	roles  roleBook
	byWho  map[Subject]*reach
	lookup lookup
	// minor is the release 1.minor that the cluster says to be; 0 if nothing says.
	minor   int
	origins sync.Map // by object: Origin
}

// reach is what the bindings of one subject give: everywhere, and in single namespaces.
type reach struct {
	everywhere []*Grant
	in         map[string][]*Grant
	all        []*Grant
}

// Of gives the model of an index, built once.
func Of(index *inventory.Index) *Model { return inventory.Derived(index, "rbac.Of", build) }

func build(index *inventory.Index) *Model {
	m := &Model{byWho: map[Subject]*reach{}, minor: minorOf(index)}
	m.roles = readRoles(index, knownMinor(m.minor))
	for _, kind := range []string{"ClusterRoleBinding", "RoleBinding"} {
		for _, object := range index.Kind(kind) {
			if object.Group() == apiGroup && !replaced(index, object) {
				m.addGrant(object)
			}
		}
	}
	m.lookup = newLookup(m.Grants)
	return m
}

// replaced reports whether a later object of the same file or cluster has the same name. Objects
// of one name in different files are taken for those of different environments: all count.
func replaced(index *inventory.Index, object *inventory.Subject) bool {
	last := index.Find(object.Kind, object.Namespace, object.Name)
	return last != object && last.Source.Cluster == object.Source.Cluster && last.Source.File == object.Source.File &&
		last.Source.Target == object.Source.Target
}

func (m *Model) addGrant(binding *inventory.Subject) {
	ref := binding.Root.Get("roleRef")
	g := &Grant{Binding: binding, Namespace: binding.Namespace, RoleKind: ref.Get("kind").Text(), RoleName: ref.Get("name").Text(),
		Refused: refusal(binding), order: len(m.Grants)}
	g.Role = m.roles.find(g)
	m.Grants = append(m.Grants, g)
	subjects := binding.Root.Get("subjects")
	if subjects == nil || subjects.Kind != document.List {
		return
	}
	for _, node := range subjects.Children() {
		subject := subjectOf(node, binding.Namespace)
		g.Subjects = append(g.Subjects, Holder{Subject: subject, Node: node})
		m.reachOf(subject).add(g)
	}
}

func (m *Model) reachOf(who Subject) *reach {
	key := who.key()
	if m.byWho[key] == nil {
		m.byWho[key] = &reach{in: map[string][]*Grant{}}
	}
	return m.byWho[key]
}

func (r *reach) add(g *Grant) {
	if len(r.all) > 0 && r.all[len(r.all)-1] == g {
		return // named twice by one binding
	}
	r.all = append(r.all, g)
	if g.Namespace == "" {
		r.everywhere = append(r.everywhere, g)
	} else {
		r.in[g.Namespace] = append(r.in[g.Namespace], g)
	}
}

// RoleOf gives the effective role of an object of the inventory; nil if it is none.
func (m *Model) RoleOf(object *inventory.Subject) *Role { return m.roles.byObject[object] }

// Bound lists the grants that name exactly this subject.
func (m *Model) Bound(who Subject) []*Grant {
	if reach := m.byWho[who.key()]; reach != nil {
		return reach.all
	}
	return nil
}

// GrantsOf lists the grants that reach a subject: its own, those of the groups that the API server
// gives it, and those of further groups. Each stands once.
func (m *Model) GrantsOf(who Subject, groups ...string) []*Grant {
	var all []*Grant
	seen := map[*Grant]bool{}
	for _, name := range who.names(groups) {
		for _, g := range m.Bound(name) {
			if !seen[g] {
				seen[g] = true
				all = append(all, g)
			}
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

// superusers is the group whose members may do everything, without a binding.
const superusers = "system:masters"

// isSuperuser reports whether the subject, with further groups, may do everything.
func (s Subject) isSuperuser(groups []string) bool {
	return slices.Contains(groups, superusers) || slices.Contains(s.Groups(), superusers)
}

package ask

import (
	"cmp"
	"slices"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// ListedRole is a role with what it gives and to how many, in short.
type ListedRole struct {
	Object
	// Wild is true if a star stands for all verbs, groups, resources or paths; All if the role gives
	// every right where it is bound.
	Wild bool `json:"wild"`
	All  bool `json:"all"`
	// Rights counts what the role gives; Bindings and Holders who has it. Both 0: it is unused.
	Rights   int `json:"rights"`
	Bindings int `json:"bindings"`
	Holders  int `json:"holders"`
	role     *rbac.Role
}

// Roles lists every role that was seen, and those of Kubernetes' own that files name; what came with
// Kubernetes and the platform is left out unless all is true.
func (s *Seen) Roles(all bool) []ListedRole {
	every := inventory.Derived(s.Index, "ask.Roles", listRoles)
	var list []ListedRole
	for _, one := range every {
		if all || !one.Foreign() {
			list = append(list, one)
		}
	}
	return list
}

func listRoles(index *inventory.Index) []ListedRole {
	m := rbac.Of(index)
	at, holders := map[*rbac.Role]int{}, map[*rbac.Role]map[rbac.Subject]bool{}
	var list []ListedRole
	add := func(role *rbac.Role) int {
		i, known := at[role]
		if !known {
			i = len(list)
			at[role] = i
			list = append(list, roleListed(m, role))
		}
		return i
	}
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, object := range index.Kind(kind) {
			if role := m.RoleOf(object); role != nil {
				add(role)
			}
		}
	}
	for _, g := range m.Grants {
		if g.Role != nil && g.Refused == "" {
			i := add(g.Role)
			list[i].Bindings++
			if holders[g.Role] == nil {
				holders[g.Role] = map[rbac.Subject]bool{}
			}
			for _, one := range g.Subjects {
				holders[g.Role][one.Subject.Canonical()] = true
			}
			list[i].Holders = len(holders[g.Role])
		}
	}
	slices.SortStableFunc(list, func(a, b ListedRole) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return list
}

func roleListed(m *rbac.Model, role *rbac.Role) ListedRole {
	one := ListedRole{Object: Object{Kind: role.Object.Kind, Namespace: role.Object.Namespace, Name: role.Object.Name}, role: role}
	one.describe(m, role)
	rights := rightsOf(role)
	one.Rights = len(rights)
	for _, r := range gather(rights) {
		one.Wild = one.Wild || r.Wild()
		one.All = one.All || r.Group == "*" && r.Resource == "*" && r.Name == "" && slices.Contains(r.Verbs, "*")
	}
	return one
}

// rightsOf is what a role gives where it is bound: a ClusterRole in the whole cluster.
func rightsOf(role *rbac.Role) []rbac.Right {
	g := &rbac.Grant{Role: role, Namespace: role.Object.Namespace}
	if role.Object.Kind == "ClusterRole" {
		g.Namespace = ""
	}
	return g.Rights()
}

// RoleAnswer is a role with everything that it gives and everybody who has it.
type RoleAnswer struct {
	ListedRole
	Rights []Right
	Access []Access
}

// Role gives the roles of a kind, a namespace and a name: several where files of different environments
// have one each.
func (s *Seen) Role(kind, namespace, name string) []RoleAnswer {
	m := rbac.Of(s.Index)
	var all []RoleAnswer
	for _, one := range s.Roles(true) {
		if one.Kind != kind || one.Namespace != namespace || one.Name != name {
			continue
		}
		answer := RoleAnswer{ListedRole: one, Rights: gather(rightsOf(one.role))}
		for _, g := range m.Grants {
			if g.Role != one.role || g.Refused != "" {
				continue
			}
			for _, holder := range g.Subjects {
				answer.Access = append(answer.Access, Access{Subject: describe(holder.Subject), Namespace: g.Namespace, Role: one.Object, Binding: bindingOf(m, g, holder.Node)})
			}
		}
		all = append(all, answer)
	}
	return all
}

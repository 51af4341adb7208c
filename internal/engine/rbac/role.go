package rbac

import (
	"path"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// roleBook holds every role of an inventory, and Kubernetes' own for files that name them.
type roleBook struct {
	byObject     map[*inventory.Subject]*Role
	byName       map[roleName][]*Role // several where files of different environments define one name
	clusterRoles []*Role              // in the inventory's order
	clusters     []string             // the live clusters that were read
	defaults     map[roleName]*Role   // with no cluster
}

// roleName is how bindings find a role. Files have no cluster, ClusterRoles no namespace.
type roleName struct{ cluster, kind, namespace, name string }

func readRoles(index *inventory.Index, minor int) roleBook {
	book := roleBook{byObject: map[*inventory.Subject]*Role{}, byName: map[roleName][]*Role{}}
	live := map[string]bool{}
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, object := range index.Kind(kind) {
			if object.Group() != apiGroup {
				continue
			}
			role := &Role{Object: object, Rules: rulesOf(object.Root.Get("rules"))}
			book.byObject[object] = role
			if kind == "ClusterRole" {
				book.clusterRoles = append(book.clusterRoles, role)
			}
			name := roleName{object.Source.Cluster, kind, object.Namespace, object.Name}
			book.byName[name] = append(book.byName[name], role)
			if name.cluster != "" && !live[name.cluster] {
				live[name.cluster] = true
				book.clusters = append(book.clusters, name.cluster)
			}
		}
	}
	book.defaults = defaultRoles(minor)
	book.aggregate()
	return book
}

// find gives the role that a grant's roleRef means; nil if it was not seen. Bindings of files find
// what the files define first, then what the cluster has that was read with them, then
// Kubernetes' own roles.
func (b *roleBook) find(g *Grant) *Role {
	name := roleName{g.Binding.Source.Cluster, g.RoleKind, "", g.RoleName}
	if g.RoleKind == "Role" {
		if name.namespace = g.Binding.Namespace; name.namespace == "" {
			return nil
		}
	}
	if found := nearest(b.byName[name], g.Binding.Source.File); found != nil || name.cluster != "" {
		return found
	}
	if len(b.clusters) == 1 {
		name.cluster = b.clusters[0]
		return nearest(b.byName[name], "")
	}
	return b.defaults[name]
}

// nearest chooses among roles of one name in different files: of the binding's file, of its
// folder, or the last.
func nearest(roles []*Role, file string) *Role {
	var chosen *Role
	best := -1
	for _, role := range roles {
		near := 0
		switch at := role.Object.Source.File; {
		case at == file:
			near = 2
		case path.Dir(at) == path.Dir(file):
			near = 1
		}
		if near >= best {
			chosen, best = role, near
		}
	}
	return chosen
}

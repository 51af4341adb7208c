package component

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// told reports whether a live cluster has told of an instance already. kube-proxy is told of as a
// whole; an API server that gave its effective flags stands for all that were started alike.
func (d *deriver) told(s *inventory.Subject, flags *document.Node) bool {
	if s.Source.Cluster == "" {
		return false
	}
	return slices.ContainsFunc(d.all, func(other *inventory.Subject) bool {
		if other.Kind != s.Kind || other.APIVersion != inventory.FactVersion || other.Source.Cluster != s.Source.Cluster {
			return false
		}
		return s.Kind == inventory.FactKubeProxy || other.Root.Get("complete").Bool() && confirmed(flags, other.Root.Get("flags"))
	})
}

// ofNode are flags in which the instances of one component differ by nature.
var ofNode = []string{"advertise-address", "bind-address", "etcd-servers", "external-hostname"}

// confirmed reports whether flags that were given have the same values among the effective ones.
func confirmed(given, effective *document.Node) bool {
	return !slices.ContainsFunc(given.Children(), func(flag *document.Node) bool {
		return !slices.Contains(ofNode, flag.Key()) && sorted(flag.Text()) != sorted(effective.Get(flag.Key()).Text())
	})
}

// sorted puts the elements of a list in order, in which programs show them.
func sorted(list string) string {
	elements := strings.Split(list, ",")
	slices.Sort(elements)
	return strings.Join(elements, ",")
}

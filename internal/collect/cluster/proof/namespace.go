package proof

import (
	"maps"
	"slices"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// system are the namespaces of Kubernetes' own parts, which need what others must not have.
var system = []string{"kube-system", "kube-public", "kube-node-lease"}

// Namespaces gives those that hold workloads, in order, without those of Kubernetes' own parts;
// only, if it is not "", is the one that the scan is limited to.
func Namespaces(objects []*inventory.Subject, only string) []string {
	if only != "" {
		return []string{only}
	}
	found := map[string]bool{}
	for _, s := range objects {
		if s.Pod != nil && s.Namespace != "" && !slices.Contains(system, s.Namespace) {
			found[s.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

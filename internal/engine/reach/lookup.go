package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Kinds are the kinds without which decisions are incomplete.
var Kinds = []string{"Namespace", "Pod", "Deployment", "StatefulSet", "DaemonSet", "NetworkPolicy", "AdminNetworkPolicy",
	"BaselineAdminNetworkPolicy", "ClusterNetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy",
	"NetworkSet", "GlobalNetworkSet", "Tier"}

// Lookup finds the places that a text names: "internet", an address, "namespace/workload",
// "namespace/pod" or "namespace/kind/workload". A workload whose pods policies tell apart has
// several.
func (m *Model) Lookup(text string) ([]Place, error) {
	if text == "internet" {
		return []Place{m.Internet()}, nil
	}
	if address, err := netip.ParseAddr(text); err == nil {
		return []Place{m.At(address)}, nil
	}
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
		return nil, fmt.Errorf("%q names no place: write namespace/workload, namespace/pod, an address or internet", text)
	}
	kind, name := "", parts[len(parts)-1]
	if len(parts) == 3 {
		kind = parts[1]
	}
	var found []Place
	for _, e := range m.In(parts[0]) {
		if kind != "" && !strings.EqualFold(kind, e.Kind) {
			continue
		}
		if e.Name == name || slices.ContainsFunc(e.Pods, func(s *inventory.Subject) bool { return s.Name == name }) {
			found = append(found, Place{Endpoint: e})
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no workload or pod %q was seen%s", text, m.hint(parts[0]))
	}
	return found, nil
}

// hint names what a namespace has instead.
func (m *Model) hint(namespace string) string {
	endpoints := m.In(namespace)
	if len(endpoints) == 0 {
		return fmt.Sprintf(": the namespace %q has no workloads", namespace)
	}
	var names []string
	for _, e := range endpoints {
		names = append(names, e.Name)
	}
	names = slices.Compact(names)
	if len(names) > 8 {
		names = append(names[:8:8], "...")
	}
	return fmt.Sprintf(": the namespace %q has %s", namespace, strings.Join(names, ", "))
}

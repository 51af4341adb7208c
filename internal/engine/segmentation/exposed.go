package segmentation

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Exposed judges a Service that lets traffic in from outside (LoadBalancer, NodePort, externalIPs): it
// fails if no policy isolates a workload behind it, so that whoever comes in reaches every port
// of its pods from inside, too.
func Exposed(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	if !fromOutside(s) {
		return assessment.Skipped("reachable inside the cluster only")
	}
	if exempt(in, s.Namespace) {
		return assessment.Skipped("an exempt namespace")
	}
	m := reach.Of(in.Index)
	behind := 0
	for _, e := range m.In(s.Namespace) {
		if !selector.MatchesMap(s.Root.Get("spec", "selector"), e.Subject.Pod.Template.Get("metadata", "labels")) {
			continue
		}
		behind++
		if e.HostNetwork || m.Isolated(e, "ingress") != reach.No {
			continue
		}
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s %q is open to the outside, and no network policy isolates %s %q behind it",
			s.Root.Get("spec", "type").Text(), s.Name, e.Kind, e.Name), s.Root, "spec", "type")}
	}
	if behind == 0 {
		return assessment.Skipped("no workload behind it was seen")
	}
	return nil
}

func fromOutside(service *inventory.Subject) bool {
	switch service.Root.Get("spec", "type").Text() {
	case "LoadBalancer", "NodePort":
		return true
	}
	return false
}

// metadataAddress is where cloud providers hand their machines settings and credentials.
var metadataAddress = netip.MustParseAddr("169.254.169.254")

// MetadataAddress judges a Namespace of a cluster at a cloud provider: it fails if a workload of it
// may reach the provider's metadata service, which hands the node's credentials to whoever asks.
func MetadataAddress(in assessment.Input) []assessment.Verdict {
	name := in.Subject.Name
	if exempt(in, name) || !atProvider(in.Index) {
		return assessment.Skipped("no cloud provider was recognised, or an exempt namespace")
	}
	m := reach.Of(in.Index)
	var open []*reach.Endpoint
	endpoints := m.In(name)
	for _, e := range endpoints {
		if m.Ask(reach.Place{Endpoint: e}, m.At(metadataAddress), 80, "TCP") == reach.Allowed {
			open = append(open, e)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%d of %d workloads of namespace %q may reach the metadata service of the cloud provider, %s first",
		len(open), len(endpoints), name, open[0].Name), in.Element, "metadata", "name")}
}

// providers have a metadata service at that address; they begin the providerID of nodes.
var providers = []string{"aws://", "gce://", "azure://", "openstack://", "digitalocean://", "alicloud://", "oci://"}

// atProvider reports whether a node names one of the providers.
func atProvider(index *inventory.Index) bool {
	return slices.ContainsFunc(index.Kind("Node"), func(node *inventory.Subject) bool {
		id := node.Root.Get("spec", "providerID").Text()
		return slices.ContainsFunc(providers, func(prefix string) bool { return strings.HasPrefix(id, prefix) })
	})
}

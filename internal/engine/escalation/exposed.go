package escalation

import (
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// publish notes which workloads can be reached from outside of the cluster, and by what: a Service
// that is published itself, or one behind an Ingress or a route.
func (b *builder) publish() {
	routed := b.routedServices()
	for _, service := range b.index.Kind("Service") {
		if service.APIVersion != "v1" {
			continue
		}
		by := routed[service]
		if publishes(service) {
			by = service
		}
		if by == nil {
			continue
		}
		for _, s := range b.index.Workloads(service.Namespace) {
			if s.Owner != nil || !runs(s) || !selector.MatchesMap(service.Root.Get("spec", "selector"), s.Pod.Template.Get("metadata", "labels")) {
				continue
			}
			if at, known := b.Find(Vertex{Kind: Workload, Object: s}); known && b.exposed[at] == "" {
				b.exposed[at] = by.Kind + " " + by.Name
			}
		}
	}
}

func publishes(service *inventory.Subject) bool {
	kind := service.Root.Get("spec", "type").Text()
	return kind == "LoadBalancer" || kind == "NodePort" || service.Root.Get("spec", "externalIPs").Len() > 0
}

// routedServices gives the Services that an Ingress or a route of a Gateway leads to.
func (b *builder) routedServices() map[*inventory.Subject]*inventory.Subject {
	routed := map[*inventory.Subject]*inventory.Subject{}
	for _, kind := range []string{"Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"} {
		for _, route := range b.index.Kind(kind) {
			route.Root.Get("spec").Walk(func(n *document.Node) {
				name, namespace := n.Get("service", "name").Text(), route.Namespace
				if n.Parent() != nil && n.Parent().Key() == "backendRefs" {
					name = n.Get("name").Text()
					if other := n.Get("namespace").Text(); other != "" {
						namespace = other
					}
				}
				if service := b.index.Find("Service", namespace, name); service != nil && name != "" && routed[service] == nil {
					routed[service] = route
				}
			})
		}
	}
	return routed
}

// Exposed tells what publishes a workload to the outside; "" if nothing does.
func (g *Graph) Exposed(vertex int32) string { return g.exposed[vertex] }

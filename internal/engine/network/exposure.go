package network

import (
	"cmp"
	"fmt"
	"net"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Exposure is one way from outside of the cluster to a workload.
type Exposure struct {
	// By is the object that opens the way: a Service, Ingress, route or workload.
	By *inventory.Subject
	// Way is LoadBalancer, NodePort, externalIP, Ingress, HTTPRoute and the like, hostPort or
	// hostNetwork.
	Way string
	// At is where it is reached, as far as the object says: addresses, hosts, ports.
	At []string
	// Internal is true for load balancers and ingresses that are set to a private network, and
	// Restricted lists the addresses that alone may come.
	Internal   bool
	Restricted []string
	// Workloads are behind it, as far as they were seen.
	Workloads []*inventory.Subject
	// Admin names the administrative interface behind it; "" if none is known.
	Admin string
}

// Exposures lists every way from outside into the cluster, administrative interfaces first.
func Exposures(index *inventory.Index) []Exposure {
	in := assessment.Input{Index: index}
	var all []Exposure
	for _, service := range index.Kind("Service") {
		all = append(all, serviceExposures(in, service)...)
	}
	for _, kind := range []string{"Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "IngressRoute", "IngressRouteTCP", "Route", "VirtualService"} {
		for _, s := range index.Kind(kind) {
			if backends := backendsOf(s); len(backends) > 0 {
				all = append(all, routeExposure(in, s, backends))
			}
		}
	}
	for _, workload := range index.Tops() {
		all = append(all, hostExposures(workload)...)
	}
	slices.SortStableFunc(all, func(a, b Exposure) int {
		return cmp.Or(-cmp.Compare(min(len(a.Admin), 1), min(len(b.Admin), 1)), cmp.Compare(a.By.Namespace, b.By.Namespace),
			cmp.Compare(a.By.Name, b.By.Name), cmp.Compare(a.Way, b.Way))
	})
	return all
}

func serviceExposures(in assessment.Input, s *inventory.Subject) []Exposure {
	spec := s.Root.Get("spec")
	e := Exposure{By: s, Way: spec.Get("type").Text(), Workloads: behind(in.Index, s), Admin: adminBehind(in, s.Namespace, s.Name, "")}
	ports := portsOf(spec)
	var all []Exposure
	switch e.Way {
	case "LoadBalancer":
		e.Internal = isInternal(s, internalAnnotations)
		e.Restricted = texts(spec.Get("loadBalancerSourceRanges"))
		for _, ingress := range s.Root.Get("status", "loadBalancer", "ingress").Children() {
			e.At = append(e.At, cmp.Or(ingress.Get("ip").Text(), ingress.Get("hostname").Text()))
		}
		e.At = append(e.At, ports...)
		all = append(all, e)
	case "NodePort":
		for _, port := range spec.Get("ports").Children() {
			if number := port.Get("nodePort").Text(); number != "" {
				e.At = append(e.At, "every node:"+number)
			}
		}
		all = append(all, e)
	}
	if addresses := texts(spec.Get("externalIPs")); len(addresses) > 0 {
		e.Way, e.At, e.Internal, e.Restricted = "externalIP", append(addresses, ports...), false, nil
		all = append(all, e)
	}
	return all
}

// internalAnnotations make load balancers internal, as the control service-admin-interface has them.
var internalAnnotations = map[string]string{
	"service.beta.kubernetes.io/aws-load-balancer-internal": "true", "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
	"service.beta.kubernetes.io/azure-load-balancer-internal": "true", "networking.gke.io/load-balancer-type": "Internal",
	"cloud.google.com/load-balancer-type": "Internal", "service.beta.kubernetes.io/openstack-internal-load-balancer": "true",
	"service.beta.kubernetes.io/oci-load-balancer-internal": "true", "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": "intranet",
	"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": "private", "load-balancer.hetzner.cloud/disable-public-network": "true",
}

func portsOf(spec *document.Node) []string {
	var ports []string
	for _, port := range spec.Get("ports").Children() {
		ports = append(ports, "port "+port.Get("port").Text())
	}
	return ports
}

func texts(list *document.Node) []string {
	var all []string
	for _, element := range list.Children() {
		all = append(all, element.Text())
	}
	return all
}

// behind lists the workloads that a Service selects.
func behind(index *inventory.Index, service *inventory.Subject) []*inventory.Subject {
	var all []*inventory.Subject
	for _, w := range index.Workloads(service.Namespace) {
		if w.Owner == nil && selector.MatchesMap(service.Root.Get("spec", "selector"), w.Pod.Template.Get("metadata", "labels")) {
			all = append(all, w)
		}
	}
	return all
}

func routeExposure(in assessment.Input, s *inventory.Subject, backends []backend) Exposure {
	e := Exposure{By: s, Way: s.Kind, At: hostsOf(s), Internal: s.Kind == "Ingress" && internal(s)}
	for _, b := range backends {
		namespace := cmp.Or(b.namespace, s.Namespace)
		if b.service == "api@internal" {
			e.Admin = "Traefik dashboard"
			continue
		}
		e.Admin = cmp.Or(e.Admin, adminBehind(in, namespace, b.service, b.port))
		if service := in.Index.Find("Service", namespace, b.service); service != nil {
			for _, w := range behind(in.Index, service) {
				if !slices.Contains(e.Workloads, w) {
					e.Workloads = append(e.Workloads, w)
				}
			}
		}
	}
	return e
}

// hostsOf are the host names under which an Ingress or route is reached; none stands for all.
func hostsOf(s *inventory.Subject) []string {
	spec := s.Root.Get("spec")
	hosts := append(texts(spec.Get("hostnames")), texts(spec.Get("hosts"))...)
	for _, rule := range spec.Get("rules").Children() {
		hosts = append(hosts, rule.Get("host").Text())
	}
	hosts = append(hosts, spec.Get("host").Text())
	for _, route := range spec.Get("routes").Children() {
		hosts = append(hosts, route.Get("match").Text())
	}
	slices.Sort(hosts)
	return slices.DeleteFunc(slices.Compact(hosts), func(host string) bool { return host == "" })
}

// hostExposures are the ports that a workload opens on its nodes: by hostPort, or all that it listens
// on where it uses the network of the node.
func hostExposures(w *inventory.Subject) []Exposure {
	var on, declared []string
	var images []string
	for _, c := range w.Pod.Containers() {
		images = append(images, repositoryOf(c.Node.Get("image").Text()))
		for _, port := range c.Node.Get("ports").Children() {
			host, address := port.Get("hostPort").Text(), port.Get("hostIP").Text()
			if host != "" && host != "0" && !net.ParseIP(address).IsLoopback() {
				on = append(on, net.JoinHostPort(cmp.Or(address, "every node"), host))
			}
			declared = append(declared, fmt.Sprintf("port %s of its node", port.Get("containerPort").Text()))
		}
	}
	e := Exposure{By: w, Way: "hostPort", At: on, Workloads: []*inventory.Subject{w}, Admin: adminOf(images)}
	switch {
	case w.Pod.Spec.Get("hostNetwork").Bool():
		e.Way, e.At = "hostNetwork", append(on, declared...)
	case len(on) == 0:
		return nil
	}
	e.At = slices.Compact(e.At)
	return []Exposure{e}
}

// adminOf names the tool whose images these are, if all its ports are those of its interface.
func adminOf(images []string) string {
	for _, p := range products {
		if len(p.ports)+len(p.portNames) == 0 && p.byImage(images) {
			return p.title
		}
	}
	return ""
}

package network

import (
	"strings"

	"github.com/distribution/reference"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// backend is a Service that an Ingress or route sends requests to.
type backend struct {
	service, namespace, port string
	node                     *document.Node // where the Service is named
}

// backendsOf lists the Services behind an Ingress, a Gateway API route, a Traefik IngressRoute, an
// OpenShift Route or an Istio VirtualService that is bound to a gateway.
func backendsOf(s *inventory.Subject) []backend {
	spec := s.Root.Get("spec")
	switch s.Kind {
	case "Ingress":
		return ingressBackends(spec)
	case "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute":
		return routeBackends(spec)
	case "IngressRoute", "IngressRouteTCP":
		return traefikBackends(spec)
	case "Route":
		to := spec.Get("to", "name")
		return []backend{{service: to.Text(), port: spec.Get("port", "targetPort").Text(), node: to}}
	case "VirtualService":
		return istioBackends(spec)
	}
	return nil
}

// backends are the names of the Services behind an Ingress.
func backends(ingress *inventory.Subject) []string {
	var names []string
	for _, b := range backendsOf(ingress) {
		names = append(names, b.service)
	}
	return names
}

func ingressBackends(spec *document.Node) []backend {
	all := []*document.Node{spec.Get("defaultBackend"), spec.Get("backend")}
	for _, rule := range spec.Get("rules").Children() {
		for _, path := range rule.Get("http", "paths").Children() {
			all = append(all, path.Get("backend"))
		}
	}
	var found []backend
	for _, b := range all {
		if name := b.Get("service", "name"); name != nil {
			found = append(found, backend{service: name.Text(), node: name,
				port: b.Get("service", "port", "number").Text() + b.Get("service", "port", "name").Text()})
		} else if name := b.Get("serviceName"); name != nil { // the beta API
			found = append(found, backend{service: name.Text(), port: b.Get("servicePort").Text(), node: name})
		}
	}
	return found
}

func routeBackends(spec *document.Node) []backend {
	var found []backend
	for _, rule := range spec.Get("rules").Children() {
		for _, b := range rule.Get("backendRefs").Children() {
			if kind := b.Get("kind").Text(); kind == "" || kind == "Service" {
				found = append(found, backend{b.Get("name").Text(), b.Get("namespace").Text(), b.Get("port").Text(), b.Get("name")})
			}
		}
	}
	return found
}

func traefikBackends(spec *document.Node) []backend {
	var found []backend
	for _, route := range spec.Get("routes").Children() {
		for _, b := range route.Get("services").Children() {
			found = append(found, backend{b.Get("name").Text(), b.Get("namespace").Text(), b.Get("port").Text(), b.Get("name")})
		}
	}
	return found
}

func istioBackends(spec *document.Node) []backend {
	outside := false
	for _, gateway := range spec.Get("gateways").Children() {
		outside = outside || gateway.Text() != "mesh"
	}
	var found []backend
	for _, protocol := range []string{"http", "tls", "tcp"} {
		for _, rule := range spec.Get(protocol).Children() {
			for _, route := range rule.Get("route").Children() {
				host := route.Get("destination", "host")
				parts := strings.SplitN(host.Text(), ".", 3)
				if !outside || host == nil {
					continue
				}
				b := backend{service: parts[0], port: route.Get("destination", "port", "number").Text(), node: host}
				if len(parts) > 1 {
					b.namespace = parts[1]
				}
				found = append(found, b)
			}
		}
	}
	return found
}

// repositoryOf is the path of an image in its registry, library/nginx for nginx; "" if the
// reference is not valid.
func repositoryOf(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	return reference.Path(named)
}

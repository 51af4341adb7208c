package network

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// GatewayTLS judges a Gateway, of the Gateway API or of Istio: every listener of plain HTTP fails
// unless all that is seen of it redirects to HTTPS, and so does TLS without certificate.
func GatewayTLS(in assessment.Input) []assessment.Verdict {
	switch in.Subject.Group() {
	case "gateway.networking.k8s.io":
		return gatewayListeners(in)
	case "networking.istio.io":
		return istioServers(in)
	}
	return assessment.Skipped("a Gateway of a kind that is not known here")
}

func gatewayListeners(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, listener := range in.Element.Get("spec", "listeners").Children() {
		name, protocol := listener.Get("name").Text(), listener.Get("protocol")
		switch {
		case protocol.Text() == "HTTP" && !redirected(in, listener):
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf(
				"listener %q serves plain HTTP on port %s and no route is seen that redirects it", name, listener.Get("port").Text()), protocol))
		case protocol.Text() == "HTTPS" && listener.Get("tls", "certificateRefs").Len() == 0 && listener.Get("tls", "options").Len() == 0:
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf(
				"listener %q is HTTPS without certificate", name), listener, "tls", "certificateRefs"))
		}
	}
	return verdicts
}

// redirected reports whether routes are attached to the listener and every rule of them answers
// with a redirection to https.
func redirected(in assessment.Input, listener *document.Node) bool {
	attached := false
	for _, route := range in.Index.Kind("HTTPRoute") {
		if !attaches(route, in.Subject, listener) {
			continue
		}
		attached = true
		rules := route.Root.Get("spec", "rules").Children()
		for _, rule := range rules {
			if !redirects(rule) {
				return false
			}
		}
		if len(rules) == 0 {
			return false
		}
	}
	return attached
}

// attaches reports whether a route names the gateway and listener as its parent, and the listener
// takes routes from its namespace, which are those of the Gateway's own unless it says otherwise.
// What names no namespace in its file may be deployed to the one that the other names.
func attaches(route, gateway *inventory.Subject, listener *document.Node) bool {
	deployed := gateway.Root.Get("metadata", "namespace") == nil
	if from := listener.Get("allowedRoutes", "namespaces", "from").Text(); from == "" || from == "Same" {
		if route.Namespace != gateway.Namespace && !deployed && route.Root.Get("metadata", "namespace") != nil {
			return false
		}
	}
	for _, parent := range route.Root.Get("spec", "parentRefs").Children() {
		namespace, section := parent.Get("namespace").Text(), parent.Get("sectionName").Text()
		if namespace == "" {
			namespace = route.Namespace
		}
		if parent.Get("name").Text() == gateway.Name && (namespace == gateway.Namespace || deployed) && (section == "" || section == listener.Get("name").Text()) {
			return true
		}
	}
	return false
}

func redirects(rule *document.Node) bool {
	for _, filter := range rule.Get("filters").Children() {
		if filter.Get("type").Text() == "RequestRedirect" && filter.Get("requestRedirect", "scheme").Text() == "https" {
			return true
		}
	}
	return false
}

func istioServers(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, server := range in.Element.Get("spec", "servers").Children() {
		port := server.Get("port")
		protocol := port.Get("protocol")
		plain := strings.HasPrefix(protocol.Text(), "HTTP") && protocol.Text() != "HTTPS" || strings.HasPrefix(protocol.Text(), "GRPC")
		tls := server.Get("tls")
		switch {
		case plain && tls.Get("mode") == nil && !tls.Get("httpsRedirect").Bool():
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf(
				"server on port %s serves plain %s without httpsRedirect", port.Get("number").Text(), protocol.Text()), protocol))
		case protocol.Text() == "HTTPS" && tls == nil:
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf(
				"server on port %s is HTTPS without tls", port.Get("number").Text()), server, "tls"))
		}
	}
	return verdicts
}

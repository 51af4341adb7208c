package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// hasTLS reports whether the Ingress serves HTTPS: by spec.tls, or by one of the annotations with
// which load balancers take their certificates.
func hasTLS(ingress *inventory.Subject, annotations []string) bool {
	return ingress.Root.Get("spec", "tls").Len() > 0 ||
		slices.ContainsFunc(annotations, func(key string) bool { return ingress.Annotation(key) != "" })
}

// internal reports whether an Ingress is kept off the Internet: by its class name, its scheme, or
// a list of allowed source addresses.
func internal(ingress *inventory.Subject) bool {
	class := className(ingress)
	return strings.Contains(class, "internal") || strings.Contains(class, "private") ||
		find(ingress, []setting{
			{"alb.ingress.kubernetes.io/scheme", []string{"internal"}},
			{"appgw.ingress.kubernetes.io/use-private-ip", yes},
			{"networking.gke.io/internal-load-balancer-allow-global-access", nil},
		}) != nil || limitsSources(ingress)
}

// sourceLists are the annotations that let only listed addresses in.
var sourceLists = []string{
	"nginx.ingress.kubernetes.io/whitelist-source-range", "nginx.ingress.kubernetes.io/allowlist-source-range",
	"alb.ingress.kubernetes.io/inbound-cidrs", "haproxy.org/allow-list", "haproxy.org/whitelist",
	"haproxy-ingress.github.io/allowlist-source-range", "haproxy-ingress.github.io/whitelist-source-range",
}

func limitsSources(s *inventory.Subject) bool {
	return slices.ContainsFunc(sourceLists, func(key string) bool {
		list := s.Annotation(key)
		return list != "" && !openToAll(strings.Split(list, ","))
	})
}

// openToAll reports whether a list of address ranges holds everything.
func openToAll(ranges []string) bool {
	return slices.ContainsFunc(ranges, func(r string) bool {
		r = strings.TrimSpace(r)
		return r == "0.0.0.0/0" || r == "::/0"
	})
}

// TLSRedirect judges an Ingress with TLS: it fails if plain HTTP is answered rather than
// redirected, because redirection is switched off, or the controller does not redirect unless
// told to. Controllers that do by themselves are the parameter redirecting.
func TLSRedirect(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	if !hasTLS(s, in.Values.Strings("tls")) {
		return assessment.Skipped("serves no HTTPS: ingress-tls judges that")
	}
	c := controllerOf(s, in.Index)
	if c == nil {
		return assessment.Skipped("the ingress controller is not known: name the class in spec.ingressClassName")
	}
	force := find(s, []setting{{"nginx.ingress.kubernetes.io/force-ssl-redirect", yes}})
	if off := find(s, c.redirectOff); off != nil && force == nil {
		return []assessment.Verdict{assessment.Failed("redirection to HTTPS is switched off", off)}
	}
	if find(s, c.redirectOn) != nil || slices.Contains(in.Values.Strings("redirecting"), c.id) {
		return nil
	}
	if c.id == "alb" && !strings.Contains(s.Annotation("alb.ingress.kubernetes.io/listen-ports"), `"HTTP"`) {
		return nil // with a certificate the load balancer listens for HTTPS only
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
		"plain HTTP is not redirected to HTTPS: controller %s does so only when told", c.id), s.Root, "metadata", "annotations")}
}

// HSTS judges an Ingress with TLS: it fails if the controller sends no Strict-Transport-Security
// header. Controllers that send it by themselves are the parameter sending, unless their
// ConfigMap was seen to switch it off.
func HSTS(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	if !hasTLS(s, in.Values.Strings("tls")) {
		return assessment.Skipped("serves no HTTPS: ingress-tls judges that")
	}
	c := controllerOf(s, in.Index)
	if c == nil {
		return assessment.Skipped("the ingress controller is not known: name the class in spec.ingressClassName")
	}
	if off := find(s, c.hstsOff); off != nil {
		return []assessment.Verdict{assessment.Failed("the HSTS header is switched off", off)}
	}
	if find(s, c.hstsOn) != nil || setsHeader(s) {
		return nil
	}
	if !slices.Contains(in.Values.Strings("sending"), c.id) {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
			"no HSTS header is set: controller %s sends none by itself", c.id), s.Root, "metadata", "annotations")}
	}
	if config := configWith(in.Index, c.id, "hsts", "false"); config != nil {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
			"ConfigMap %q of the controller switches the HSTS header off", config.Name), s.Root, "metadata", "annotations")}
	}
	return nil
}

// setsHeader reports whether any annotation writes the header itself, as snippets do.
func setsHeader(s *inventory.Subject) bool {
	for _, annotation := range s.Root.Get("metadata", "annotations").Children() {
		if strings.Contains(strings.ToLower(annotation.Text()), "strict-transport-security") {
			return true
		}
	}
	return false
}

// configWith finds the ConfigMap of an nginx or HAProxy controller that has a key with the value.
func configWith(index *inventory.Index, controller, key, value string) *inventory.Subject {
	name, _, _ := strings.Cut(controller, "-")
	for _, config := range index.Kind("ConfigMap") {
		if config.Root.Get("data", key).Text() == value && strings.Contains(config.Name, name) {
			return config
		}
	}
	return nil
}

// WAF judges an Ingress that is open to the Internet: it fails if no web application firewall is
// seen to inspect it, at the Ingress, its controller's ConfigMap, or the Services behind it.
func WAF(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	c := controllerOf(s, in.Index)
	switch {
	case in.Values.Bool("elsewhere"):
		return assessment.Skipped("the parameter elsewhere says that a firewall stands in front of the cluster")
	case internal(s):
		return assessment.Skipped("not open to the Internet")
	case find(s, anyWAF) != nil, c != nil && find(s, c.wafOn) != nil:
		return nil
	case c != nil && configWith(in.Index, c.id, "enable-modsecurity", "true") != nil:
		return nil
	case backendPolicy(in), filtered(in.Index):
		return nil
	}
	return []assessment.Verdict{assessment.Failed("no web application firewall is seen to inspect this Ingress", s.Root, "metadata", "annotations")}
}

// backendPolicy reports whether a Service behind the Ingress has a BackendConfig with a Cloud
// Armor policy (GKE).
func backendPolicy(in assessment.Input) bool {
	for _, name := range backends(in.Subject) {
		service := in.Index.Find("Service", in.Subject.Namespace, name)
		if service == nil {
			continue
		}
		reference := service.Annotation("cloud.google.com/backend-config") + service.Annotation("beta.cloud.google.com/backend-config")
		for _, config := range in.Index.Kind("BackendConfig") {
			if config.Namespace == service.Namespace && strings.Contains(reference, `"`+config.Name+`"`) &&
				config.Root.Get("spec", "securityPolicy", "name").Text() != "" {
				return true
			}
		}
	}
	return false
}

// filtered reports whether a Coraza filter for Envoy gateways was seen.
func filtered(index *inventory.Index) bool {
	return slices.ContainsFunc(index.Kind("WasmPlugin"), func(s *inventory.Subject) bool {
		return strings.Contains(s.Root.Get("spec", "url").Text(), "coraza")
	})
}

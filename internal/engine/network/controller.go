// Package network judges how services are let out of the cluster: what Ingresses and Gateways
// do about TLS, what their controllers do by themselves, and which administrative interfaces
// can be reached. Begin with controllerOf and AdminInterface.
package network

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// setting is an annotation that says something if it has one of the values; any value but an
// empty one if none is listed. A value that ends in * is a beginning.
type setting struct {
	key    string
	values []string
}

// controller is an ingress controller as far as its annotations are read here.
type controller struct {
	id string
	// kind is what IngressClass objects name in spec.controller.
	kind string
	// classes are parts of class names by which it goes; prefixes begin its annotations.
	classes, prefixes []string

	redirectOn, redirectOff []setting
	hstsOn, hstsOff         []setting
	wafOn                   []setting
}

var yes = []string{"true", "True", "TRUE"}
var no = []string{"false", "False", "FALSE"}

// controllers are looked through in this order: more special class names stand first.
var controllers = []controller{
	{
		id: "nginx-inc", kind: "nginx.org/ingress-controller", classes: []string{"nginx-plus", "nginx-inc", "nginx-org"},
		prefixes:    []string{"nginx.org/", "nginx.com/", "appprotect.f5.com/"},
		redirectOn:  []setting{{"nginx.org/redirect-to-https", yes}, {"nginx.org/ssl-redirect", yes}, {"ingress.kubernetes.io/ssl-redirect", yes}},
		redirectOff: []setting{{"nginx.org/ssl-redirect", no}, {"ingress.kubernetes.io/ssl-redirect", no}},
		hstsOn:      []setting{{"nginx.org/hsts", yes}}, hstsOff: []setting{{"nginx.org/hsts", no}},
		wafOn: []setting{{"appprotect.f5.com/app-protect-enable", yes}},
	},
	{
		id: "nginx", kind: "k8s.io/ingress-nginx", classes: []string{"nginx"}, prefixes: []string{"nginx.ingress.kubernetes.io/"},
		redirectOn:  []setting{{"nginx.ingress.kubernetes.io/force-ssl-redirect", yes}, {"nginx.ingress.kubernetes.io/ssl-redirect", yes}},
		redirectOff: []setting{{"nginx.ingress.kubernetes.io/ssl-redirect", no}},
		wafOn:       []setting{{"nginx.ingress.kubernetes.io/enable-modsecurity", yes}},
	},
	{
		id: "alb", kind: "ingress.k8s.aws/alb", classes: []string{"alb"}, prefixes: []string{"alb.ingress.kubernetes.io/"},
		redirectOn: []setting{{key: "alb.ingress.kubernetes.io/ssl-redirect"}, {"alb.ingress.kubernetes.io/actions.ssl-redirect", nil}},
		hstsOn:     []setting{{"alb.ingress.kubernetes.io/listener-attributes.HTTPS-443", []string{"*strict_transport_security*"}}},
		wafOn:      []setting{{key: "alb.ingress.kubernetes.io/wafv2-acl-arn"}, {key: "alb.ingress.kubernetes.io/waf-acl-id"}, {key: "alb.ingress.kubernetes.io/wafv2-acl-name"}},
	},
	{
		id: "gce", kind: "k8s.io/ingress-gce", classes: []string{"gce"},
		prefixes:   []string{"networking.gke.io/", "ingress.gcp.kubernetes.io/", "kubernetes.io/ingress.global-static-ip-name"},
		redirectOn: []setting{{key: "networking.gke.io/v1beta1.FrontendConfig"}, {"kubernetes.io/ingress.allow-http", no}},
	},
	{
		id: "azure", kind: "azure/application-gateway", classes: []string{"azure-application-gateway", "azure/application-gateway"},
		prefixes:   []string{"appgw.ingress.kubernetes.io/"},
		redirectOn: []setting{{"appgw.ingress.kubernetes.io/ssl-redirect", yes}},
		hstsOn:     []setting{{key: "appgw.ingress.kubernetes.io/rewrite-rule-set"}},
		wafOn:      []setting{{key: "appgw.ingress.kubernetes.io/waf-policy-for-path"}},
	},
	{
		id: "traefik", kind: "traefik.io/ingress-controller", classes: []string{"traefik"}, prefixes: []string{"traefik.ingress.kubernetes.io/"},
		redirectOn: []setting{{"traefik.ingress.kubernetes.io/router.middlewares", []string{"*redirect*", "*https*"}}, {"traefik.ingress.kubernetes.io/router.entrypoints", []string{"websecure"}}},
		hstsOn:     []setting{{"traefik.ingress.kubernetes.io/router.middlewares", []string{"*hsts*", "*header*", "*secur*"}}},
		wafOn:      []setting{{"traefik.ingress.kubernetes.io/router.middlewares", []string{"*waf*", "*coraza*", "*modsecurity*", "*crowdsec*"}}},
	},
	{
		id: "haproxy", kind: "haproxy.org/ingress-controller", classes: []string{"haproxytech"}, prefixes: []string{"haproxy.org/", "haproxy.com/"},
		redirectOn: []setting{{"haproxy.org/ssl-redirect", yes}}, redirectOff: []setting{{"haproxy.org/ssl-redirect", no}, {"haproxy.com/ssl-redirect", no}},
		hstsOn: []setting{{"haproxy.org/response-set-header", []string{"*Strict-Transport-Security*", "*strict-transport-security*"}}},
	},
	{
		id: "haproxy-ingress", kind: "haproxy-ingress.github.io/controller", classes: []string{"haproxy"}, prefixes: []string{"haproxy-ingress.github.io/"},
		redirectOn: []setting{{"haproxy-ingress.github.io/ssl-redirect", yes}}, redirectOff: []setting{{"haproxy-ingress.github.io/ssl-redirect", no}},
		hstsOn: []setting{{"haproxy-ingress.github.io/hsts", yes}}, hstsOff: []setting{{"haproxy-ingress.github.io/hsts", no}},
		wafOn: []setting{{key: "haproxy-ingress.github.io/waf"}},
	},
	{
		id: "contour", kind: "projectcontour.io/ingress-controller", classes: []string{"contour"}, prefixes: []string{"projectcontour.io/"},
		redirectOn: []setting{{"ingress.kubernetes.io/force-ssl-redirect", yes}},
	},
	{
		id: "kong", kind: "ingress-controllers.konghq.com/kong", classes: []string{"kong"}, prefixes: []string{"konghq.com/"},
		redirectOn: []setting{{"konghq.com/protocols", []string{"https"}}},
		hstsOn:     []setting{{"konghq.com/plugins", []string{"*hsts*", "*response-transformer*"}}},
		wafOn:      []setting{{"konghq.com/plugins", []string{"*waf*", "*coraza*"}}},
	},
	{
		id: "istio", kind: "istio.io/ingress-controller", classes: []string{"istio"},
	},
}

// anyWAF are annotations of firewalls that attach to an Ingress of any controller.
var anyWAF = []setting{{key: "openappsec.io/policy"}}

// className is the class that an Ingress names, by the field or the old annotation.
func className(ingress *inventory.Subject) string {
	if name := ingress.Root.Get("spec", "ingressClassName").Text(); name != "" {
		return name
	}
	return ingress.Annotation("kubernetes.io/ingress.class")
}

// controllerOf finds the controller of an Ingress: by its annotations, by the IngressClass if
// that was seen, then by the name of the class; nil if it cannot be told.
func controllerOf(ingress *inventory.Subject, index *inventory.Index) *controller {
	class := className(ingress)
	if object := index.Find("IngressClass", "", class); class != "" && object != nil {
		kind := object.Root.Get("spec", "controller").Text()
		if at := slices.IndexFunc(controllers, func(c controller) bool { return c.kind == kind }); at >= 0 {
			return &controllers[at]
		}
	}
	annotations := ingress.Root.Get("metadata", "annotations").Children()
	for i, c := range controllers {
		if slices.ContainsFunc(annotations, func(a *document.Node) bool { return hasPrefix(a.Key(), c.prefixes) }) {
			return &controllers[i]
		}
	}
	for i, c := range controllers {
		if slices.ContainsFunc(c.classes, func(part string) bool { return class == part || wordIn(class, part) }) {
			return &controllers[i]
		}
	}
	return nil
}

// wordIn reports whether a class name holds the word between dashes, as in internal-nginx.
func wordIn(class, word string) bool {
	return strings.Contains("-"+class+"-", "-"+word+"-")
}

func hasPrefix(key string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// find gives the first annotation of an object that says what one of the settings says.
func find(s *inventory.Subject, settings []setting) *document.Node {
	for _, wanted := range settings {
		if node := s.Root.Get("metadata", "annotations", wanted.key); node != nil && wanted.holds(node.Text()) {
			return node
		}
	}
	return nil
}

func (s setting) holds(value string) bool {
	if len(s.values) == 0 {
		return strings.TrimSpace(value) != ""
	}
	return slices.ContainsFunc(s.values, func(pattern string) bool {
		if part, ok := strings.CutPrefix(pattern, "*"); ok {
			return strings.Contains(value, strings.TrimSuffix(part, "*"))
		}
		return value == pattern
	})
}

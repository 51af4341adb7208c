package mesh

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const linkerdPolicy = "policy.linkerd.io"

var linkerd = &product{
	title:  "Linkerd",
	groups: []string{linkerdPolicy, "linkerd.io", "multicluster.linkerd.io", "workload.linkerd.io"},
	kinds:  []string{"Server", "ServerAuthorization", "AuthorizationPolicy", "MeshTLSAuthentication"},
	marked: func(_, annotations *document.Node) bool { return linkerdTakes(text(annotations, "linkerd.io/inject")) },
	member: linkerdMember,
	plain:  linkerdPlain,
	open:   linkerdOpen,
}

func linkerdTakes(value string) bool { return value == "enabled" || value == "ingress" }

// linkerdMember follows the proxy injector: the pod's annotation stands above the namespace's.
func linkerdMember(w *Workload) membership {
	if proxied, known := w.hasContainer("linkerd-proxy"); known {
		if proxied {
			return membership{state: inside}
		}
		return membership{why: "its pods have no container linkerd-proxy"}
	}
	own := text(w.annotations, "linkerd.io/inject")
	switch {
	case linkerdTakes(own):
		return membership{state: inside}
	case own != "":
		return membership{why: "its annotation linkerd.io/inject is " + own, optOut: true}
	case linkerdTakes(text(w.nsAnnotations, "linkerd.io/inject")):
		return membership{state: inside}
	case w.namespace == nil:
		return membership{state: unseen}
	}
	return membership{why: "it has no annotation linkerd.io/inject: enabled"}
}

// The default policies of inbound connections that demand mutual TLS.
var linkerdAuthenticated = []string{"all-authenticated", "cluster-authenticated", "deny"}

// linkerdDefault is the policy where no Server stands: the pod's annotation, the namespace's, that
// of the control plane's configuration, all-unauthenticated. from says where it is set.
func (m *Model) linkerdDefault(w *Workload) (policy, from string) {
	const key = "config.linkerd.io/default-inbound-policy"
	if own := text(w.annotations, key); own != "" {
		return own, "its annotation " + key + " is " + own
	}
	if ns := text(w.nsAnnotations, key); ns != "" {
		return ns, "the annotation " + key + " of its namespace is " + ns
	}
	if whole := m.linkerdConfigured(); whole != "" {
		return whole, "the default inbound policy of the mesh is " + whole
	}
	return "all-unauthenticated", "no default inbound policy is set, and that of Linkerd is all-unauthenticated"
}

// linkerdConfigured is the default of the control plane, as its ConfigMap holds the chart's values.
func (m *Model) linkerdConfigured() string {
	return inventory.Derived(m.index, "mesh.linkerdConfigured", linkerdConfigured)
}

func linkerdConfigured(index *inventory.Index) string {
	for _, s := range index.Kind("ConfigMap") {
		if s.Name != "linkerd-config" {
			continue
		}
		for line := range strings.Lines(s.Root.Get("data", "values").Text()) {
			for _, field := range []string{"defaultInboundPolicy:", "defaultAllowPolicy:"} {
				if value, found := strings.CutPrefix(strings.TrimSpace(line), field); found && strings.TrimSpace(value) != "" {
					return strings.Trim(strings.TrimSpace(value), `"'`)
				}
			}
		}
	}
	return ""
}

// linkerdPlain asks every declared port: the Server that selects it decides by what authorizes
// callers of it, and the default policy where there is none.
func linkerdPlain(m *Model, w *Workload) answer {
	for _, annotation := range []*document.Node{w.annotations, w.nsAnnotations} {
		if ports := text(annotation, "config.linkerd.io/skip-inbound-ports"); ports != "" {
			return fails(w.String() + " accepts plain text: config.linkerd.io/skip-inbound-ports leads ports " + ports + " past the proxy")
		}
	}
	policy, from := m.linkerdDefault(w)
	closed := slices.Contains(linkerdAuthenticated, policy)
	ports := w.ports()
	for _, port := range ports {
		server := m.serverOf(w, port)
		if server == nil {
			if !closed {
				return m.linkerdUnknown(w, fails("port "+portName(port)+" of "+w.String()+" accepts plain text: "+from))
			}
			continue
		}
		if why := m.serverTakesPlain(server); why != "" {
			return fails("port " + portName(port) + " of " + w.String() + " accepts plain text: " + why)
		}
	}
	if len(ports) == 0 && !closed {
		return m.linkerdUnknown(w, fails(w.String()+" accepts plain text: "+from))
	}
	return answer{}
}

// linkerdOpen fails where every meshed caller may call: where a port has no Server and the default
// is not deny. Where the default lets in callers without identity, linkerdPlain tells so.
func linkerdOpen(m *Model, w *Workload) answer {
	policy, from := m.linkerdDefault(w)
	if policy == "deny" {
		return answer{}
	}
	anybody := !slices.Contains(linkerdAuthenticated, policy)
	ports := w.ports()
	for _, port := range ports {
		server := m.serverOf(w, port)
		switch {
		case server == nil && anybody:
			return m.linkerdUnknown(w, withoutIdentity(from))
		case server == nil:
			return m.linkerdUnknown(w, fails("every caller is allowed to call port "+portName(port)+" of "+w.String()+": no Server selects it, and "+from))
		case cmp.Or(server.Root.Get("spec", "accessPolicy").Text(), "deny") != "deny":
			return fails("every caller is allowed to call port " + portName(port) + " of " + w.String() + ": the accessPolicy of Server " + server.Name +
				" is " + server.Root.Get("spec", "accessPolicy").Text())
		}
	}
	if len(ports) == 0 && anybody {
		return m.linkerdUnknown(w, withoutIdentity(from))
	}
	if len(ports) == 0 {
		return m.linkerdUnknown(w, fails("every caller is allowed to call "+w.String()+": "+from))
	}
	return answer{}
}

// withoutIdentity is the answer where nobody has to show who he is: there is nobody to name.
func withoutIdentity(from string) answer {
	return answer{moot: true, text: "callers need no identity, as mesh-mtls-strict tells: " + from}
}

// linkerdUnknown is what stands in for a failure that only the default of a control plane decides
// which was not seen.
func (m *Model) linkerdUnknown(w *Workload, failure answer) answer {
	const key = "config.linkerd.io/default-inbound-policy"
	if text(w.annotations, key) != "" || text(w.nsAnnotations, key) != "" || m.linkerdConfigured() != "" || m.known(w, "linkerd") {
		return failure
	}
	return unknown("no policy for it was seen, and nothing of the namespace linkerd, which holds the default of the mesh: scan it too")
}

// serverOf gives the Server that selects a port of the workload; nil if there is none.
func (m *Model) serverOf(w *Workload, port *document.Node) *inventory.Subject {
	for _, server := range m.ofGroup("Server", linkerdPolicy, w.Namespace) {
		named := server.Root.Get("spec", "port").Text()
		if selector.Matches(server.Root.Get("spec", "podSelector"), w.labels) &&
			(named == text(port, "name") || named == text(port, "containerPort")) && named != "" {
			return server
		}
	}
	return nil
}

// serverTakesPlain says by what a Server accepts callers without mutual TLS; "" if it does not.
func (m *Model) serverTakesPlain(server *inventory.Subject) string {
	if access := server.Root.Get("spec", "accessPolicy").Text(); access != "" && !slices.Contains(linkerdAuthenticated, access) {
		return "the accessPolicy of Server " + server.Name + " is " + access
	}
	for _, policy := range m.ofGroup("AuthorizationPolicy", linkerdPolicy, server.Namespace) {
		target := policy.Root.Get("spec", "targetRef")
		whole := text(target, "kind") == "Namespace" && text(target, "name") == server.Namespace
		if (whole || text(target, "kind") == "Server" && text(target, "name") == server.Name) && !demandsTLS(policy) {
			return "AuthorizationPolicy " + policy.Name + " demands neither MeshTLSAuthentication nor a ServiceAccount"
		}
	}
	for _, authorization := range m.ofGroup("ServerAuthorization", linkerdPolicy, server.Namespace) {
		spec := authorization.Root.Get("spec")
		selects := text(spec.Get("server"), "name") == server.Name || selector.Matches(spec.Get("server", "selector"), server.Labels())
		if selects && (spec.Get("client", "unauthenticated").Bool() || spec.Get("client", "meshTLS", "unauthenticatedTLS").Bool()) {
			return "ServerAuthorization " + authorization.Name + " allows clients without identity"
		}
	}
	return ""
}

// demandsTLS reports whether one of the authentications that a policy requires is by mutual TLS;
// all of them must hold.
func demandsTLS(policy *inventory.Subject) bool {
	return slices.ContainsFunc(policy.Root.Get("spec", "requiredAuthenticationRefs").Children(), func(ref *document.Node) bool {
		return text(ref, "kind") == "MeshTLSAuthentication" || text(ref, "kind") == "ServiceAccount"
	})
}

func portName(port *document.Node) string {
	return cmp.Or(text(port, "containerPort"), text(port, "name"))
}

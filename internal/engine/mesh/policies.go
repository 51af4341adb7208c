package mesh

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// AllowAll judges policies of all meshes: it fails for those that allow every caller, or every
// caller that is in the mesh.
func AllowAll(in assessment.Input) []assessment.Verdict {
	spec := in.Element.Get("spec")
	switch in.Subject.Kind + "." + in.Subject.Group() {
	case "AuthorizationPolicy." + istioSecurity:
		return istioAllowsAll(spec)
	case "AuthorizationPolicy." + linkerdPolicy:
		if refs := spec.Get("requiredAuthenticationRefs"); refs.Len() == 0 {
			return []assessment.Verdict{assessment.Failed("policy demands no authentication, so every caller is allowed", spec, "requiredAuthenticationRefs")}
		}
		return nil
	case "MeshTLSAuthentication." + linkerdPolicy:
		return stars(spec.Get("identities"), "every workload of the mesh is taken for authenticated")
	case "NetworkAuthentication." + linkerdPolicy:
		return linkerdNetworks(spec)
	case "ServerAuthorization." + linkerdPolicy:
		if open := spec.Get("client", "unauthenticated"); open.Bool() {
			return []assessment.Verdict{assessment.Failed("clients without identity are allowed", open)}
		}
		return stars(spec.Get("client", "meshTLS", "identities"), "every workload of the mesh is allowed")
	case "ServiceIntentions." + consulGroup:
		return consulAllowsAll(spec)
	case "MeshTrafficPermission." + kumaGroup:
		if kumaAllowsAll(in.Subject) {
			return []assessment.Verdict{assessment.Failed("every workload of the mesh may call every other", spec, "from")}
		}
		return nil
	}
	return assessment.Skipped("of another product")
}

func istioAllowsAll(spec *document.Node) (all []assessment.Verdict) {
	if action := text(spec, "action"); action != "" && action != "ALLOW" {
		return assessment.Skipped("the policy's action is " + action)
	}
	if edge(spec) {
		return assessment.Skipped("for a gateway, which outsiders call")
	}
	for i, rule := range spec.Get("rules").Children() {
		if rule.Get("to").Len() > 0 || rule.Get("when").Len() > 0 {
			continue
		}
		if rule.Get("from").Len() == 0 {
			all = append(all, assessment.Failed(fmt.Sprintf("rule %d has no condition, so every caller is allowed", i+1), rule))
			continue
		}
		for _, from := range rule.Get("from").Children() {
			if who := everyone(from.Get("source")); who != "" {
				all = append(all, assessment.Failed(fmt.Sprintf("rule %d allows %s", i+1, who), from))
			}
		}
	}
	return all
}

// edge reports whether an Istio policy holds for a gateway.
func edge(spec *document.Node) bool {
	for _, target := range append(spec.Get("targetRefs").Children(), spec.Get("targetRef")) {
		if text(target, "kind") == "Gateway" {
			return true
		}
	}
	labels := spec.Get("selector", "matchLabels")
	return strings.Contains(text(labels, "istio"), "gateway") || strings.Contains(text(labels, "app"), "gateway")
}

// everyone says whom the source of a rule names if that is everybody; all its fields must hold.
func everyone(source *document.Node) string {
	who := "every caller"
	for _, field := range source.Children() {
		switch all := field.Children(); {
		case len(all) == 0:
		case field.Key() == "principals" && anyIs(all, "*"), field.Key() == "namespaces" && anyIs(all, "*"):
			who = "every workload of the mesh"
		case field.Key() == "ipBlocks" && anyIs(all, "0.0.0.0/0") || field.Key() == "remoteIpBlocks" && anyIs(all, "0.0.0.0/0"):
		default:
			return ""
		}
	}
	return who
}

func anyIs(list []*document.Node, word string) bool {
	return slices.ContainsFunc(list, func(n *document.Node) bool { return n.Text() == word })
}

func stars(list *document.Node, message string) (all []assessment.Verdict) {
	for _, node := range list.Children() {
		if node.Text() == "*" {
			all = append(all, assessment.Failed(message, node))
		}
	}
	return all
}

func linkerdNetworks(spec *document.Node) (all []assessment.Verdict) {
	for _, network := range spec.Get("networks").Children() {
		if cidr := text(network, "cidr"); (cidr == "0.0.0.0/0" || cidr == "::/0") && network.Get("except").Len() == 0 {
			all = append(all, assessment.Failed("every address "+cidr+" is taken for authenticated", network))
		}
	}
	return all
}

func consulAllowsAll(spec *document.Node) (all []assessment.Verdict) {
	for _, source := range spec.Get("sources").Children() {
		if text(source, "name") == "*" && text(source, "action") == "allow" {
			all = append(all, assessment.Failed("every service may call "+cmp.Or(spec.Get("destination", "name").Text(), "it"), source))
		}
	}
	return all
}

// ClientTLS judges a DestinationRule: it fails where clients are told to call workloads of the
// mesh without mutual TLS. Hosts outside are served by TLS of their own.
func ClientTLS(in assessment.Input) (all []assessment.Verdict) {
	spec := in.Element.Get("spec")
	host := text(spec, "host")
	if in.Subject.Group() != "networking.istio.io" || !ofMesh(host) || Of(in.Index).ofControlPlane(host) {
		return assessment.Skipped("not for a host of the mesh")
	}
	policies := []*document.Node{spec.Get("trafficPolicy")}
	for _, subset := range spec.Get("subsets").Children() {
		policies = append(policies, subset.Get("trafficPolicy"))
	}
	for _, policy := range policies {
		settings := append([]*document.Node{policy}, policy.Get("portLevelSettings").Children()...)
		for _, setting := range settings {
			switch mode := setting.Get("tls", "mode"); mode.Text() {
			case "DISABLE":
				all = append(all, assessment.Failed("clients call "+host+" without TLS", mode))
			case "SIMPLE":
				all = append(all, assessment.Failed("clients call "+host+" without showing who they are", mode))
			}
		}
	}
	return all
}

// ofMesh reports whether a host is a Service of the cluster: a name without dots, or one below
// the cluster's domain. The names of two and three parts that Kubernetes completes end in svc or
// are taken for outside.
func ofMesh(host string) bool {
	return host != "" && !strings.Contains(strings.TrimPrefix(host, "*."), ".") || strings.HasSuffix(host, ".svc") ||
		strings.HasSuffix(host, ".cluster.local") || host == "*.local"
}

// ofControlPlane reports whether a host is the API server, or one of the mesh's own, which speak
// TLS of their own.
func (m *Model) ofControlPlane(host string) bool {
	service, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(host, ".cluster.local"), ".svc"), ":")
	return service == "kubernetes.default" || strings.HasSuffix(service, "."+m.istioRoot())
}

// Ignored judges a PeerAuthentication: it fails for what Istio passes over, so that it protects
// nothing: a selector in the root namespace, and ports without a selector.
func Ignored(in assessment.Input) []assessment.Verdict {
	if in.Subject.Group() != istioSecurity {
		return assessment.Skipped("of another product")
	}
	spec := in.Element.Get("spec")
	labels, ports := spec.Get("selector", "matchLabels"), spec.Get("portLevelMtls")
	switch root := Of(in.Index).istioRoot(); {
	case labels.Len() > 0 && in.Subject.Namespace == root:
		return []assessment.Verdict{assessment.Failed("policy is ignored: it has a selector in the root namespace "+root, spec, "selector")}
	case labels.Len() == 0 && ports.Len() > 0:
		return []assessment.Verdict{assessment.Failed("portLevelMtls is ignored: the policy has no selector", ports)}
	}
	return nil
}

// TokenRequired judges a RequestAuthentication: it fails if no AuthorizationPolicy asks for the
// token, for requests without one pass then.
func TokenRequired(in assessment.Input) []assessment.Verdict {
	if in.Subject.Group() != istioSecurity {
		return assessment.Skipped("of another product")
	}
	m := Of(in.Index)
	for _, namespace := range []string{in.Subject.Namespace, m.istioRoot()} {
		if !in.Inventory.Saw(namespace, "AuthorizationPolicy") {
			return []assessment.Verdict{assessment.At(assessment.Unknown, "objects of kind AuthorizationPolicy in namespace "+namespace+" could not be read", in.Element)}
		}
		for _, policy := range m.ofGroup("AuthorizationPolicy", istioSecurity, namespace) {
			if sharesWorkloads(policy, in.Subject) && asksForToken(policy.Root.Get("spec")) {
				return nil
			}
		}
	}
	return []assessment.Verdict{assessment.Failed("requests without a token pass: no AuthorizationPolicy for the same workloads asks for requestPrincipals", in.Element, "metadata", "name")}
}

// sharesWorkloads reports whether two policies can hold for one workload: one selects all, or the
// labels of one are among those of the other.
func sharesWorkloads(a, b *inventory.Subject) bool {
	labelsA, labelsB := a.Root.Get("spec", "selector", "matchLabels"), b.Root.Get("spec", "selector", "matchLabels")
	return labelsA.Len() == 0 || labelsB.Len() == 0 || selector.MatchesMap(labelsA, labelsB) || selector.MatchesMap(labelsB, labelsA)
}

func asksForToken(spec *document.Node) bool {
	found := false
	spec.Get("rules").Walk(func(n *document.Node) {
		found = found || n.Key() == "requestPrincipals" || n.Key() == "notRequestPrincipals" || n.Key() == "key" && strings.HasPrefix(n.Text(), "request.auth.")
	})
	return found
}

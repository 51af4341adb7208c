package mesh

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const istioSecurity = "security.istio.io"

var istio = &product{
	title:  "Istio",
	groups: []string{istioSecurity, "networking.istio.io", "telemetry.istio.io", "extensions.istio.io", "install.istio.io", "sailoperator.io"},
	kinds:  []string{"PeerAuthentication", "AuthorizationPolicy"},
	marked: func(labels, annotations *document.Node) bool {
		return text(labels, "istio-injection") == "enabled" || text(labels, "istio.io/rev") != "" || text(labels, "istio.io/dataplane-mode") == "ambient" ||
			text(labels, "sidecar.istio.io/inject") == "true" || truthy(text(annotations, "sidecar.istio.io/inject"))
	},
	member: istioMember,
	plain:  istioPlain,
	open:   istioOpen,
}

func truthy(word string) bool {
	return slices.Contains([]string{"y", "yes", "true", "on"}, strings.ToLower(word))
}

// istioMember follows the injector's webhooks: the label of the pod stands above its annotation,
// istio-injection of the namespace above istio.io/rev, and what runs in a cluster above both.
// (istio/manifests/charts/istio-control/istio-discovery, pkg/kube/inject)
func istioMember(w *Workload) membership {
	if proxied, known := w.hasContainer("istio-proxy"); proxied {
		return membership{state: inside}
	} else if known && !w.ambient() {
		return membership{state: outside, why: "its pods have no container istio-proxy"}
	}
	pod, annotation := text(w.labels, "sidecar.istio.io/inject"), text(w.annotations, "sidecar.istio.io/inject")
	refused := pod == "false" || pod == "" && annotation != "" && !truthy(annotation)
	injection, revision := text(w.nsLabels, "istio-injection"), text(w.nsLabels, "istio.io/rev")
	switch {
	case w.ambient():
		return membership{state: inside}
	case text(w.labels, "istio.io/dataplane-mode") == "none" && text(w.nsLabels, "istio.io/dataplane-mode") == "ambient":
		return membership{why: "its label istio.io/dataplane-mode is none", optOut: true}
	case refused:
		return membership{why: "its sidecar.istio.io/inject is " + cmp.Or(pod, annotation), optOut: true}
	case injection == "disabled":
		return membership{why: "its label istio-injection is disabled"}
	case injection == "enabled", revision != "", pod == "true", text(w.labels, "istio.io/rev") != "":
		return membership{state: inside}
	case w.namespace == nil:
		return membership{state: unseen}
	}
	return membership{why: "it has neither the label istio-injection nor istio.io/rev nor istio.io/dataplane-mode"}
}

// ambient reports whether the node's proxy takes the pods: a label of the pod stands above that
// of the namespace.
func (w *Workload) ambient() bool {
	return cmp.Or(text(w.labels, "istio.io/dataplane-mode"), text(w.nsLabels, "istio.io/dataplane-mode")) == "ambient"
}

// istioRoot is the root namespace, whose policies hold for the whole mesh: that of the mesh's
// configuration, or istio-system.
func (m *Model) istioRoot() string {
	return inventory.Derived(m.index, "mesh.istioRoot", func(index *inventory.Index) string {
		for _, s := range index.Kind("ConfigMap") {
			if s.Name != "istio" && !strings.HasPrefix(s.Name, "istio-") {
				continue
			}
			for line := range strings.Lines(s.Root.Get("data", "mesh").Text()) {
				if name, found := strings.CutPrefix(line, "rootNamespace:"); found {
					return strings.Trim(strings.TrimSpace(name), `"'`)
				}
			}
		}
		return "istio-system"
	})
}

// The modes of mutual TLS: of what a peer must present.
const (
	strict     = "STRICT"
	permissive = "PERMISSIVE"
)

// mode is the mode of mutual TLS that holds, and the policy that sets it; nil if none does.
type mode struct {
	value string
	by    *inventory.Subject
}

func (m mode) String() string {
	if m.by == nil {
		return "no PeerAuthentication sets a mode, and the default is PERMISSIVE"
	}
	return "PeerAuthentication " + m.by.Namespace + "/" + m.by.Name + " sets " + m.value
}

// istioPlain follows the merging of PeerAuthentication: the mesh's is that of the root namespace
// without a selector, then that of the namespace without one, then the workload's own with one,
// which a port's mode of the same policy overrides. UNSET inherits. Of several on one level the
// oldest counts. A selector in the root namespace makes a policy ignored.
// (istio/pilot/pkg/networking/... ComposePeerAuthentication)
func istioPlain(m *Model, w *Workload) answer {
	if ports := text(w.annotations, "traffic.sidecar.istio.io/excludeInboundPorts"); ports != "" {
		return fails(w.String() + " accepts plain text: traffic.sidecar.istio.io/excludeInboundPorts leads ports " + ports + " past the proxy")
	}
	root := m.istioRoot()
	now := mode{value: permissive}
	levels := []*inventory.Subject{
		oldest(m.ofGroup("PeerAuthentication", istioSecurity, root), nil),
		oldest(m.ofGroup("PeerAuthentication", istioSecurity, w.Namespace), nil),
		oldest(m.ofGroup("PeerAuthentication", istioSecurity, w.Namespace), w),
	}
	if w.Namespace == root {
		levels[1], levels[2] = nil, nil
	}
	for _, policy := range levels {
		if policy == nil {
			continue
		}
		if value := policy.Root.Get("spec", "mtls", "mode").Text(); value != "" && value != "UNSET" {
			now = mode{value, policy}
		}
	}
	if now.value != strict {
		if now.by == nil && !m.known(w, root) {
			return unknown("no PeerAuthentication for it was seen, and nothing of the namespace " + root + ", which holds that of the whole mesh: scan it too")
		}
		return fails(w.String() + " accepts plain text: " + now.String())
	}
	if own := levels[2]; own != nil {
		for _, port := range own.Root.Get("spec", "portLevelMtls").Children() {
			if value := port.Get("mode").Text(); value != "" && value != "UNSET" && value != strict {
				return fails("port " + port.Key() + " of " + w.String() + " accepts plain text: " + mode{value, own}.String() + " for it")
			}
		}
	}
	return answer{}
}

// istioGateway reports whether a pod is nothing but a proxy.
func istioGateway(pod *inventory.Pod) bool {
	main := 0
	for _, c := range pod.Containers() {
		if c.Role == inventory.Main {
			main++
			if c.Name != "istio-proxy" {
				return false
			}
		}
	}
	return main == 1
}

// oldest gives the policy that counts among those with a selector for the workload, or, where
// that is nil, among those without one. Files have no dates: there the weakest counts.
func oldest(policies []*inventory.Subject, w *Workload) *inventory.Subject {
	var best *inventory.Subject
	for _, policy := range policies {
		labels := policy.Root.Get("spec", "selector", "matchLabels")
		if w == nil && labels.Len() > 0 || w != nil && (labels.Len() == 0 || !selector.MatchesMap(labels, w.labels)) {
			continue
		}
		if best == nil || older(policy, best) {
			best = policy
		}
	}
	return best
}

func older(a, b *inventory.Subject) bool {
	dateA, dateB := a.Root.Get("metadata", "creationTimestamp").Text(), b.Root.Get("metadata", "creationTimestamp").Text()
	if dateA != "" && dateB != "" {
		return dateA < dateB
	}
	return a.Root.Get("spec", "mtls", "mode").Text() != strict && b.Root.Get("spec", "mtls", "mode").Text() == strict
}

// istioOpen follows the evaluation of AuthorizationPolicy: where no policy with the action ALLOW
// holds for a workload, everybody is allowed whom no DENY or CUSTOM refuses. Policies of the root
// namespace hold everywhere, with a selector for the workloads that it matches.
func istioOpen(m *Model, w *Workload) answer {
	root := m.istioRoot()
	policies := m.ofGroup("AuthorizationPolicy", istioSecurity, root)
	if w.Namespace != root {
		policies = append(slices.Clone(policies), m.ofGroup("AuthorizationPolicy", istioSecurity, w.Namespace)...)
	}
	for _, policy := range policies {
		spec := policy.Root.Get("spec")
		if spec.Get("targetRef") != nil || spec.Get("targetRefs") != nil {
			continue // of a gateway or waypoint
		}
		labels := spec.Get("selector", "matchLabels")
		if labels.Len() > 0 && !selector.MatchesMap(labels, w.labels) {
			continue
		}
		if action := cmp.Or(text(spec, "action"), "ALLOW"); action == "ALLOW" || action == "DENY" && deniesAll(spec) {
			return answer{}
		}
	}
	if !m.known(w, root) {
		return unknown("no AuthorizationPolicy for it was seen, and nothing of the namespace " + root + ", which holds those of the whole mesh: scan it too")
	}
	return fails("every caller is allowed to call " + w.String() + ": no AuthorizationPolicy with action ALLOW holds for it")
}

// deniesAll reports whether a DENY policy has a rule without any condition.
func deniesAll(spec *document.Node) bool {
	return slices.ContainsFunc(spec.Get("rules").Children(), func(rule *document.Node) bool { return rule.Len() == 0 })
}

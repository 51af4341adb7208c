package mesh

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const (
	kumaGroup  = "kuma.io"
	kumaInject = kumaGroup + "/sidecar-injection"
)

var kuma = &product{
	title:  "Kuma",
	groups: []string{kumaGroup},
	kinds:  []string{"Mesh", "MeshTLS", "MeshTrafficPermission"},
	marked: func(labels, annotations *document.Node) bool {
		return cmp.Or(text(labels, kumaInject), text(annotations, kumaInject)) == "enabled"
	},
	member: kumaMember,
	plain:  kumaPlain,
	open:   kumaOpen,
}

// kumaMember follows the injector: the pod's label, or its older annotation, stands above the
// namespace's.
func kumaMember(w *Workload) membership {
	if proxied, known := w.hasContainer("kuma-sidecar"); known {
		if proxied {
			return membership{state: inside}
		}
		return membership{why: "its pods have no container kuma-sidecar"}
	}
	own := cmp.Or(text(w.labels, kumaInject), text(w.annotations, kumaInject))
	switch {
	case own == "enabled":
		return membership{state: inside}
	case own != "":
		return membership{why: "its " + kumaInject + " is " + own, optOut: true}
	case cmp.Or(text(w.nsLabels, kumaInject), text(w.nsAnnotations, kumaInject)) == "enabled":
		return membership{state: inside}
	case w.namespace == nil:
		return membership{state: unseen}
	}
	return membership{why: "it has no label " + kumaInject}
}

// kumaMesh gives the Mesh of a workload; nil if it was not seen.
func (m *Model) kumaMesh(w *Workload) (name string, object *inventory.Subject) {
	const key = kumaGroup + "/mesh"
	name = cmp.Or(text(w.labels, key), text(w.annotations, key), text(w.nsLabels, key), text(w.nsAnnotations, key), "default")
	for _, s := range m.ofGroup("Mesh", kumaGroup, "") {
		if s.Name == name {
			object = s // of several the last, as when all are applied
		}
	}
	return name, object
}

// kumaPlain: mutual TLS is off until the Mesh enables a backend, and strict then unless its mode,
// or a MeshTLS policy, is permissive.
func kumaPlain(m *Model, w *Workload) answer {
	name, object := m.kumaMesh(w)
	if object == nil {
		return unknown("the Mesh " + name + " was not seen: scan it too")
	}
	enabled := object.Root.Get("spec", "mtls", "enabledBackend").Text()
	if enabled == "" {
		return fails(w.String() + " accepts plain text: Mesh " + name + " enables no backend of mutual TLS")
	}
	mode, from := "", "Mesh "+name
	for _, backend := range object.Root.Get("spec", "mtls", "backends").Children() {
		if text(backend, "name") == enabled {
			mode = text(backend, "mode")
		}
	}
	for _, policy := range m.ofGroup("MeshTLS", kumaGroup, "") {
		if value := kumaTLS(policy, w); value != "" {
			mode, from = value, "MeshTLS "+policy.Name
		}
	}
	if strings.EqualFold(mode, permissive) {
		return fails(w.String() + " accepts plain text: " + from + " sets " + mode)
	}
	return answer{}
}

// kumaTLS is the mode that a MeshTLS policy gives to a workload; "" if it gives none. One for
// listed pods stands for these only.
func kumaTLS(policy *inventory.Subject, w *Workload) string {
	spec := policy.Root.Get("spec")
	target := spec.Get("targetRef")
	labels := target.Get("labels")
	if labels == nil {
		labels = target.Get("tags")
	}
	if labels.Len() > 0 && !selector.MatchesMap(labels, w.labels) {
		return ""
	}
	for _, list := range []string{"rules", "from"} {
		for _, rule := range spec.Get(list).Children() {
			if mode := rule.Get("default", "mode").Text(); mode != "" {
				return mode
			}
		}
	}
	return ""
}

// kumaOpen: with mutual TLS nothing is allowed but what a permission allows, so that only one for
// the whole mesh leaves it open; without it everything is.
func kumaOpen(m *Model, w *Workload) answer {
	name, object := m.kumaMesh(w)
	if object == nil {
		return unknown("the Mesh " + name + " was not seen: scan it too")
	}
	if object.Root.Get("spec", "mtls", "enabledBackend").Text() == "" {
		return fails("every caller is allowed to call " + w.String() + ": Mesh " + name + " has no mutual TLS, so that no permission is asked for")
	}
	for _, permission := range m.ofGroup("MeshTrafficPermission", kumaGroup, "") {
		if kumaAllowsAll(permission) {
			return fails("every caller is allowed to call " + w.String() + ": MeshTrafficPermission " + permission.Name + " allows the whole mesh")
		}
	}
	return answer{}
}

func kumaAllowsAll(permission *inventory.Subject) bool {
	if kind := permission.Root.Get("spec", "targetRef", "kind").Text(); kind != "" && kind != "Mesh" {
		return false
	}
	return slices.ContainsFunc(permission.Root.Get("spec", "from").Children(), func(from *document.Node) bool {
		return from.Get("targetRef", "kind").Text() == "Mesh" && from.Get("default", "action").Text() == "Allow"
	})
}

package mesh

import (
	"fmt"
	"path"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/bundle"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Strict gives one verdict for each workload in a mesh: it fails if connections without mutual
// TLS reach it. Namespaces that match parameter exempt are left out, in DefaultDeny too.
func Strict(in assessment.Input) []assessment.Verdict {
	return asked(in, func(p *product) func(*Model, *Workload) answer { return p.plain })
}

// DefaultDeny gives one verdict for each workload in a mesh: it fails if callers that no policy
// names may call it.
func DefaultDeny(in assessment.Input) []assessment.Verdict {
	return asked(in, func(p *product) func(*Model, *Workload) answer { return p.open })
}

// asked asks the mesh of every workload. What is unknown of a namespace is said once.
func asked(in assessment.Input, question func(*product) func(*Model, *Workload) answer) []assessment.Verdict {
	m := Of(in.Index)
	var all []assessment.Verdict
	told := map[[2]string]bool{}
	for _, w := range m.Workloads {
		if w.Mesh == nil || exempt(in.Values.Strings("exempt"), w.Namespace) {
			continue
		}
		got := question(w.Mesh)(m, w)
		if missing := unreadable(in.Inventory, w); missing != "" {
			got = unknown(missing)
		}
		verdict := assessment.At(assessment.Pass, got.text, w.Root, "metadata", "name")
		switch key := [2]string{w.Namespace, got.text}; {
		case got.unknown && told[key]:
			continue
		case got.unknown:
			told[key] = true
			verdict.Outcome = assessment.Unknown
		case got.fails:
			verdict.Outcome = assessment.Fail
		case got.moot:
			verdict.Outcome = assessment.NotApplicable
		}
		verdict.Subject = w.Subject
		all = append(all, verdict)
	}
	return all
}

// unreadable says which policies of the mesh a cluster did not show for the workload; "" if all.
func unreadable(inv *inventory.Inventory, w *Workload) string {
	for _, kind := range w.Mesh.kinds {
		if !inv.Saw(w.Namespace, kind) {
			return fmt.Sprintf("objects of kind %s in namespace %s could not be read", kind, w.Namespace)
		}
	}
	return ""
}

// Injection fails for namespaces whose workloads no mesh takes, and for workloads that keep out
// of it themselves. Namespaces that match parameter exempt are left out, those whose object was not
// seen, and, where nothing but marks on workloads shows a mesh, those that hold no such workload. In
// files every bundle is judged by itself: that one example has a mesh says nothing of the others.
func Injection(in assessment.Input) []assessment.Verdict {
	var all []assessment.Verdict
	for _, part := range bundle.Split(in.Index) {
		all = append(all, injection(in, Of(part))...)
	}
	return all
}

func injection(in assessment.Input, m *Model) []assessment.Verdict {
	var all []assessment.Verdict
	meshed := map[string]bool{}
	for _, w := range m.Workloads {
		meshed[w.Namespace] = meshed[w.Namespace] || w.Mesh != nil
	}
	left := map[*inventory.Subject]int{} // by namespace: its entry in all
	count := map[*inventory.Subject]int{}
	for _, w := range m.Workloads {
		if exempt(in.Values.Strings("exempt"), w.Namespace) || w.state == unseen || !m.installed && !meshed[w.Namespace] {
			continue
		}
		switch {
		case w.Mesh != nil:
			all = append(all, placed(assessment.Pass, "", w.Subject))
		case w.optOut || w.namespace == nil:
			all = append(all, placed(assessment.Fail, fmt.Sprintf("%s is outside the mesh: %s", w, w.why), w.Subject))
		default:
			count[w.namespace]++
			if _, known := left[w.namespace]; !known {
				left[w.namespace] = len(all)
				all = append(all, placed(assessment.Fail, w.why, w.namespace))
			}
		}
	}
	for namespace, i := range left {
		noun := "workloads"
		if count[namespace] == 1 {
			noun = "workload"
		}
		all[i].Message = fmt.Sprintf("namespace %q with %d %s is outside the mesh: %s", namespace.Name, count[namespace], noun, all[i].Message)
	}
	return all
}

func placed(outcome assessment.Outcome, message string, s *inventory.Subject) assessment.Verdict {
	verdict := assessment.At(outcome, message, s.Root, "metadata", "name")
	verdict.Subject = s
	return verdict
}

func exempt(patterns []string, namespace string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		fits, err := path.Match(pattern, namespace)
		return err == nil && fits
	})
}

// Present judges a KubernetesCluster: it fails if it serves the API of no mesh and Cilium does not
// authenticate or encrypt what goes from node to node.
func Present(in assessment.Input) []assessment.Verdict {
	if len(Of(in.Index).Meshes) > 0 || serves(in.Subject, otherMeshes) {
		return nil
	}
	if in.Element.Get("groups").Len() == 0 {
		return []assessment.Verdict{assessment.At(assessment.Unknown, "the APIs of the cluster were not listed, which show a service mesh", in.Element)}
	}
	if settings := ciliumConfig(in.Index); settings != nil && encryption(settings.Root.Get("data")) != "" {
		how := encryption(settings.Root.Get("data"))
		return []assessment.Verdict{assessment.Failed("no service mesh with mutual TLS seen: Cilium encrypts traffic between nodes ("+how+"), but no workload proves who it is", in.Element, "metadata", "name")}
	}
	return []assessment.Verdict{assessment.Failed("no service mesh with mutual TLS seen", in.Element, "metadata", "name")}
}

// otherMeshes are the API groups of meshes that are recognised only.
var otherMeshes = []string{"appmesh.k8s.aws", "specs.smi-spec.io", "access.smi-spec.io", "openservicemesh.io", "policy.openservicemesh.io", "traefik.mesh", "cloudmap.appmesh.k8s.aws"}

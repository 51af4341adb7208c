package segmentation

import (
	"fmt"
	"path"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// DenyIngress judges a Namespace: it fails if a pod that nobody wrote yet could be reached from
// everywhere, because no policy of any known kind denies by default.
func DenyIngress(in assessment.Input) []assessment.Verdict {
	return defaultDeny(in, "ingress", func(f reach.NamespaceFacts) reach.Fact { return f.DenyIngress })
}

// DenyEgress judges a Namespace as DenyIngress does, for what its pods may reach.
func DenyEgress(in assessment.Input) []assessment.Verdict {
	return defaultDeny(in, "egress", func(f reach.NamespaceFacts) reach.Fact { return f.DenyEgress })
}

func defaultDeny(in assessment.Input, direction string, of func(reach.NamespaceFacts) reach.Fact) []assessment.Verdict {
	name := in.Subject.Name
	if exempt(in, name) {
		return assessment.Skipped("an exempt namespace")
	}
	facts := reach.Of(in.Index).Namespace(name)
	switch fact := of(facts); fact.Truth {
	case reach.Yes:
		return []assessment.Verdict{{Outcome: assessment.Pass, Message: fact.Reason.String()}}
	case reach.Unsure:
		return []assessment.Verdict{assessment.At(assessment.Unknown, fact.Reason.String(), in.Element, "metadata", "name")}
	}
	open := len(facts.OpenIngress)
	if direction == "egress" {
		open = len(facts.OpenEgress)
	}
	message := fmt.Sprintf("namespace %q denies no %s by default", name, direction)
	if open > 0 {
		message += fmt.Sprintf(": %d of %d workloads are open", open, len(reach.Of(in.Index).In(name)))
	}
	return []assessment.Verdict{assessment.Failed(message, in.Element, "metadata", "name")}
}

// exempt reports whether a namespace is one of those in the parameter "exempt".
func exempt(in assessment.Input, namespace string) bool {
	return slices.ContainsFunc(in.Values.Strings("exempt"), func(pattern string) bool {
		matched, err := path.Match(pattern, namespace)
		return err == nil && matched
	})
}

// Isolated judges a workload: it fails if no policy isolates its pods for ingress, so that every pod
// of the cluster may reach each of their ports. Where not a single workload of a seen namespace is
// isolated DenyIngress tells it of the namespace, and nothing is repeated here.
func Isolated(in assessment.Input) []assessment.Verdict {
	if exempt(in, in.Subject.Namespace) {
		return assessment.Skipped("an exempt namespace")
	}
	m := reach.Of(in.Index)
	for _, e := range m.In(in.Subject.Namespace) {
		if e.Subject != in.Subject {
			continue
		}
		if e.HostNetwork {
			return assessment.Skipped("it is on the network of its node, where policies do not reach")
		}
		switch m.Isolated(e, "ingress") {
		case reach.No:
			if openNamespaces(in.Index)[e.Namespace] {
				return assessment.Skipped(fmt.Sprintf("no network policy isolates anything in namespace %q, as namespace-default-deny-ingress tells", e.Namespace))
			}
			return []assessment.Verdict{assessment.Failed(fmt.Sprintf("no network policy isolates %s %q", e.Kind, e.Name), in.Element, "metadata", "name")}
		case reach.Unsure:
			return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf(
				"whether a network policy isolates %s %q depends on what was not seen", e.Kind, e.Name), in.Element, "metadata", "name")}
		}
	}
	return nil
}

// openNamespaces tells in which of the namespaces that were seen no policy isolates any workload for
// ingress.
func openNamespaces(index *inventory.Index) map[string]bool {
	return inventory.Derived(index, "segmentation.openNamespaces", func(index *inventory.Index) map[string]bool {
		m, open := reach.Of(index), map[string]bool{}
		for _, namespace := range index.Kind("Namespace") {
			open[namespace.Name] = !slices.ContainsFunc(m.In(namespace.Name), func(e *reach.Endpoint) bool {
				return !e.HostNetwork && m.Isolated(e, "ingress") != reach.No
			})
		}
		return open
	})
}

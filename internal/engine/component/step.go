package component

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// step tells how far the product is, and what keeps it from the next step.
func (s *seen) step() (Step, string) {
	if len(s.product.Images)+len(s.product.Names) == 0 {
		return s.withoutWorkloads()
	}
	if len(s.workloads) == 0 {
		if !s.evident() {
			return Absent, "not seen"
		}
		return Present, "its objects are there, but nothing that runs it was seen"
	}
	if reason := s.stopped(); reason != "" {
		return Present, reason
	}
	if s.product.Proof == nil {
		return Running, "what it does is not visible in the cluster"
	}
	if reason := s.product.Proof(s); reason != "" {
		return Running, reason
	}
	return Configured, ""
}

// withoutWorkloads is the step of what the API server or a provider does by itself.
func (s *seen) withoutWorkloads() (Step, string) {
	if len(s.objects) == 0 {
		return Absent, "not seen"
	}
	if reason := s.product.Proof(s); reason != "" {
		return Absent, reason
	}
	return Configured, ""
}

// evident reports whether objects of the product were seen. CustomResourceDefinitions are none:
// they are installed for products that nobody uses.
func (s *seen) evident() bool { return len(s.objects) > 0 }

// stopped says what of the product does not run; "" if all does.
func (s *seen) stopped() string {
	onNodes := false
	for _, w := range s.workloads {
		status := w.Root.Get("status")
		switch w.Kind {
		case "DaemonSet":
			want, ready := status.Get("desiredNumberScheduled").Int64(), status.Get("numberReady").Int64()
			if status == nil || want == 0 {
				continue // a DaemonSet for other kinds of nodes
			}
			if ready < want {
				return fmt.Sprintf("%s is ready on %d of %d nodes", nameOf(w), ready, want)
			}
			if nodes := int64(len(s.index.Kind("Node"))); s.product.EveryNode && nodes > want {
				return fmt.Sprintf("%s runs on %d of %d nodes: tolerate the taints of the others", nameOf(w), want, nodes)
			}
			onNodes = true
		case "Deployment", "StatefulSet":
			want := int64(1)
			if replicas := w.Root.Get("spec", "replicas"); replicas != nil {
				want = replicas.Int64()
			}
			ready := status.Get("readyReplicas").Int64()
			if want == 0 {
				return nameOf(w) + " is scaled to 0"
			}
			if ready < want {
				return fmt.Sprintf("%s has %d of %d replicas ready", nameOf(w), ready, want)
			}
		}
	}
	if s.product.EveryNode && !onNodes {
		return "no DaemonSet of it runs"
	}
	return ""
}

func nameOf(w *inventory.Subject) string {
	return fmt.Sprintf("%s %s/%s", w.Kind, w.Namespace, w.Name)
}

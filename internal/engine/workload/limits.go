package workload

import (
	"fmt"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// CPULimit judges a container: it fails if nothing limits its CPU.
func CPULimit(in assessment.Input) []assessment.Verdict { return limit(in, "cpu") }

// MemoryLimit judges a container: it fails if nothing limits its memory.
func MemoryLimit(in assessment.Input) []assessment.Verdict { return limit(in, "memory") }

// EphemeralStorageLimit judges a container: it fails if nothing limits what it writes to the
// node's disk.
func EphemeralStorageLimit(in assessment.Input) []assessment.Verdict {
	return limit(in, "ephemeral-storage")
}

// CPURequest judges a container: it fails if it asks for no CPU.
func CPURequest(in assessment.Input) []assessment.Verdict { return request(in, "cpu") }

// MemoryRequest judges a container: it fails if it asks for no memory.
func MemoryRequest(in assessment.Input) []assessment.Verdict { return request(in, "memory") }

// limit looks where Kubernetes takes a limit from: the container, the pod as a whole, then the
// LimitRange of the namespace.
func limit(in assessment.Input, resource string) []assessment.Verdict {
	field := []string{"resources", "limits", resource}
	if value := in.Element.Get(field...); value != nil {
		if isZero(value) {
			return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
				"%s has the %s limit %s, which is no limit", name(in), resource, value.Text()), value)}
		}
		return nil
	}
	if podLevel(in, "limits", resource) {
		return passed("the pod's own limit holds")
	}
	if by := limitRange(in, resource, "default", "max"); by != nil {
		return passed(fmt.Sprintf("LimitRange %q gives the limit", by.Name))
	}
	return []assessment.Verdict{assessment.Failed(name(in)+" has no "+resource+" limit", in.Element, field...)}
}

// request knows that a limit without a request becomes the request too.
func request(in assessment.Input, resource string) []assessment.Verdict {
	field := []string{"resources", "requests", resource}
	value, ceiling := in.Element.Get(field...), in.Element.Get("resources", "limits", resource)
	switch {
	case value != nil && isZero(value):
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
			"%s requests %s %s, which reserves nothing", name(in), value.Text(), resource), value)}
	case value != nil:
		return nil
	case ceiling != nil && !isZero(ceiling):
		return passed("its limit is its request")
	case podLevel(in, "requests", resource) || podLevel(in, "limits", resource):
		return passed("the pod's own request holds")
	}
	if by := limitRange(in, resource, "defaultRequest", "default", "min", "max"); by != nil {
		return passed(fmt.Sprintf("LimitRange %q gives the request", by.Name))
	}
	return []assessment.Verdict{assessment.Failed(name(in)+" has no "+resource+" request", in.Element, field...)}
}

func passed(message string) []assessment.Verdict {
	return []assessment.Verdict{{Outcome: assessment.Pass, Message: message}}
}

// podLevel reports whether the pod as a whole has the value (pod-level resources, which know
// cpu, memory and huge pages only).
func podLevel(in assessment.Input, kind, resource string) bool {
	value := in.Subject.Pod.Spec.Get("resources", kind, resource)
	return value != nil && !isZero(value) && resource != "ephemeral-storage"
}

// limitRange finds a LimitRange of the namespace that gives containers the resource in one of
// its fields. Without default the API server takes max, without defaultRequest default or min.
func limitRange(in assessment.Input, resource string, fields ...string) *inventory.Subject {
	for _, s := range in.Index.In("LimitRange", in.Subject.Namespace) {
		if !holdsFor(s, in.Subject) {
			continue
		}
		for _, item := range s.Root.Get("spec", "limits").Children() {
			if item.Get("type").Text() != "Container" {
				continue
			}
			for _, field := range fields {
				if value := item.Get(field, resource); value != nil && !isZero(value) {
					return s
				}
			}
		}
	}
	return nil
}

// holdsFor reports whether a LimitRange reaches a workload of its namespace. Where one of them names no namespace
// they only meet if they are applied together: both rendered from one target, or the workload's
// file beside or below that of the LimitRange. An example elsewhere in a repository gives no limits.
func holdsFor(limits, s *inventory.Subject) bool {
	if namesNamespace(limits) && namesNamespace(s) {
		return true
	}
	if limits.Source.Origin != nil && s.Source.Origin != nil {
		return limits.Source.Target == s.Source.Target
	}
	folder := path.Dir(limits.Source.File)
	return folder == "." || path.Dir(s.Source.File) == folder || strings.HasPrefix(s.Source.File, folder+"/")
}

func namesNamespace(s *inventory.Subject) bool {
	return s.Root.Get("metadata", "namespace") != nil
}

func name(in assessment.Input) string { return fmt.Sprintf("container %q", in.Container.Name) }

// isZero reports whether a quantity is nothing, as in 0, "0" or "0Mi".
func isZero(quantity *document.Node) bool {
	digits := strings.TrimLeft(strings.TrimRight(quantity.Text(), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), "+-")
	return digits != "" && strings.Trim(digits, "0.") == ""
}

package workload

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// RuntimeClassSandbox judges the pod spec of a workload that a label marks as sensitive: its
// RuntimeClass must lead to a handler that is a sandbox. The marks ("key=value", or "key" for
// any value but "false") are the parameter labels and stand on the pod template, the workload or
// its namespace; handlers are the sandboxes. It gives unknown if the RuntimeClass was not seen
// and its name does not tell.
func RuntimeClassSandbox(in assessment.Input) []assessment.Verdict {
	if !isSensitive(in) {
		return assessment.Skipped("workload is not labelled as sensitive")
	}
	handlers := in.Values.Strings("handlers")
	class := in.Element.Get("runtimeClassName")
	if class.Text() == "" {
		return []assessment.Verdict{assessment.Failed(
			"sensitive workload runs in no sandbox: runtimeClassName is not set", in.Element, "runtimeClassName")}
	}
	if object := in.Index.Find("RuntimeClass", "", class.Text()); object != nil {
		handler := object.Root.Get("handler").Text()
		if isSandbox(handler, handlers) {
			return nil
		}
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
			"sensitive workload runs in no sandbox: runtime class %q has the handler %q", class.Text(), handler), class)}
	}
	if isSandbox(class.Text(), handlers) {
		return nil
	}
	return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf(
		"runtime class %q was not seen: scan the RuntimeClass object too", class.Text()), class)}
}

// isSandbox reports whether a handler is one of those named, or a variant of one: kata-qemu is kata.
func isSandbox(handler string, handlers []string) bool {
	return slices.ContainsFunc(handlers, func(known string) bool {
		return handler == known || strings.HasPrefix(handler, known+"-")
	})
}

func isSensitive(in assessment.Input) bool {
	labels := []*document.Node{labelsOf(in.Subject), in.Subject.Labels()}
	if namespace := in.Index.Find("Namespace", "", in.Subject.Namespace); namespace != nil {
		labels = append(labels, namespace.Labels())
	}
	for _, mark := range in.Values.Strings("labels") {
		key, value, exact := strings.Cut(mark, "=")
		for _, on := range labels {
			label := on.Get(key)
			if label != nil && (label.Text() == value || !exact && label.Text() != "false") {
				return true
			}
		}
	}
	return false
}

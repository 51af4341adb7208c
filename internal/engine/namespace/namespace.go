// Package namespace judges namespaces together with what stands in them: quotas, limit ranges
// and owners. Namespaces whose object was not seen are not judged: most files are applied to
// namespaces that somebody else keeps. Begin with ResourceQuota.
package namespace

import (
	"fmt"
	"path"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// matches reports whether a name fits one of the patterns, in which * stands for any text.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		fits, err := path.Match(pattern, name)
		return err == nil && fits
	})
}

// Default judges an object of a namespaced kind: it fails if the object names the namespace
// "default", or is a workload that names none in a file that people apply themselves. What a
// chart or overlay rendered without a namespace goes where its release goes.
func Default(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	named := s.Root.Get("metadata", "namespace")
	switch {
	case s.Controlled() || slices.Contains(in.Values.Strings("allowed"), s.Kind+"/"+s.Name):
		return assessment.Skipped("belongs to the namespace itself, or its owner is judged")
	case named.Text() == "default":
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s %q is in the namespace default", s.Kind, s.Name), named)}
	case named != nil || s.Namespace != "default":
		return nil
	case s.Pod == nil:
		return assessment.Skipped("names no namespace: workloads are judged for that")
	case s.Source.Origin != nil:
		return assessment.Skipped("names no namespace: the release decides")
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
		"%s %q names no namespace, so it goes to default", s.Kind, s.Name), s.Root, "metadata", "namespace")}
}

// ResourceQuota judges a Namespace: it fails if no ResourceQuota in it was seen, or none that
// bounds one of the parameter resources.
func ResourceQuota(in assessment.Input) []assessment.Verdict {
	name := in.Subject.Name
	if matches(in.Values.Strings("exempt"), name) {
		return assessment.Skipped("an exempt namespace")
	}
	var unbounded *inventory.Subject
	for _, quota := range in.Index.In("ResourceQuota", name) {
		if bounds(quota.Root.Get("spec", "hard"), in.Values.Strings("resources")) {
			return nil
		}
		unbounded = quota
	}
	if unbounded != nil {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
			"ResourceQuota %q of namespace %q bounds neither CPU nor memory nor pods", unbounded.Name, name), in.Element, "metadata", "name")}
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("namespace %q has no ResourceQuota", name), in.Element, "metadata", "name")}
}

func bounds(hard *document.Node, resources []string) bool {
	return slices.ContainsFunc(resources, func(resource string) bool { return hard.Get(resource) != nil })
}

// LimitRange judges a Namespace: it fails if no LimitRange was seen that gives its containers
// default limits, or a maximum, of every one of the parameter resources.
func LimitRange(in assessment.Input) []assessment.Verdict {
	name := in.Subject.Name
	if matches(in.Values.Strings("exempt"), name) {
		return assessment.Skipped("an exempt namespace")
	}
	wanted := in.Values.Strings("resources")
	given := map[string]bool{}
	seen := false
	for _, limits := range in.Index.In("LimitRange", name) {
		seen = true
		for _, item := range limits.Root.Get("spec", "limits").Children() {
			for _, resource := range wanted {
				if item.Get("type").Text() == "Container" && (item.Get("default", resource) != nil || item.Get("max", resource) != nil) {
					given[resource] = true
				}
			}
		}
	}
	if !seen {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("namespace %q has no LimitRange", name), in.Element, "metadata", "name")}
	}
	for _, resource := range wanted {
		if !given[resource] {
			return []assessment.Verdict{assessment.Failed(fmt.Sprintf("no LimitRange of namespace %q gives containers a default %s limit",
				name, resource), in.Element, "metadata", "name")}
		}
	}
	return nil
}

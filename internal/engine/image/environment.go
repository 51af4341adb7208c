package image

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// imageOf gives the image of the container judged, or why it cannot be judged.
func imageOf(in assessment.Input) (Reference, *document.Node, []assessment.Verdict) {
	node := in.Element.Get("image")
	if node.Text() == "" {
		return Reference{}, nil, assessment.Skipped("names no image")
	}
	ref, err := Parse(node.Text())
	if err != nil {
		return ref, node, []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf(
			"image %q is not a valid reference: write registry/name:tag", node.Text()), node)}
	}
	return ref, node, nil
}

// RegistryOfEnvironment judges the image of a container: it fails if the environment that the
// workload's namespace belongs to is in the parameter environments, and the image comes from none
// of the registries written there.
func RegistryOfEnvironment(in assessment.Input) []assessment.Verdict {
	registries := in.Values.Map("environments")
	if len(registries) == 0 {
		return assessment.Skipped("no registries of environments are configured: set the parameter environments")
	}
	environment := environmentOf(in)
	if environment == "" {
		return assessment.Skipped(fmt.Sprintf("the environment of namespace %q is not known: label it", in.Subject.Namespace))
	}
	allowed, known := registries[environment]
	if !known {
		return assessment.Skipped(fmt.Sprintf("no registries are configured for environment %q", environment))
	}
	ref, node, skip := imageOf(in)
	if skip != nil {
		return skip
	}
	if ref.From(words(allowed)) {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
		"image %q is not from a registry of environment %q", node.Text(), environment), node)}
}

// environmentOf asks the labels of the Namespace, if that was seen, and of the workload, then the
// namespace's name.
func environmentOf(in assessment.Input) string {
	labels := []*document.Node{in.Subject.Labels()}
	if namespace := in.Index.Find("Namespace", "", in.Subject.Namespace); namespace != nil {
		labels = []*document.Node{namespace.Labels(), in.Subject.Labels()}
	}
	aliases := in.Values.Map("names")
	for _, set := range labels {
		for _, key := range in.Values.Strings("environmentLabels") {
			if value := set.Get(key).Text(); value != "" {
				return byAlias(aliases, value)
			}
		}
	}
	return byName(aliases, in.Subject)
}

// byAlias gives the environment that a label's value names; the value itself if no alias fits.
func byAlias(aliases map[string]string, value string) string {
	for _, environment := range slices.Sorted(maps.Keys(aliases)) {
		if environment == value || slices.Contains(words(aliases[environment]), value) {
			return environment
		}
	}
	return value
}

// byName finds an environment's alias between the dashes of the namespace's name, as in shop-prod.
func byName(aliases map[string]string, s *inventory.Subject) string {
	parts := strings.Split(s.Namespace, "-")
	for _, environment := range slices.Sorted(maps.Keys(aliases)) {
		for _, alias := range append(words(aliases[environment]), environment) {
			if alias == parts[0] || alias == parts[len(parts)-1] {
				return environment
			}
		}
	}
	return ""
}

// words splits a list that is written in one string, by commas and spaces.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
}

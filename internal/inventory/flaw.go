package inventory

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Flaws are the ways in which a workload is not what its kind promises, so that parts of it
// cannot be judged: they are errors, or those parts would pass unseen.
func (s *Subject) Flaws() []Error {
	if _, known := podTemplates[s.Kind]; !known && s.Pod == nil {
		return nil
	}
	if s.Pod == nil {
		if s.Root.Get("spec", "workloadRef") != nil {
			return nil // an Argo Rollout may point at a Deployment instead
		}
		missing := "pod template"
		if s.Kind == "Pod" {
			missing = "spec"
		}
		return []Error{s.flaw(s.Root, "%s %q has no %s that can be read: nothing of it was judged", s.Kind, s.Name, missing)}
	}
	var flaws []Error
	for _, field := range []string{"containers", "initContainers", "ephemeralContainers", "volumes"} {
		list := s.Pod.Spec.Get(field)
		if list != nil && list.Kind != document.List {
			flaws = append(flaws, s.flaw(list, "%s is %s where a list is expected: it was not judged", list.Path(), list.Kind.Named()))
			continue
		}
		for _, element := range list.Children() {
			if element.Kind != document.Map {
				flaws = append(flaws, s.flaw(element, "%s is %s where a map is expected: it was not judged", element.Path(), element.Kind.Named()))
			}
		}
	}
	return flaws
}

func (s *Subject) flaw(n *document.Node, format string, args ...any) Error {
	return Error{Target: s.Source.Target, File: s.Source.File, Line: int(max(n.KeyLine, n.Line)),
		Message: fmt.Sprintf(format, args...), Lost: true}
}

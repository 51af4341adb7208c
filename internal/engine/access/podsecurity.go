package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const enforceLabel = "pod-security.kubernetes.io/enforce"

// podSecurity says how far Pod Security limits the pods that a grant lets its subjects start: a
// pod without limits is the way to its node. It says nothing of namespaces that were not seen.
func podSecurity(in assessment.Input, g *rbac.Grant) string {
	if g.Namespace == "" {
		return podSecurityEverywhere(in)
	}
	namespace := in.Index.Find("Namespace", "", g.Namespace)
	if namespace == nil {
		return ""
	}
	switch level := namespace.Labels().Get(enforceLabel).Text(); level {
	case "":
		return ", which enforces no Pod Security level"
	case "privileged":
		return ", whose Pod Security level is privileged"
	}
	return ""
}

// podSecurityEverywhere counts the namespaces of a cluster: files seldom hold all of them.
func podSecurityEverywhere(in assessment.Input) string {
	namespaces := slices.DeleteFunc(slices.Clone(in.Index.Kind("Namespace")), func(s *inventory.Subject) bool { return s.Source.Cluster == "" })
	open := 0
	for _, namespace := range namespaces {
		if letsPrivileged(namespace) {
			open++
		}
	}
	if open == 0 {
		return ""
	}
	return fmt.Sprintf(", where %d of %d namespaces let privileged pods in", open, len(namespaces))
}

func letsPrivileged(namespace *inventory.Subject) bool {
	level := namespace.Labels().Get(enforceLabel).Text()
	return level == "" || level == "privileged"
}

// exists reports whether an object written as "Kind namespace/name" or "Kind name" was seen.
func exists(in assessment.Input, text string) bool {
	kind, name, _ := strings.Cut(text, " ")
	namespace, rest, found := strings.Cut(name, "/")
	if !found {
		namespace, rest = "", name
	}
	return in.Index.Find(kind, namespace, rest) != nil
}

package rbac

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// refusal says why the API server would not take a binding; "" if it would. In a cluster none
// such exists, in files they do: they give nobody anything.
// (k8s.io/kubernetes/pkg/apis/rbac/validation)
func refusal(binding *inventory.Subject) string {
	ref, kinds := binding.Root.Get("roleRef"), []string{"ClusterRole"}
	if binding.Kind == "RoleBinding" {
		kinds = []string{"Role", "ClusterRole"}
	}
	name := ref.Get("name").Text()
	switch {
	case ref == nil:
		return "it has no roleRef"
	case !slices.Contains([]string{"", apiGroup}, ref.Get("apiGroup").Text()):
		return fmt.Sprintf("apiGroup %q of roleRef is not %s", ref.Get("apiGroup").Text(), apiGroup)
	case !slices.Contains(kinds, ref.Get("kind").Text()):
		return fmt.Sprintf("kind %q of roleRef is not %s", ref.Get("kind").Text(), strings.Join(kinds, " or "))
	case name == "":
		return "roleRef has no name"
	case name == "." || name == ".." || strings.ContainsAny(name, "/%"):
		return fmt.Sprintf("name %q of roleRef is not one of a role", name)
	}
	subjects := binding.Root.Get("subjects")
	if subjects != nil && subjects.Kind != document.List {
		return "subjects is " + subjects.Kind.Named() + ", not a list"
	}
	for _, subject := range subjects.Children() {
		if why := subjectRefusal(subject, binding.Namespace); why != "" {
			return fmt.Sprintf("subject %d: %s", subject.Index()+1, why)
		}
	}
	return ""
}

func subjectRefusal(node *document.Node, bindingNamespace string) string {
	kind, name, group := node.Get("kind").Text(), node.Get("name").Text(), node.Get("apiGroup").Text()
	switch {
	case name == "":
		return "it has no name"
	case kind == ServiceAccount && group != "":
		return fmt.Sprintf("apiGroup %q of a ServiceAccount is not empty", group)
	case kind == ServiceAccount && node.Get("namespace").Text() == "" && bindingNamespace == "":
		return "the ServiceAccount has no namespace"
	case kind == ServiceAccount && !accountName(name):
		return fmt.Sprintf("name %q is not one of a ServiceAccount", name)
	case kind != ServiceAccount && kind != User && kind != Group:
		return fmt.Sprintf("kind %q is not User, Group or ServiceAccount", kind)
	case kind != ServiceAccount && group != "" && group != apiGroup:
		return fmt.Sprintf("apiGroup %q of a %s is not %s", group, kind, apiGroup)
	}
	return ""
}

// accountName reports whether a name is a DNS subdomain, as those of service accounts are.
func accountName(name string) bool {
	for _, label := range strings.Split(name, ".") {
		if label == "" || strings.Trim(label, "-") != label || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(name) <= 253
}

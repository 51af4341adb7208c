package rbac

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Rule is one rule of a role.
type Rule struct {
	Verbs, APIGroups, Resources, ResourceNames, NonResourceURLs []string
	// Node is the rule in its role (of the aggregated role, where it came by aggregation).
	Node *document.Node
}

// Request is what somebody wants to do: with a resource, or with a path that is none.
type Request struct {
	Verb      string
	Group     string // of the API, "" for core
	Resource  string // plural, "pods"; "" for a path
	Sub       string // subresource, "exec"
	Name      string // of the object; "" where none is named, as in list and create
	Namespace string // "" for cluster-scoped resources and for all namespaces at once
	Path      string // "/metrics"; "" for a resource
}

// String writes a request as people say it: "create pods/exec in namespace shop".
func (r Request) String() string {
	if r.Path != "" {
		return r.Verb + " " + r.Path
	}
	text := r.Verb + " " + r.combined()
	if r.Group != "" {
		text += "." + r.Group
	}
	if r.Name != "" {
		text += " " + r.Name
	}
	if r.Namespace != "" {
		text += " in namespace " + r.Namespace
	}
	return text
}

// combined is the resource as rules name it, with its subresource: "pods/exec".
func (r Request) combined() string {
	if r.Sub == "" {
		return r.Resource
	}
	return r.Resource + "/" + r.Sub
}

// Allows reports whether the rule allows the request, wherever its role is bound.
// (k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac RuleAllows)
func (r *Rule) Allows(request Request) bool {
	if !oneOf(r.Verbs, request.Verb) {
		return false
	}
	if request.Path != "" {
		return slices.ContainsFunc(r.NonResourceURLs, func(url string) bool { return urlMatches(url, request.Path) })
	}
	return oneOf(r.APIGroups, request.Group) && r.namesResource(request.Resource, request.Sub) &&
		(len(r.ResourceNames) == 0 || slices.Contains(r.ResourceNames, request.Name))
}

func oneOf(list []string, word string) bool {
	return slices.Contains(list, "*") || slices.Contains(list, word)
}

func (r *Rule) namesResource(resource, sub string) bool {
	full := Request{Resource: resource, Sub: sub}.combined()
	return slices.ContainsFunc(r.Resources, func(named string) bool {
		return named == "*" || named == full || sub != "" && len(named) == len(sub)+2 && named[:2] == "*/" && named[2:] == sub
	})
}

// urlMatches compares as the authorizer does: a star at the end stands for any rest.
func urlMatches(pattern, path string) bool {
	if pattern == "*" || pattern == path {
		return true
	}
	return strings.HasSuffix(pattern, "*") && strings.HasPrefix(path, strings.TrimRight(pattern, "*"))
}

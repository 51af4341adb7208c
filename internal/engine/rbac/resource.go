package rbac

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kubeproof/kubeproof/internal/engine/rbac/builtin"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Asked is what somebody names to be asked about: a resource or a path.
type Asked struct {
	Group, Resource, Sub string
	Path                 string
	// ClusterScoped is true if objects of the resource are known to live in no namespace.
	ClusterScoped bool
}

// ParseAsked reads a resource as kubectl takes it: pods, po, deployments.apps, pods/exec,
// deployments/scale.apps, *; or a path that begins with a slash. The group that is left out comes
// from Kubernetes' own resources, from the CustomResourceDefinitions of the inventory, or from the
// rules that name the resource. Words that nothing knows are an error.
func (m *Model) ParseAsked(index *inventory.Index, text string) (Asked, error) {
	if strings.HasPrefix(text, "/") {
		return Asked{Path: text}, nil
	}
	resource, sub, _ := strings.Cut(text, "/")
	resource, group, grouped := strings.Cut(resource, ".")
	if !grouped {
		sub, group, grouped = strings.Cut(sub, ".")
	}
	group = withoutVersion(group)
	switch {
	case resource == "":
		return Asked{}, fmt.Errorf("resource %q has no name: write it as pods, pods/exec or deployments.apps", text)
	case resource == "*" && !grouped:
		return Asked{Resource: "*", Sub: sub, Group: "*"}, nil
	}
	for _, r := range append(slices.Clone(builtin.Resources()), defined(index)...) {
		if (!grouped || r.Group == group) && names(r, resource) {
			return Asked{Group: r.Group, Resource: r.Name, Sub: sub, ClusterScoped: !r.Namespaced && r.Name != "namespaces"}, nil
		}
	}
	if !grouped {
		groups := m.groupsNaming(resource)
		if len(groups) != 1 {
			return Asked{}, fmt.Errorf("resource %q is unknown: write it with its group, as widgets.example.com", text)
		}
		group = groups[0]
	}
	return Asked{Group: group, Resource: resource, Sub: sub}, nil
}

// withoutVersion takes a version from the front of a group: apps of v1.apps.
func withoutVersion(group string) string {
	version, rest, found := strings.Cut(group, ".")
	if found && len(version) > 1 && version[0] == 'v' && '0' <= version[1] && version[1] <= '9' {
		return rest
	}
	return group
}

// names reports whether people mean a resource by a word: its plural, its kind, a short name.
func names(r builtin.Resource, word string) bool {
	word = strings.ToLower(word)
	return word == r.Name || r.Kind != "-" && word == strings.ToLower(r.Kind) || slices.Contains(r.Short, word)
}

// defined lists the resources that the CustomResourceDefinitions of the inventory define.
func defined(index *inventory.Index) []builtin.Resource {
	var all []builtin.Resource
	for _, object := range index.Kind("CustomResourceDefinition") {
		spec := object.Root.Get("spec")
		all = append(all, builtin.Resource{Group: spec.Get("group").Text(), Name: spec.Get("names", "plural").Text(),
			Kind: spec.Get("names", "kind").Text(), Short: texts(spec.Get("names", "shortNames")), Namespaced: spec.Get("scope").Text() != "Cluster"})
	}
	return all
}

// groupsNaming lists the groups of the rules that name a resource.
func (m *Model) groupsNaming(resource string) []string {
	var groups []string
	for _, at := range m.lookup.byResource[resource] {
		for _, group := range at.role.Rules[at.rule].APIGroups {
			if group != "*" && !slices.Contains(groups, group) {
				groups = append(groups, group)
			}
		}
	}
	return groups
}

// Request makes the question whether something may be done. The namespace "" asks for the whole
// cluster; a Namespace object lies in itself, as for the API server.
func (a Asked) Request(verb, namespace, name string) Request {
	if a.Path != "" {
		return Request{Verb: verb, Path: a.Path}
	}
	if a.Resource == "namespaces" && a.Group == "" && namespace == "" {
		namespace = name
	}
	if a.ClusterScoped {
		namespace = ""
	}
	return Request{Verb: verb, Group: a.Group, Resource: a.Resource, Sub: a.Sub, Name: name, Namespace: namespace}
}

// clusterScoped tells for Kubernetes' own resources whether their objects live in no namespace,
// so that a RoleBinding gives no right to them.
func clusterScoped(group, named string) bool {
	name, _, _ := strings.Cut(named, "/")
	return withoutNamespace()[[2]string{group, name}]
}

// withoutNamespace holds groups and names of resources. A Namespace counts as lying in itself.
var withoutNamespace = sync.OnceValue(func() map[[2]string]bool {
	found := map[[2]string]bool{}
	for _, r := range builtin.Resources() {
		if !r.Namespaced && r.Name != "namespaces" {
			found[[2]string{r.Group, r.Name}] = true
		}
	}
	return found
})

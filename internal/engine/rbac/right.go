package rbac

import (
	"slices"
	"strings"
)

// Right is one thing that a rule gives: one verb on one resource or on one path, in a namespace
// or everywhere. Group, Resource, Verb and Path may be stars, as in rules.
type Right struct {
	Namespace             string // "" everywhere
	Verb, Group, Resource string // Resource with its subresource: pods/exec
	Name                  string // of the only object; "" for all
	Path                  string
}

// String writes a right without its namespace: "get configmaps cluster-info", "get /healthz".
func (r Right) String() string {
	if r.Path != "" {
		return r.Verb + " " + r.Path
	}
	return Request{Verb: r.Verb, Group: r.Group, Resource: r.Resource, Name: r.Name}.String()
}

// readVerbs are those that change nothing.
var readVerbs = []string{"get", "list", "watch", "head", "options"}

// Reads reports whether the right changes nothing. To ask about oneself counts as reading, though
// the API does it by creating a review. Reading may be dangerous all the same: secrets.
func (r Right) Reads() bool {
	return slices.Contains(readVerbs, r.Verb) || r.Verb == "create" && strings.HasPrefix(r.Resource, "selfsubject")
}

// eachRight gives every right of a list of words, in the order written.
func eachRight(verbs, groups, resources, names, paths []string, give func(Right)) {
	if len(names) == 0 {
		names = []string{""}
	}
	for _, verb := range verbs {
		for _, path := range paths {
			give(Right{Verb: verb, Path: path})
		}
		for _, group := range groups {
			for _, resource := range resources {
				for _, name := range names {
					give(Right{Verb: verb, Group: group, Resource: resource, Name: name})
				}
			}
		}
	}
}

func (r *Rule) eachRight(give func(Right)) {
	eachRight(r.Verbs, r.APIGroups, r.Resources, r.ResourceNames, r.NonResourceURLs, give)
}

// Rights lists what the rules of a grant give, each once, in their order. What a RoleBinding
// cannot give is left out: paths, and Kubernetes' own resources that live in no namespace.
func (g *Grant) Rights() []Right {
	var all []Right
	seen := RightSet{}
	g.eachRight(func(r Right) {
		if !seen[r] {
			seen[r] = true
			all = append(all, r)
		}
	})
	return all
}

func (g *Grant) eachRight(give func(Right)) {
	if g.Role == nil || g.Refused != "" {
		return
	}
	for i := range g.Role.Rules {
		g.Role.Rules[i].eachRight(func(r Right) {
			if g.Namespace == "" || r.Path == "" && !clusterScoped(r.Group, r.Resource) {
				r.Namespace = g.Namespace
				give(r)
			}
		})
	}
}

// RightSet is a set of rights, some of which may hold stars.
type RightSet map[Right]bool

// Covers reports whether a right, or one that holds it, is in the set.
func (s RightSet) Covers(r Right) bool {
	if s[r] {
		return true
	}
	for _, wider := range r.wider() {
		if s[wider] {
			return true
		}
	}
	return false
}

// wider lists the rights that hold this one.
func (r Right) wider() []Right {
	all := []Right{r}
	also := func(change func(*Right)) {
		for _, one := range all {
			change(&one)
			all = append(all, one)
		}
	}
	also(func(one *Right) { one.Verb = "*" })
	if r.Namespace != "" {
		also(func(one *Right) { one.Namespace = "" })
	}
	if r.Path != "" {
		before := slices.Clone(all)
		for end := range len(r.Path) + 1 {
			for _, one := range before {
				one.Path = r.Path[:end] + "*"
				all = append(all, one)
			}
		}
		return all
	}
	also(func(one *Right) { one.Group = "*" })
	if r.Name != "" {
		also(func(one *Right) { one.Name = "" })
	}
	before := slices.Clone(all)
	for _, one := range before {
		one.Resource = "*"
		all = append(all, one)
		if _, sub, found := strings.Cut(r.Resource, "/"); found {
			one.Resource = "*/" + sub
			all = append(all, one)
		}
	}
	return all
}

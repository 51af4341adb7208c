package access

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// held is what a rule grants of a right: verbs on one resource.
type held struct {
	resource string // as people say it: "pods/exec", "clusterpolicies.kyverno.io"
	verbs    []string
	all      bool     // the rule grants every verb
	names    []string // the rule is narrowed to these objects
	right    *right
	rule     *rbac.Rule
}

// heldBy lists what a rule grants of a right.
func (r *right) heldBy(rule *rbac.Rule) []held {
	verbs := r.verbsOf(rule)
	if len(verbs) == 0 {
		return nil
	}
	var names []string
	if len(rule.ResourceNames) > 0 {
		for _, name := range rule.ResourceNames {
			if fitsAny(r.names, name) {
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			return nil
		}
	}
	var all []held
	for _, wanted := range r.resources {
		for _, name := range wanted.namesIn(rule) {
			if granted := nameable(verbs, name, names); len(granted) > 0 {
				all = append(all, held{resource: name, verbs: granted, all: slices.Contains(rule.Verbs, "*"), names: names, right: r, rule: rule})
			}
		}
	}
	return all
}

// verbsOf gives the verbs of the right that the rule grants.
func (r *right) verbsOf(rule *rbac.Rule) []string {
	every := slices.Contains(rule.Verbs, "*")
	var verbs []string
	for _, wanted := range r.verbs {
		switch {
		case wanted == "*":
			if every {
				return []string{"*"}
			}
		case wanted == "any" || strings.Contains(wanted, "*"):
			for _, verb := range rule.Verbs {
				if (wanted == "any" || fits(wanted, verb) || verb == "*") && !slices.Contains(verbs, verb) {
					verbs = append(verbs, verb)
				}
			}
		case every || slices.Contains(rule.Verbs, wanted):
			verbs = append(verbs, wanted)
		}
	}
	return verbs
}

// nameable drops the verbs that names cannot narrow and that a narrowed rule therefore never
// grants: the request to create an object does not tell its name to the authorizer.
func nameable(verbs []string, name string, names []string) []string {
	if len(names) == 0 || strings.Contains(name, "/") {
		return verbs
	}
	return slices.DeleteFunc(slices.Clone(verbs), func(verb string) bool { return verb == "create" || verb == "deletecollection" })
}

// namesIn gives the resources of the rule that are the wanted one, as people say them.
func (wanted resource) namesIn(rule *rbac.Rule) []string {
	if strings.HasPrefix(wanted.name, "/") {
		return wanted.pathsIn(rule)
	}
	group, found := wanted.groupIn(rule)
	if !found || wanted.isOpen() && !wanted.groupNamedBy(rule) {
		return nil // what a rule of all groups names may be of any; rules of all resources are sweeping
	}
	every := slices.Contains(rule.Resources, "*")
	_, sub, _ := strings.Cut(wanted.name, "/")
	switch {
	case wanted.name == "*":
		if every {
			return []string{display("*", group)}
		}
		return nil
	case wanted.isOpen():
		var names []string
		for _, name := range rule.Resources {
			if wanted.name == "any" && !isBookkeeping(name) || name == "*" || fits(wanted.name, name) {
				names = append(names, display(name, group))
			}
		}
		return names
	case every, slices.Contains(rule.Resources, wanted.name), sub != "" && slices.Contains(rule.Resources, "*/"+sub):
		return []string{display(wanted.name, group)}
	}
	return nil
}

// isOpen reports whether several resources may be the wanted one.
func (wanted resource) isOpen() bool {
	return wanted.name == "any" || wanted.name != "*" && strings.Contains(wanted.name, "*")
}

// isBookkeeping reports whether a subresource holds what controllers note, not what people want.
func isBookkeeping(name string) bool {
	_, sub, _ := strings.Cut(name, "/")
	return sub == "status" || sub == "finalizers" || sub == "scale"
}

func (wanted resource) groupIn(rule *rbac.Rule) (string, bool) {
	every := slices.Contains(rule.APIGroups, "*")
	switch {
	case wanted.group == "*":
		return "*", every
	case wanted.group == "any" || strings.Contains(wanted.group, "*"):
		for _, group := range rule.APIGroups {
			if wanted.group == "any" || group == "*" || fits(wanted.group, group) {
				return group, true
			}
		}
		return "", false
	}
	return wanted.group, every || slices.Contains(rule.APIGroups, wanted.group)
}

// groupNamedBy reports whether the rule names the group, where one is wanted, and not just all.
func (wanted resource) groupNamedBy(rule *rbac.Rule) bool {
	return wanted.group == "any" || wanted.group == "*" || slices.ContainsFunc(rule.APIGroups, func(group string) bool {
		return group != "*" && fits(wanted.group, group)
	})
}

func (wanted resource) pathsIn(rule *rbac.Rule) []string {
	for _, url := range rule.NonResourceURLs {
		if rest, wild := strings.CutSuffix(url, "*"); url == wanted.name || wild && strings.HasPrefix(wanted.name, rest) {
			return []string{wanted.name}
		}
	}
	return nil
}

// display writes a resource with its group, where people would not know it by its name alone.
func display(name, group string) string {
	switch {
	case name == "*" && group == "*":
		return "all resources"
	case name == "*" && group == "":
		return "all resources of the core group"
	case name == "*":
		return "all resources of " + group
	case group == "*", !strings.Contains(group, "."), strings.HasSuffix(group, ".k8s.io"):
		return name
	}
	return name + "." + group
}

package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// most is how many things a message lists before it counts the rest.
const most = 3

// sentence is the message about bindings of one place: who can do what, where, by which roles.
func sentence(who []rbac.Holder, what []held, grants []*rbac.Grant) string {
	var roles []string
	named := map[string]bool{}
	for _, g := range grants {
		if name := roleOf(g); !named[name] {
			named[name] = true
			roles = append(roles, name)
		}
	}
	return fmt.Sprintf("%s can %s%s (%s)", people(who), deeds(what), place(grants[0]), listed(roles))
}

// people lists holders: "Group ops and User bob".
func people(who []rbac.Holder) string {
	var names []string
	for _, holder := range who {
		if name := holder.Subject.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return listed(names)
}

// deeds says what is held: "create pods/exec and pods/attach, get secrets". Resources with the same
// verbs stand together.
func deeds(what []held) string {
	var verbs []string
	byVerbs := map[string][]string{}
	for _, h := range merged(what) {
		verb := joined(spoken(h.verbs), ", ", " and ")
		if h.all {
			verb = "do anything with"
		}
		name := h.resource
		if len(h.names) > 0 {
			name += " named " + strings.Join(h.names[:min(len(h.names), most)], ", ")
		}
		if byVerbs[verb] == nil {
			verbs = append(verbs, verb)
		}
		byVerbs[verb] = append(byVerbs[verb], name)
	}
	var parts []string
	for _, verb := range verbs {
		parts = append(parts, verb+" "+listed(byVerbs[verb]))
	}
	return shortList(parts, "; ", "; ")
}

// spoken are verbs as people say them.
func spoken(verbs []string) []string {
	said := slices.Clone(verbs)
	for i, verb := range said {
		if verb == "deletecollection" {
			said[i] = "delete collections of"
		}
	}
	return said
}

// merged joins what is held of one resource by several rules and rights.
func merged(what []held) []held {
	var all []held
	for _, h := range what {
		i := slices.IndexFunc(all, func(other held) bool { return other.resource == h.resource && slices.Equal(other.names, h.names) })
		if i < 0 {
			h.verbs = slices.Clone(h.verbs)
			all = append(all, h)
			continue
		}
		all[i].all = all[i].all || h.all
		for _, verb := range h.verbs {
			if !slices.Contains(all[i].verbs, verb) {
				all[i].verbs = append(all[i].verbs, verb)
			}
		}
	}
	return all
}

// place says where the rights of a grant hold.
func place(g *rbac.Grant) string {
	if g.Namespace == "" {
		return " in the whole cluster"
	}
	return " in namespace " + g.Namespace
}

func roleOf(g *rbac.Grant) string { return fmt.Sprintf("%s %q", g.RoleKind, g.RoleName) }

func listed(names []string) string { return shortList(names, ", ", " and ") }

// shortList joins at most a few names and counts the others.
func shortList(names []string, comma, last string) string {
	if rest := len(names) - most; rest > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], comma), rest)
	}
	return joined(names, comma, last)
}

func joined(names []string, comma, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], comma) + last + names[len(names)-1]
}

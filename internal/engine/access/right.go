package access

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// right is one dangerous right as controls and .kubeproof.yaml write it:
//
//	VERBS RESOURCES [named NAMES] [in NAMESPACES] [before 1.MINOR] [with RIGHT | unless RIGHT]
//
// VERBS, RESOURCES, NAMES and NAMESPACES are lists with commas and no spaces; holding any one verb
// on any one resource is holding the right. A resource is NAME[/SUBRESOURCE][.GROUP], as in pods,
// pods/exec and deployments.apps, or a path such as /metrics.
//
//   - "*" alone stands for itself: the rule must grant all verbs, all resources or all groups.
//   - "any" is whichever one the rule lists, but for status, finalizers and scale.
//   - a star beside other letters fits names, as in *policies.kyverno.io or impersonate-on:*.
//   - a rule that is narrowed by resourceNames holds the right only if one of them fits NAMES, so
//     without "named" such rules are harmless, and "named *" says that narrowing does not help.
//   - "in" asks for rights that hold in one of those namespaces.
//   - "before" leaves the right out in clusters that are known to be of that version or newer.
//   - "with" adds a right without which this one is inert: the same subject must hold it where it
//     holds the first, by whichever binding.
//   - "unless" leaves the right out where the same subject holds a second one so, too, of which it is
//     the lesser part and which another control tells.
type right struct {
	verbs      []string
	resources  []resource
	names      []string
	namespaces []string
	before     int // minor version; 0 for always
	with       *right
	unless     *right
}

// resource is a resource with its subresource, of a group, or a path.
type resource struct{ name, group string }

// parseRights reads a list of rights.
func parseRights(texts []string) ([]*right, error) {
	var all []*right
	for _, text := range texts {
		r, err := parseRight(strings.Fields(text))
		if err != nil {
			return nil, fmt.Errorf("read right %q: %w", text, err)
		}
		all = append(all, r)
	}
	return all, nil
}

func parseRight(words []string) (*right, error) {
	if len(words) < 2 {
		return nil, fmt.Errorf("write it as VERBS RESOURCES, as in \"create pods/exec\"")
	}
	r := &right{verbs: strings.Split(words[0], ",")}
	for _, name := range strings.Split(words[1], ",") {
		r.resources = append(r.resources, parseResource(name))
	}
	return r, r.parseClauses(words[2:])
}

func parseResource(text string) resource {
	if strings.HasPrefix(text, "/") {
		return resource{name: text}
	}
	name, group, _ := strings.Cut(text, ".")
	return resource{name, group}
}

func (r *right) parseClauses(words []string) (err error) {
	for len(words) > 0 {
		switch words[0] {
		case "with":
			r.with, err = parseRight(words[1:])
			return err
		case "unless":
			r.unless, err = parseRight(words[1:])
			return err
		}
		if len(words) < 2 {
			return fmt.Errorf("nothing follows %q", words[0])
		}
		switch words[0] {
		case "named":
			r.names = strings.Split(words[1], ",")
		case "in":
			r.namespaces = strings.Split(words[1], ",")
		case "before":
			minor, found := strings.CutPrefix(words[1], "1.")
			if r.before, err = strconv.Atoi(minor); err != nil || !found {
				return fmt.Errorf("%q is no version: write it as 1.35", words[1])
			}
		default:
			return fmt.Errorf("%q is none of named, in, before, with and unless", words[0])
		}
		words = words[2:]
	}
	return nil
}

// fits reports whether a name fits a pattern in which stars stand for any letters.
func fits(pattern, name string) bool {
	if !strings.Contains(pattern, "*") {
		return pattern == name
	}
	// path.Match stops at slashes, which names here may hold.
	matched, err := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
	return err == nil && matched
}

func fitsAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return fits(pattern, name) })
}

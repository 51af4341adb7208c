package cluster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// subjects are all objects that were read, in their order.
func (r *reading) subjects() []*inventory.Subject {
	var all []*inventory.Subject
	for i := range r.results {
		all = append(all, r.results[i].subjects...)
	}
	slices.SortStableFunc(all, order)
	return all
}

// gaps tell of which kinds not all was seen. Kinds that no control knows, and that the role of
// `kubeproof rbac role` leaves out, are none.
func (r *reading) gaps() []inventory.Gap {
	seen := map[string]bool{}
	for i := range r.results {
		if found := &r.results[i]; found.err == nil {
			seen[found.kind] = true
		}
	}
	var all []inventory.Gap
	for i := range r.results {
		found := &r.results[i]
		gap := inventory.Gap{Target: r.options.Target, Kind: found.kind}
		switch {
		case found.err == nil && found.within == "":
			continue
		case found.err == nil:
			// What was not asked for is nobody's failure, but absence means nothing there.
			gap.Except, gap.Unasked = []string{found.within}, true
			gap.Reason = fmt.Sprintf("only namespace %s was asked for", found.within)
		case !found.denied():
			gap.Reason = "list " + found.resource.String() + ": " + found.err.Error()
		case found.within != "" && (r.options.Namespace == "" || !found.namespaced):
			gap.Except = []string{found.within}
			gap.Reason = found.want(" in all namespaces, only in " + found.within)
		case found.within != "":
			gap.Reason = found.want(" in namespace " + found.within)
		default:
			gap.Reason = found.want("")
		}
		if known(found.resource) || !seen[found.kind] && !found.denied() {
			all = append(all, gap)
		}
	}
	slices.SortStableFunc(all, func(a, b inventory.Gap) int { return strings.Compare(a.Kind, b.Kind) })
	return all
}

// want says which right is missing, where, and who gives it.
func (r *result) want(where string) string {
	option := ""
	if r.String() == "secrets" {
		option = " --with-secrets"
	}
	return fmt.Sprintf("no right to list %s%s: grant list on %s (kubeproof rbac role%s prints a role)", r.resource, where, r.resource, option)
}

// errors tell what went wrong: lists that failed, those for one reason together, and objects that
// cannot be read.
func (r *reading) errors() []inventory.Error {
	var all []inventory.Error
	add := func(lost bool, format string, args ...any) {
		all = append(all, inventory.Error{Target: r.options.Target, Lost: lost, Message: fmt.Sprintf(format, args...)})
	}
	var reasons []string
	failed := map[string][]string{}
	var foreign []string
	for i := range r.results {
		found := &r.results[i]
		switch {
		case found.denied() && !known(found.resource):
			foreign = append(foreign, found.resource.String())
		case found.err != nil && !found.denied():
			reason := found.err.Error()
			if failed[reason] == nil {
				reasons = append(reasons, reason)
			}
			failed[reason] = append(failed[reason], found.resource.String())
		}
		for _, broken := range found.broken {
			add(true, "%s: look at it with `kubectl get %s -o yaml`", broken, found.resource)
		}
		if more := found.unread - len(found.broken); more > 0 {
			add(true, "and %d more objects of %s cannot be read", more, found.resource)
		}
	}
	for _, reason := range reasons {
		add(true, "list %s: %s", enumerate(failed[reason]), reason)
	}
	if len(foreign) > 0 {
		add(false, "no right to list %s, which no built-in control reads: grant list if controls of your own do", enumerate(foreign))
	}
	return all
}

// mostBroken is how many broken objects of one resource are reported.
const mostBroken = 20

// enumerate lists names, in their order and not too many.
func enumerate(names []string) string {
	slices.Sort(names)
	if more := len(names) - mostNamed; more > 1 {
		return strings.Join(names[:mostNamed], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

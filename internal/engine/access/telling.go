package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/bundle"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// telling is one finding: what the same subjects hold in one place by one or more bindings.
type telling struct {
	bindings []told // by name, so that files and a cluster tell the same at the same binding
	names    map[bindingName]bool
}

type bindingName struct{ kind, namespace, name string }

// told is what one binding gives, and where its verdict is.
type told struct {
	at    int
	grant *rbac.Grant
	who   []rbac.Holder
	what  []held
}

// tellingKey is what bindings have in common that make one finding.
type tellingKey struct{ bundle, cluster, namespace, who string }

// tellings gathers what the bindings of an inventory give.
type tellings struct {
	index *inventory.Index
	all   []*telling
	byKey map[tellingKey][]*telling
}

// add puts a binding to those that say the same. Another one of the same name is that of another
// installation and says it again.
func (t *tellings) add(at int, g *rbac.Grant, who []rbac.Holder, what []held) {
	key := tellingKey{bundle: bundle.Of(t.index, g.Binding), cluster: g.Binding.Source.Cluster, namespace: g.Namespace, who: fmt.Sprint(subjectsOf(who))}
	name := bindingName{g.Binding.Kind, g.Binding.Namespace, g.Binding.Name}
	i := slices.IndexFunc(t.byKey[key], func(other *telling) bool { return !other.names[name] })
	if i < 0 {
		i = len(t.byKey[key])
		another := &telling{names: map[bindingName]bool{}}
		t.byKey[key], t.all = append(t.byKey[key], another), append(t.all, another)
	}
	same := t.byKey[key][i]
	same.bindings, same.names[name] = append(same.bindings, told{at, g, who, what}), true
}

func subjectsOf(who []rbac.Holder) []rbac.Subject {
	var all []rbac.Subject
	for _, holder := range who {
		all = append(all, holder.Subject)
	}
	return all
}

// tell writes the verdicts: a failure of the first binding, which the others refer to.
func (t *telling) tell(in assessment.Input, verdicts []assessment.Verdict) {
	slices.SortStableFunc(t.bindings, func(a, b told) int { return strings.Compare(a.grant.Binding.Name, b.grant.Binding.Name) })
	var what []held
	var grants []*rbac.Grant
	for _, binding := range t.bindings {
		what, grants = append(what, binding.what...), append(grants, binding.grant)
	}
	first := t.bindings[0]
	message := sentence(first.who, what, grants)
	if in.Values.Bool("podSecurity") {
		message += podSecurity(in, first.grant)
	}
	verdict := assessment.Failed(message, guilty(first.grant, first.who))
	verdict.Subject = first.grant.Binding
	verdicts[first.at] = verdict
	for _, other := range t.bindings[1:] {
		verdicts[other.at] = assessment.Verdict{Outcome: assessment.NotApplicable, Subject: other.grant.Binding,
			Message: fmt.Sprintf("told at %s %q", first.grant.Binding.Kind, first.grant.Binding.Name)}
	}
}

// toldWider reports whether the subjects hold the same rights in the whole cluster, too, where they
// are told.
func (s *search) toldWider(g *rbac.Grant, who []rbac.Holder, what []held) bool {
	if g.Namespace == "" {
		return false
	}
	for _, holder := range who {
		wide := s.everywhere(holder.Subject, bundle.Of(s.in.Index, g.Binding))
		for _, h := range what {
			if slices.Contains(s.rights, h.right) && !wide.total && !wide.rights[h.right] {
				return false
			}
		}
	}
	return true
}

// wide is what a subject holds in the whole cluster: total control, or some of the rights.
type wide struct {
	total  bool
	rights map[*right]bool
}

type wideKey struct {
	who    rbac.Subject
	bundle string
}

// everywhere gives what a subject holds in the whole cluster by bindings of a bundle.
func (s *search) everywhere(who rbac.Subject, within string) *wide {
	key := wideKey{who, within}
	if known := s.byWide[key]; known != nil {
		return known
	}
	found := &wide{rights: map[*right]bool{}}
	s.byWide[key] = found
	for _, g := range s.model.GrantsOf(who) {
		if g.Namespace != "" || g.Role == nil || g.Refused != "" || isDefault(s.model, g) || bundle.Of(s.in.Index, g.Binding) != within {
			continue
		}
		found.total = found.total || isTotalGrant(g)
		for _, h := range s.held(g.Role) {
			found.rights[h.right] = true
		}
	}
	return found
}

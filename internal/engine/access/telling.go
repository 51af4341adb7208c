package access

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/bundle"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// telling is one finding: what the same subjects hold in one place by one or more bindings.
type telling struct {
	at     []int // the verdicts of the bindings
	grants []*rbac.Grant
	who    []rbac.Holder // of the first binding
	what   []held
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
	i := slices.IndexFunc(t.byKey[key], func(other *telling) bool { return !slices.ContainsFunc(other.grants, isNamesake(g)) })
	if i < 0 {
		i = len(t.byKey[key])
		first := &telling{who: who}
		t.byKey[key], t.all = append(t.byKey[key], first), append(t.all, first)
	}
	same := t.byKey[key][i]
	same.at, same.grants, same.what = append(same.at, at), append(same.grants, g), append(same.what, what...)
}

func isNamesake(g *rbac.Grant) func(*rbac.Grant) bool {
	return func(other *rbac.Grant) bool {
		return other.Binding.Kind == g.Binding.Kind && other.Binding.Namespace == g.Binding.Namespace && other.Binding.Name == g.Binding.Name
	}
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
	first := t.grants[0]
	message := sentence(t.who, t.what, t.grants)
	if in.Values.Bool("podSecurity") {
		message += podSecurity(in, first)
	}
	verdict := assessment.Failed(message, guilty(first, t.who))
	verdict.Subject = first.Binding
	verdicts[t.at[0]] = verdict
	for i, at := range t.at[1:] {
		verdicts[at] = assessment.Verdict{Outcome: assessment.NotApplicable, Subject: t.grants[i+1].Binding,
			Message: fmt.Sprintf("told at %s %q", first.Binding.Kind, first.Binding.Name)}
	}
}

// toldWider reports whether the subjects hold the same rights in the whole cluster, too, where they
// are told.
func (s *search) toldWider(g *rbac.Grant, who []rbac.Holder, what []held) bool {
	if g.Namespace == "" {
		return false
	}
	for _, holder := range who {
		for _, h := range what {
			if slices.Contains(s.rights, h.right) && !s.holdsEverywhere(holder.Subject, h.right, g) {
				return false
			}
		}
	}
	return true
}

func (s *search) holdsEverywhere(who rbac.Subject, wanted *right, g *rbac.Grant) bool {
	return slices.ContainsFunc(s.model.GrantsOf(who), func(wide *rbac.Grant) bool {
		if wide.Namespace != "" || wide.Role == nil || wide.Refused != "" || isDefault(s.model, wide) ||
			bundle.Of(s.in.Index, wide.Binding) != bundle.Of(s.in.Index, g.Binding) {
			return false
		}
		return isTotalGrant(wide) || slices.ContainsFunc(s.held(wide.Role), func(h held) bool { return h.right == wanted })
	})
}

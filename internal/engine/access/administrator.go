package access

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// administrators are the people who hold total control of the cluster, by the bindings that say so.
type administrators struct {
	bindings []*rbac.Grant // with people among their subjects
	users    []rbac.Subject
	groups   []rbac.Subject
}

func administratorsOf(model *rbac.Model, allowed []string) administrators {
	var all administrators
	for _, g := range model.Grants {
		if g.Namespace != "" || !isTotalGrant(g) || isDefault(model, g) || !hasPeople(g) {
			continue
		}
		all.bindings = append(all.bindings, g)
		for _, holder := range g.Subjects {
			list := &all.users
			if holder.Kind == rbac.Group {
				list = &all.groups
			}
			if holder.Subject.Human() && !fitsAny(allowed, holder.Subject.String()) && !slices.Contains(*list, holder.Subject) {
				*list = append(*list, holder.Subject)
			}
		}
	}
	return all
}

// verdicts says of the first binding what is wrong; with an empty message all pass.
func (a administrators) verdicts(message string) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for i, g := range a.bindings {
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		if message != "" && i == 0 {
			verdict = assessment.Failed(message, g.Binding.Root, "subjects")
		}
		verdict.Subject = g.Binding
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

// Alone judges the bindings that give people total control everywhere: it fails if these are fewer
// than the parameter "people" and no group is among them, for then nobody can stand in. Members of
// groups are not seen, so a group counts as enough.
func Alone(in assessment.Input) []assessment.Verdict {
	all := administratorsOf(rbac.Of(in.Index), nil)
	switch wanted := in.Values.Int("people"); {
	case len(all.groups) > 0 || len(all.users) >= wanted:
		return all.verdicts("")
	case len(all.users) == 1:
		return all.verdicts(fmt.Sprintf("only %s administers the cluster: nobody can stand in", all.users[0]))
	default:
		return all.verdicts(fmt.Sprintf("only %d people administer the cluster, %d should be able to", len(all.users), wanted))
	}
}

// Crowd judges the same bindings: it fails if more users and groups than the parameter "most"
// hold total control.
func Crowd(in assessment.Input) []assessment.Verdict {
	all := administratorsOf(rbac.Of(in.Index), in.Values.Strings("allowed"))
	count, most := len(all.users)+len(all.groups), in.Values.Int("most")
	if count <= most {
		return all.verdicts("")
	}
	var names []string
	for _, who := range slices.Concat(all.groups, all.users) {
		names = append(names, who.String())
	}
	return all.verdicts(fmt.Sprintf("%d users and groups administer the cluster (%s), more than %d", count, listed(names), most))
}

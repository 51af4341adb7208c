package access

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// Bound judges every binding at once by the names in it: it fails if one of the parameter
// "subjects" is bound to one of the parameter "roles" ("ClusterRole cluster-admin"; both are lists
// of patterns), unless the subject is in "allowed" or the role in "harmless". The parameter "scope"
// is that of Holders. If "namedReads" is true roles pass that do no more than read objects by name,
// other than Secrets: such bindings publish these. Bindings that Kubernetes makes by itself pass.
func Bound(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	var verdicts []assessment.Verdict
	for _, g := range model.Grants {
		verdict := assessment.Verdict{Outcome: assessment.Pass, Subject: g.Binding}
		if who := boundBy(in, model, g); len(who) > 0 {
			verdict = assessment.Failed(fmt.Sprintf("%s %s %s%s", people(who), plural("holds", "hold", who), roleOf(g), place(g)), guilty(g, who))
			verdict.Subject = g.Binding
		}
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

// boundBy lists the subjects of a binding that should not have its role.
func boundBy(in assessment.Input, model *rbac.Model, g *rbac.Grant) []rbac.Holder {
	role := g.RoleKind + " " + g.RoleName
	if isDefault(model, g) || !inScope(in.Values.String("scope"), g) ||
		!fitsAny(in.Values.Strings("roles"), role) || fitsAny(in.Values.Strings("harmless"), role) ||
		in.Values.Bool("namedReads") && readsByName(g.Role) {
		return nil
	}
	var who []rbac.Holder
	for _, holder := range g.Subjects {
		name := holder.Subject.String()
		if fitsAny(in.Values.Strings("subjects"), name) && !fitsAny(in.Values.Strings("allowed"), name) {
			who = append(who, holder)
		}
	}
	return who
}

// readsByName reports whether a role was seen and only reads objects that it names, none a Secret.
func readsByName(role *rbac.Role) bool {
	return role != nil && !slices.ContainsFunc(role.Rules, func(rule rbac.Rule) bool {
		changes := slices.ContainsFunc(rule.Verbs, func(verb string) bool { return !slices.Contains([]string{"get", "list", "watch"}, verb) })
		return changes || len(rule.ResourceNames) == 0 || slices.Contains(rule.Resources, "secrets") || slices.Contains(rule.Resources, "*")
	})
}

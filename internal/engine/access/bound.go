package access

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// Bound judges every binding at once by the names in it: it fails if one of the parameter
// "subjects" is bound to one of the parameter "roles" ("ClusterRole cluster-admin"; both are lists
// of patterns), unless the subject is in "allowed" or the role in "harmless". The parameter "scope"
// is that of Holders. Bindings that Kubernetes makes by itself pass.
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
		!fitsAny(in.Values.Strings("roles"), role) || fitsAny(in.Values.Strings("harmless"), role) {
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

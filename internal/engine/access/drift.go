package access

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// Drift judges the roles and bindings that bear the name of one that Kubernetes makes itself: it
// fails if somebody gave them more than the defaults of the cluster's version. Everybody who holds
// such a role got it with them, and nobody looks for it there.
func Drift(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	var verdicts []assessment.Verdict
	for _, kind := range []string{"ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding"} {
		for _, object := range in.Index.Kind(kind) {
			switch origin := model.Origin(object); origin.Maker {
			case rbac.BuiltIn:
				verdicts = append(verdicts, assessment.Verdict{Outcome: assessment.Pass, Subject: object})
			case rbac.Drifted:
				field := "rules"
				if object.Root.Get("roleRef") != nil {
					field = "subjects"
				}
				verdict := assessment.Failed(fmt.Sprintf("%s %q is not as Kubernetes makes it: %s", kind, object.Name, origin.Note), object.Root, field)
				verdict.Subject = object
				verdicts = append(verdicts, verdict)
			}
		}
	}
	return verdicts
}

package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// wholeCluster reports whether a cluster was looked at, so that what was not seen does not exist.
// Files show a part only: the rest may be applied from elsewhere.
func wholeCluster(in assessment.Input) bool { return len(in.Index.Kind(inventory.FactCluster)) > 0 }

// Dangling judges every binding at once: it fails in a cluster if the role, a ServiceAccount or its
// namespace does not exist. In files a role that was not seen is unknown: its rights were not judged.
func Dangling(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	var verdicts []assessment.Verdict
	for _, g := range model.Grants {
		found := missingRole(in, g)
		if wholeCluster(in) && !isDefault(model, g) {
			found = append(found, missingAccounts(in, g)...)
		}
		if len(found) == 0 {
			found = []assessment.Verdict{{Outcome: assessment.Pass}}
		}
		for _, verdict := range found {
			verdict.Subject = g.Binding
			verdicts = append(verdicts, verdict)
		}
	}
	return verdicts
}

func missingRole(in assessment.Input, g *rbac.Grant) []assessment.Verdict {
	if g.Role != nil {
		return nil
	}
	ref := g.Binding.Root.Get("roleRef")
	if ref == nil {
		ref = g.Binding.Root
	}
	if wholeCluster(in) && in.Inventory.Saw(g.Namespace, g.RoleKind) {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s does not exist: whoever may create it decides what the binding gives", roleOf(g)), ref)}
	}
	if g.RoleKind == "ClusterRole" && (slices.Contains(userFacing, g.RoleName) || strings.HasPrefix(g.RoleName, "system:")) {
		return nil // every cluster has it
	}
	return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf("the rules of %s were not seen: scan the files that hold it too", roleOf(g)), ref)}
}

// missingAccounts finds subjects that do not exist; of several in one missing namespace the first.
func missingAccounts(in assessment.Input, g *rbac.Grant) []assessment.Verdict {
	var verdicts []assessment.Verdict
	fail := func(node *document.Node, format string, args ...any) {
		verdicts = append(verdicts, assessment.Failed(fmt.Sprintf(format, args...), node))
	}
	var gone []string
	for _, holder := range g.Subjects {
		if holder.Kind != rbac.ServiceAccount {
			continue
		}
		switch {
		case slices.Contains(gone, holder.Namespace):
		case in.Index.Find("Namespace", "", holder.Namespace) == nil && in.Inventory.Saw("", "Namespace"):
			gone = append(gone, holder.Namespace)
			fail(holder.Node, "namespace %q of ServiceAccount %q does not exist: whoever creates both gets the rights of %s", holder.Namespace, holder.Name, roleOf(g))
		case in.Index.Find("ServiceAccount", holder.Namespace, holder.Name) == nil && in.Inventory.Saw(holder.Namespace, "ServiceAccount"):
			fail(holder.Node, "%s does not exist: whoever creates it gets the rights of %s", holder.Subject, roleOf(g))
		}
	}
	return verdicts
}

// CrossNamespace judges RoleBindings: it fails if one gives rights to a ServiceAccount of another
// namespace, so that people know which namespaces trust each other.
func CrossNamespace(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	var verdicts []assessment.Verdict
	for _, g := range model.Grants {
		if g.Namespace == "" {
			continue
		}
		var who []rbac.Holder
		for _, holder := range g.Subjects {
			if holder.Kind == rbac.ServiceAccount && holder.Namespace != g.Namespace && !fitsAny(in.Values.Strings("harmless"), g.RoleKind+" "+g.RoleName) && !fitsAny(in.Values.Strings("allowed"), holder.Subject.String()) {
				who = append(who, holder)
			}
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		if len(who) > 0 && !isDefault(model, g) {
			verdict = assessment.Failed(fmt.Sprintf("%s of another namespace %s %s%s", people(who), plural("holds", "hold", who), roleOf(g), place(g)), guilty(g, who))
		}
		verdict.Subject = g.Binding
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

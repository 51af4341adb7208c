package access

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// workloadKinds must have been seen before it means anything that no workload uses an account.
var workloadKinds = []string{"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}

// UnusedAccounts judges the ServiceAccounts of a cluster: one fails if no workload runs as it, no
// Secret holds its token and no audit log saw it. It says which rights lie idle.
func UnusedAccounts(in assessment.Input) []assessment.Verdict {
	if !wholeCluster(in) {
		return nil
	}
	model, used := rbac.Of(in.Index), accountsUsed(in.Index)
	withToken := accountsWithToken(in.Index)
	var verdicts []assessment.Verdict
	for _, object := range in.Index.Kind("ServiceAccount") {
		a := account{object.Namespace, object.Name}
		if a.name == "default" || a.namespace == system || shipped(model, object) {
			continue
		}
		who := rbac.Subject{Kind: rbac.ServiceAccount, Namespace: a.namespace, Name: a.name}
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		switch {
		case used[a] || withToken[a] || seenInLog(in.Index, who):
		case !in.Inventory.Saw(a.namespace, workloadKinds...):
			verdict = assessment.At(assessment.Unknown, "not all workloads of namespace "+a.namespace+" could be read", object.Root, "metadata", "name")
		default:
			verdict = assessment.Failed(fmt.Sprintf("nothing runs as %s%s", who, idleRights(model.Bound(who))), object.Root, "metadata", "name")
		}
		verdict.Subject = object
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

func idleRights(grants []*rbac.Grant) string {
	var roles []string
	for _, g := range grants {
		roles = append(roles, roleOf(g)+place(g))
	}
	if len(roles) == 0 {
		return ""
	}
	return ", which holds " + listed(roles)
}

func accountsWithToken(index *inventory.Index) map[account]bool {
	all := map[account]bool{}
	for _, secret := range index.Kind("Secret") {
		if name := secret.Annotation("kubernetes.io/service-account.name"); name != "" {
			all[account{secret.Namespace, name}] = true
		}
	}
	return all
}

// StrongPods judges every workload that gets a token: it fails if the token holds one of the
// parameter "rights" by any binding, for then whoever breaks the pod or its node holds them too.
func StrongPods(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	s, err := newSearch(in, model)
	if err != nil {
		return wrongParameter(model, err)
	}
	var verdicts []assessment.Verdict
	for _, workload := range in.Index.Tops() {
		a, mounted := runsAs(workload, in.Index)
		who := rbac.Subject{Kind: rbac.ServiceAccount, Namespace: a.namespace, Name: a.name}
		if !mounted || who.Origin().Foreign() && workload.Namespace == system {
			continue
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		if g, what := s.strongest(who); g != nil {
			deed := deeds(what)
			if isTotalGrant(g) {
				deed = "do everything"
			}
			verdict = assessment.Failed(fmt.Sprintf("%s runs as %s, which can %s%s%s", workload.Kind, who, deed, place(g), spread(workload)),
				workload.Pod.Spec, "serviceAccountName")
		}
		verdict.Subject = workload
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

func spread(workload *inventory.Subject) string {
	if workload.Kind == "DaemonSet" {
		return ", and its token lies on every node that it runs on"
	}
	return ""
}

// strongest finds the grant that makes a subject dangerous: total control first, then the first
// that holds a right searched for; nil if none does.
func (s *search) strongest(who rbac.Subject) (*rbac.Grant, []held) {
	grants := s.model.GrantsOf(who)
	if i := slices.IndexFunc(grants, func(g *rbac.Grant) bool { return isTotalGrant(g) && inScope(scopeCluster, g) }); i >= 0 {
		return grants[i], nil
	}
	for _, g := range grants {
		if g.Role == nil || isDefault(s.model, g) || !inScope(s.in.Values.String("scope"), g) {
			continue
		}
		var what []held
		for _, h := range allHere(s.held(g.Role), g) {
			if _, complete := s.completed(who, h, g); complete {
				what = append(what, h)
			}
		}
		if len(what) > 0 {
			return g, what
		}
	}
	return nil, nil
}

// AdminAccounts judges bindings in a cluster that give total control everywhere to a
// ServiceAccount as which nothing runs: then people or pipelines work with its token.
func AdminAccounts(in assessment.Input) []assessment.Verdict {
	if !wholeCluster(in) {
		return nil
	}
	model, used := rbac.Of(in.Index), accountsUsed(in.Index)
	var verdicts []assessment.Verdict
	for _, g := range model.Grants {
		if g.Namespace != "" || !isTotalGrant(g) || isDefault(model, g) {
			continue
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		for _, holder := range g.Subjects {
			if holder.Kind != rbac.ServiceAccount || used[account{holder.Namespace, holder.Name}] || !in.Inventory.Saw(holder.Namespace, workloadKinds...) ||
				in.Index.Find(rbac.ServiceAccount, holder.Namespace, holder.Name) == nil {
				continue // Dangling tells of those that do not exist
			}
			verdict = assessment.Failed(fmt.Sprintf("%s administers the cluster and nothing runs as it: somebody works with its token", holder.Subject), holder.Node)
			break
		}
		verdict.Subject = g.Binding
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// TooWide judges ClusterRoleBindings: it fails if all subjects are ServiceAccounts of one
// namespace whose workloads were seen there, and the role holds rights to namespaced resources of
// Kubernetes only, so that RoleBindings may do. Applications that look after all namespaces need
// what they have; hence this is advice.
func TooWide(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	used := accountsUsed(in.Index)
	var verdicts []assessment.Verdict
	for _, g := range model.Grants {
		if g.Namespace != "" || g.Role == nil {
			continue
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		if namespace := oneHome(g, used); namespace != "" && !isDefault(model, g) && onlyNamespaced(g.Role) {
			verdict = assessment.Failed(fmt.Sprintf("%s %s %s in every namespace, but %s in namespace %s: RoleBindings in the namespaces that need it are enough",
				people(g.Subjects), plural("holds", "hold", g.Subjects), roleOf(g), plural("works", "work", g.Subjects), namespace), g.Binding.Root, "kind")
		}
		verdict.Subject = g.Binding
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

// oneHome is the namespace in which the workloads of all subjects run; "" if there is not just one.
func oneHome(g *rbac.Grant, used map[account]bool) string {
	home := ""
	for _, holder := range g.Subjects {
		if holder.Kind != rbac.ServiceAccount || home != "" && holder.Namespace != home ||
			holder.Namespace == system || !used[account{holder.Namespace, holder.Name}] {
			return ""
		}
		home = holder.Namespace
	}
	return home
}

// kubernetesGroups are the groups whose namespaced resources are known here.
var kubernetesGroups = []string{"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "coordination.k8s.io",
	"discovery.k8s.io", "events.k8s.io", "rbac.authorization.k8s.io"}

// clusterOnly are further resources that need a ClusterRoleBinding.
var clusterOnly = []string{"namespaces", "componentstatuses"}

func onlyNamespaced(role *rbac.Role) bool {
	for _, rule := range role.Rules {
		if len(rule.NonResourceURLs) > 0 || len(rule.Resources) == 0 {
			return false
		}
		for _, group := range rule.APIGroups {
			if !slices.Contains(kubernetesGroups, group) {
				return false
			}
		}
		for _, name := range rule.Resources {
			name, _, _ = strings.Cut(name, "/")
			if name == "*" || slices.Contains(clusterScoped, name) || slices.Contains(clusterOnly, name) {
				return false
			}
		}
	}
	return len(role.Rules) > 0
}

// account names a ServiceAccount.
type account struct{ namespace, name string }

// runsAs is the account of a workload's pods, and whether they get its token.
func runsAs(s *inventory.Subject, index *inventory.Index) (account, bool) {
	spec, a := s.Pod.Spec, account{s.Namespace, "default"}
	for _, field := range []string{"serviceAccount", "serviceAccountName"} {
		if name := spec.Get(field).Text(); name != "" {
			a.name = name
		}
	}
	decides := spec.Get("automountServiceAccountToken")
	if object := index.Find("ServiceAccount", a.namespace, a.name); decides == nil && object != nil {
		decides = object.Root.Get("automountServiceAccountToken")
	}
	return a, decides == nil || decides.Text() != "false"
}

// accountsUsed tells as which accounts workloads of the inventory run.
func accountsUsed(index *inventory.Index) map[account]bool {
	return inventory.Derived(index, "access.accountsUsed", func(index *inventory.Index) map[account]bool {
		used := map[account]bool{}
		for _, s := range index.All() {
			if s.Pod != nil {
				a, _ := runsAs(s, index)
				used[a] = true
			}
		}
		return used
	})
}

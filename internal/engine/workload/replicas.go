package workload

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Replicas judges a workload: it fails if fewer pods run than the parameter minimum. What an
// autoscaler decides is judged at the autoscaler. StatefulSets are judged if the parameter
// stateful is true: whether data can be replicated only the application knows.
func Replicas(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	now, skip := runs(in)
	switch minimum := int64(in.Values.Int("minimum")); {
	case skip != "":
		return assessment.Skipped(skip)
	case now.by != nil:
		return assessment.Skipped(fmt.Sprintf("%s %q decides the replicas", now.by.Kind, now.by.Name))
	case s.Kind == "StatefulSet" && !in.Values.Bool("stateful"):
		return assessment.Skipped("a StatefulSet: set the parameter stateful to judge it")
	case now.count < minimum:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s runs %s, at least %d are wanted",
			s.Kind, pods(now.count), minimum), s.Root, "spec", "replicas")}
	}
	return nil
}

// runs gives the scale of the subject, or why its replicas are not judged.
func runs(in assessment.Input) (now scale, skip string) {
	s := in.Subject
	switch {
	case !replicated[s.Kind]:
		return now, s.Kind + " has no replicas to set"
	case s.Controlled():
		return now, "its owner is judged"
	}
	if now = scaleOf(s, in.Index); now.count == 0 && now.by == nil {
		return now, "scaled to 0"
	}
	return now, ""
}

// several is runs for controls that concern only workloads with more than one pod.
func several(in assessment.Input) (now scale, skip string) {
	if now, skip = runs(in); skip == "" && now.count < 2 {
		return now, "runs at most one pod for sure"
	}
	return now, skip
}

func pods(count int64) string {
	if count == 1 {
		return "1 replica"
	}
	return fmt.Sprintf("%d replicas", count)
}

// DisruptionBudget judges a workload of several pods: it fails if no PodDisruptionBudget in the
// namespace selects them.
func DisruptionBudget(in assessment.Input) []assessment.Verdict {
	now, skip := several(in)
	if skip != "" {
		return assessment.Skipped(skip)
	}
	s := in.Subject
	for _, budget := range in.Index.In("PodDisruptionBudget", s.Namespace) {
		if budgetSelects(budget, s) {
			return nil
		}
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(
		"no PodDisruptionBudget selects the %s of %s %q", pods(now.count), s.Kind, s.Name), s.Root)}
}

// budgetSelects applies the rule of policy/v1; in policy/v1beta1 an empty selector selects nothing.
func budgetSelects(budget, s *inventory.Subject) bool {
	if budget.Namespace != s.Namespace || s.Pod == nil {
		return false
	}
	labels := budget.Root.Get("spec", "selector")
	if budget.APIVersion == "policy/v1beta1" && labels.Get("matchLabels").Len()+labels.Get("matchExpressions").Len() == 0 {
		return false
	}
	return selector.Matches(labels, labelsOf(s))
}

// TopologySpread judges the pod spec of a workload of several pods: it fails if neither a
// topology spread constraint nor a pod anti-affinity term speaks of the workload's own pods.
func TopologySpread(in assessment.Input) []assessment.Verdict {
	now, skip := several(in)
	if skip != "" {
		return assessment.Skipped(skip)
	}
	constraints, antiAffinity := in.Element.Get("topologySpreadConstraints"), in.Element.Get("affinity", "podAntiAffinity")
	labels := labelsOf(in.Subject)
	for _, constraint := range constraints.Children() {
		if selector.Matches(constraint.Get("labelSelector"), labels) {
			return nil
		}
	}
	for _, term := range antiAffinityTerms(antiAffinity) {
		if selector.Matches(term.Get("labelSelector"), labels) {
			return nil
		}
	}
	if constraints.Len() > 0 {
		return []assessment.Verdict{assessment.Failed("no topology spread constraint selects the workload's own pods", constraints)}
	}
	if antiAffinity.Len() > 0 {
		return []assessment.Verdict{assessment.Failed("no pod anti-affinity term selects the workload's own pods", antiAffinity)}
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s may all run on one node: nothing spreads them",
		pods(now.count)), in.Element, "topologySpreadConstraints")}
}

func antiAffinityTerms(antiAffinity *document.Node) []*document.Node {
	terms := append([]*document.Node{}, antiAffinity.Get("requiredDuringSchedulingIgnoredDuringExecution").Children()...)
	for _, preferred := range antiAffinity.Get("preferredDuringSchedulingIgnoredDuringExecution").Children() {
		terms = append(terms, preferred.Get("podAffinityTerm"))
	}
	return terms
}

package segmentation

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// AllowAll judges every network policy that has a rule open to everybody on all ports: such a rule
// undoes what other policies deny. Policies of the namespaces in the parameter "exempt" are left
// out. Rules for egress count if the parameter "egress" is true and the namespace denies egress by
// default: elsewhere they say in words what holds without them.
func AllowAll(in assessment.Input) []assessment.Verdict {
	m := reach.Of(in.Index)
	told := map[*document.Node]bool{}
	var verdicts []assessment.Verdict
	for _, name := range m.Namespaces() {
		if exempt(in, name) {
			continue
		}
		facts := m.Namespace(name)
		egress := in.Values.Bool("egress") && facts.DenyEgress.Truth == reach.Yes
		for _, opening := range facts.Undone {
			rule := opening.Reason.Rule
			if rule == nil || told[rule] || opening.Direction == "egress" && !egress {
				continue
			}
			told[rule] = true
			verdict := assessment.Failed(fmt.Sprintf("%s %q allows all %s %s %s", opening.Reason.Policy.Kind, opening.Reason.Policy.Name,
				opening.Direction, toOrFrom(opening.Direction), opening.Peers), rule)
			verdict.Subject = opening.Reason.Policy
			verdicts = append(verdicts, verdict)
		}
	}
	return append(verdicts, passes(in.Index, verdicts)...)
}

func toOrFrom(direction string) string {
	if direction == "egress" {
		return "to"
	}
	return "from"
}

// passes gives a pass to each NetworkPolicy that no verdict speaks of.
func passes(index *inventory.Index, verdicts []assessment.Verdict) []assessment.Verdict {
	var all []assessment.Verdict
	for _, policy := range index.Kind("NetworkPolicy") {
		if !slices.ContainsFunc(verdicts, func(v assessment.Verdict) bool { return v.Subject == policy }) {
			all = append(all, assessment.Verdict{Outcome: assessment.Pass, Subject: policy})
		}
	}
	return all
}

// SelectsNothing judges every NetworkPolicy of a live cluster: it fails if the policy selects no pod
// of its namespace, though there are some: mostly a label was misspelt or has changed. Files do
// not show which pods there are.
func SelectsNothing(in assessment.Input) []assessment.Verdict {
	if len(in.Index.Kind(inventory.FactCluster)) == 0 {
		return nil
	}
	var verdicts []assessment.Verdict
	m := reach.Of(in.Index)
	for _, policy := range in.Index.Kind("NetworkPolicy") {
		if policy.Group() != "networking.k8s.io" {
			continue
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass, Subject: policy}
		endpoints, podSelector := m.In(policy.Namespace), policy.Root.Get("spec", "podSelector")
		selected := slices.ContainsFunc(endpoints, func(e *reach.Endpoint) bool { return selects(podSelector, e) })
		if len(endpoints) > 0 && !selected {
			verdict = assessment.Failed(fmt.Sprintf("policy %q selects none of the %d workloads of its namespace", policy.Name, len(endpoints)), policy.Root, "spec", "podSelector")
			verdict.Subject = policy
		}
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

func selects(podSelector *document.Node, e *reach.Endpoint) bool {
	labels := make(map[string]any, len(e.Labels))
	for key, value := range e.Labels {
		labels[key] = value
	}
	return podSelector == nil || selector.Matches(podSelector, document.Make(labels))
}

// Enforced judges the fact that describes a cluster: it fails if the cluster's network obeys no
// policies.
func Enforced(in assessment.Input) []assessment.Verdict {
	switch e := reach.Of(in.Index).Enforcement(); e.State {
	case reach.Enforces:
		return []assessment.Verdict{{Outcome: assessment.Pass, Message: e.Reason}}
	case reach.Decoration:
		message := "no network policy is enforced: " + e.Reason
		if n := len(in.Index.Kind("NetworkPolicy")); n > 0 {
			message = fmt.Sprintf("%d network policies are not enforced: %s", n, e.Reason)
		}
		return []assessment.Verdict{assessment.Failed(message, in.Element)}
	default:
		return []assessment.Verdict{assessment.At(assessment.Unknown, "whether network policies are enforced is not known: "+e.Reason, in.Element)}
	}
}

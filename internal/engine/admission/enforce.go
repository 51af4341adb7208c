// Package admission judges what is refused when objects are created: by the objects of policy
// engines, whether a policy that somebody wrote refuses what breaks it or only reports it, and by
// proof, what a cluster made of bad objects that were sent to it. Begin with Enforces and Refuses.
package admission

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Enforces judges all objects of policy engines at once: those of Kyverno, Gatekeeper and
// Kubewarden, image policies of Sigstore, ValidatingAdmissionPolicies with their bindings, and
// validating webhooks. Each fails where a request that breaks the policy is let through.
// Policies that only change or make objects are not judged.
func Enforces(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, s := range in.Inventory.Subjects {
		found, policy := judge(s, in.Index)
		if !policy {
			continue
		}
		if len(found) == 0 {
			found = []assessment.Verdict{{Outcome: assessment.Pass}}
		}
		for _, verdict := range found {
			verdict.Subject = s
			verdicts = append(verdicts, verdict)
		}
	}
	return verdicts
}

// judge gives the failures of one object and whether it is a policy at all.
func judge(s *inventory.Subject, index *inventory.Index) (found []assessment.Verdict, policy bool) {
	spec := s.Root.Get("spec")
	switch group := s.Group(); {
	case group == "kyverno.io" && (s.Kind == "ClusterPolicy" || s.Kind == "Policy"):
		return kyverno(s)
	case group == "policies.kyverno.io" && strings.HasSuffix(s.Kind, "ValidatingPolicy"):
		return kyvernoCEL(s), true
	case group == "constraints.gatekeeper.sh":
		return gatekeeper(s), true
	case group == "policies.kubewarden.io" && strings.Contains(s.Kind, "AdmissionPolicy"):
		return softened(spec.Get("mode"), "monitor"), true
	case group == "policy.sigstore.dev" && s.Kind == "ClusterImagePolicy":
		return softened(spec.Get("mode"), "warn"), true
	case group == "admissionregistration.k8s.io":
		return builtIn(s, index)
	}
	return nil, false
}

// softened fails if a mode is the one that only reports.
func softened(mode *document.Node, soft string) []assessment.Verdict {
	if mode.Text() != soft {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("policy only reports: mode is %q", soft), mode)}
}

func builtIn(s *inventory.Subject, index *inventory.Index) ([]assessment.Verdict, bool) {
	spec := s.Root.Get("spec")
	switch s.Kind {
	case "ValidatingAdmissionPolicyBinding":
		actions := spec.Get("validationActions")
		if actions != nil && !holds(actions, "Deny") {
			return []assessment.Verdict{assessment.Failed("binding only reports: validationActions is "+list(actions), actions)}, true
		}
		return nil, true
	case "ValidatingAdmissionPolicy":
		if failure := spec.Get("failurePolicy"); failure.Text() == "Ignore" {
			return []assessment.Verdict{assessment.Failed("requests pass when the policy cannot be evaluated: failurePolicy is Ignore", failure)}, true
		}
		return unbound(s, index), true
	case "ValidatingWebhookConfiguration":
		return failOpen(s)
	}
	return nil, false
}

// unbound says that a policy does nothing without a binding; another file may hold that.
func unbound(s *inventory.Subject, index *inventory.Index) []assessment.Verdict {
	for _, binding := range index.Kind("ValidatingAdmissionPolicyBinding") {
		if binding.Root.Get("spec", "policyName").Text() == s.Name {
			return nil
		}
	}
	return []assessment.Verdict{assessment.At(assessment.Unknown,
		"no ValidatingAdmissionPolicyBinding of this policy was seen: scan the files that hold it too", s.Root, "metadata", "name")}
}

// failOpen fails for webhooks that let requests pass when they do not answer. Only webhooks that
// are asked about objects of Kubernetes itself are judged: those of an operator that validate its
// own kinds guard nothing else, and their operator runs on without them.
func failOpen(s *inventory.Subject) (found []assessment.Verdict, policy bool) {
	for _, webhook := range s.Root.Get("webhooks").Children() {
		if !guardsKubernetes(webhook.Get("rules")) {
			continue
		}
		policy = true
		if failure := webhook.Get("failurePolicy"); failure.Text() == "Ignore" {
			found = append(found, assessment.Failed(fmt.Sprintf(
				"webhook %q lets requests pass when it does not answer: failurePolicy is Ignore", webhook.Get("name").Text()), failure))
		}
	}
	return found, policy
}

// guardsKubernetes reports whether rules match objects of an API group of Kubernetes itself: the
// core group, one without dots, or those of access and network.
func guardsKubernetes(rules *document.Node) bool {
	for _, rule := range rules.Children() {
		for _, group := range rule.Get("apiGroups").Children() {
			name := group.Text()
			if name == "*" || !strings.Contains(name, ".") || name == "rbac.authorization.k8s.io" || name == "networking.k8s.io" {
				return true
			}
		}
	}
	return false
}

func holds(values *document.Node, text string) bool {
	return slices.ContainsFunc(values.Children(), func(n *document.Node) bool { return n.Text() == text })
}

func list(values *document.Node) string {
	var texts []string
	for _, value := range values.Children() {
		texts = append(texts, value.Text())
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

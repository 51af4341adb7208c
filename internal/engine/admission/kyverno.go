package admission

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// kyverno judges a ClusterPolicy or Policy. A rule's own failureAction stands before the policy's
// validationFailureAction; without either the rule audits. Overrides that weaken the action for
// some namespaces fail too.
func kyverno(s *inventory.Subject) (found []assessment.Verdict, policy bool) {
	spec := s.Root.Get("spec")
	whole := spec.Get("validationFailureAction")
	blamed := false // the policy's own action is blamed once for all its rules
	for _, rule := range spec.Get("rules").Children() {
		parts := append([]*document.Node{}, rule.Get("verifyImages").Children()...)
		if validate := rule.Get("validate"); validate != nil {
			parts = append(parts, validate)
		}
		for _, part := range parts {
			policy = true
			own := part.Get("failureAction")
			switch {
			case own != nil && !strings.EqualFold(own.Text(), "Enforce"):
				found = append(found, assessment.Failed(fmt.Sprintf("rule %q only reports: failureAction is %s", rule.Get("name").Text(), own.Text()), own))
			case own == nil && !strings.EqualFold(whole.Text(), "Enforce") && !blamed:
				blamed = true
				found = append(found, assessment.Failed("policy only reports: validationFailureAction is "+orAudit(whole), spec, "validationFailureAction"))
			}
			found = append(found, overrides(part.Get("failureActionOverrides"))...)
		}
	}
	if admission := spec.Get("admission"); policy && admission != nil && !admission.Bool() {
		found = append(found, assessment.Failed("policy is not applied at admission", admission))
	}
	if policy {
		found = append(found, overrides(spec.Get("validationFailureActionOverrides"))...)
	}
	return found, policy
}

func orAudit(action *document.Node) string {
	if action == nil {
		return "Audit by default"
	}
	return action.Text()
}

func overrides(list *document.Node) []assessment.Verdict {
	var found []assessment.Verdict
	for _, override := range list.Children() {
		if action := override.Get("action"); strings.EqualFold(action.Text(), "Audit") {
			found = append(found, assessment.Failed("an override only reports in some namespaces", action))
		}
	}
	return found
}

// kyvernoCEL judges a ValidatingPolicy, ImageValidatingPolicy or their namespaced forms. Without
// validationActions they deny.
func kyvernoCEL(s *inventory.Subject) []assessment.Verdict {
	spec := s.Root.Get("spec")
	if actions := spec.Get("validationActions"); actions.Len() > 0 && !holds(actions, "Deny") {
		return []assessment.Verdict{assessment.Failed("policy only reports: validationActions is "+list(actions), actions)}
	}
	if enabled := spec.Get("evaluation", "admission", "enabled"); enabled != nil && !enabled.Bool() {
		return []assessment.Verdict{assessment.Failed("policy is not applied at admission", enabled)}
	}
	return nil
}

// gatekeeper judges a constraint. Without enforcementAction it denies; scoped actions must deny at
// the webhook.
func gatekeeper(s *inventory.Subject) []assessment.Verdict {
	action := s.Root.Get("spec", "enforcementAction")
	switch action.Text() {
	case "", "deny":
		return nil
	case "scoped":
		scoped := s.Root.Get("spec", "scopedEnforcementActions")
		for _, one := range scoped.Children() {
			if one.Get("action").Text() == "deny" && atWebhook(one.Get("enforcementPoints")) {
				return nil
			}
		}
		return []assessment.Verdict{assessment.Failed("constraint denies nothing at admission", s.Root, "spec", "scopedEnforcementActions")}
	}
	return []assessment.Verdict{assessment.Failed("constraint only reports: enforcementAction is "+action.Text(), action)}
}

func atWebhook(points *document.Node) bool {
	for _, point := range points.Children() {
		switch point.Get("name").Text() {
		case "*", "validation.gatekeeper.sh", "vap.k8s.io":
			return true
		}
	}
	return false
}

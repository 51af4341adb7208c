// Package policy writes a control as a ValidatingAdmissionPolicy, so that the API server refuses
// what a scan would report: the same CEL text judges in both places. It gives objects, as maps
// that any encoder can write, and neither reads nor writes anything itself. Begin with Translate.
package policy

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/control"
)

// NamePrefix begins the names of all policies and bindings.
const NamePrefix = "kubeproof-"

const apiVersion = "admissionregistration.k8s.io/v1"

// Translate gives a control as a policy and a binding that denies everywhere what the control
// reports. The values are the control's parameters; they become constants of the policy. Scan
// and policy agree for kinds that the API server has: custom resources that carry pods are left
// to their controllers, whose pods are judged. The error says why a control cannot be a policy:
// it is written in Go, compares objects, or judges a kind that is not known here.
//
// The policy needs Kubernetes 1.33 where a control uses macros of two variables, else 1.30.
func Translate(c *control.Control, values control.Values) (policy, binding map[string]any, err error) {
	if c.Check.CEL == "" {
		return nil, nil, fmt.Errorf("translate control %s: its check is written in Go, which the API server does not run", c.ID)
	}
	t := &translation{check: c.Check, values: values, used: map[string]bool{}}
	if err := t.translate(); err != nil {
		return nil, nil, fmt.Errorf("translate control %s: %w", c.ID, err)
	}
	validation := map[string]any{"expression": t.fine, "message": c.Title}
	if t.message != "" {
		validation["messageExpression"] = t.message
	}
	spec := map[string]any{
		"failurePolicy":    "Fail",
		"matchConstraints": map[string]any{"resourceRules": t.rules},
		"matchConditions":  []any{stays},
		"variables":        t.variables(),
		"validations":      []any{validation},
	}
	return object("ValidatingAdmissionPolicy", c, spec),
		object("ValidatingAdmissionPolicyBinding", c, map[string]any{
			"policyName": NamePrefix + c.ID, "validationActions": []any{"Deny"}}), nil
}

// stays spares objects that are being deleted: their controllers must be able to update them to
// the end, as to remove a finalizer.
var stays = map[string]any{"name": "stays", "expression": "!has(object.metadata.deletionTimestamp)"}

func object(kind string, c *control.Control, spec map[string]any) map[string]any {
	return map[string]any{
		"apiVersion": apiVersion,
		"kind":       kind,
		"metadata": map[string]any{
			"name":        NamePrefix + c.ID,
			"labels":      map[string]any{"app.kubernetes.io/managed-by": "kubeproof"},
			"annotations": map[string]any{"kubeproof.dev/control": c.ID},
		},
		"spec": spec,
	}
}

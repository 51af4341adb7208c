// Package access judges who holds which rights: the risks of RBAC, one check for one kind of risk.
// Begin with Checks.
package access

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{}

// Package audit judges audit policies by the requests that they would log. Begin with Checks.
package audit

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{}

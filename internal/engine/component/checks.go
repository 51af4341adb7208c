// Package component recognises the security components of a cluster and tells how far each of them
// is from being proven to enforce. Begin with Checks.
package component

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{}

// Package escalation finds how a subject can come by more rights than it was given: the steps from
// any subject to the administrator of the cluster, to a node, to a secret. Begin with Checks.
package escalation

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{}

// Package component recognises the security components of a cluster and tells how far each of them
// is from being proven to do its work. Begin with Purpose; the products are in known.go.
package component

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"component.Alerts":             Alerts,
	"component.ApplicationMetrics": ApplicationMetrics,
	"component.LogRetention":       LogRetention,
	"component.Managed":            Managed,
	"component.LastCompleted":      LastCompleted,
	"component.Purpose":            Purpose,
}

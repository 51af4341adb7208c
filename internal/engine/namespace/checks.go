package namespace

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"namespace.Environments":   Environments,
	"namespace.Default":        Default,
	"namespace.LimitRange":     LimitRange,
	"namespace.ResourceQuota":  ResourceQuota,
	"namespace.SingleOwner":    SingleOwner,
	"namespace.TeamNamespaces": TeamNamespaces,
}

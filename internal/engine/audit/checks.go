package audit

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"audit.Bodies":     Bodies,
	"audit.DeadRules":  DeadRules,
	"audit.Dropped":    DroppedFields,
	"audit.HidesUsers": HidesUsers,
	"audit.Logged":     Logged,
	"audit.Mismatches": Mismatches,
	"audit.Readable":   Readable,
	"audit.Stages":     OmittedStages,
}

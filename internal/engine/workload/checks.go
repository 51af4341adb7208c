package workload

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"workload.BudgetBlocksEviction":  BudgetBlocksEviction,
	"workload.CPULimit":              CPULimit,
	"workload.CPURequest":            CPURequest,
	"workload.DisruptionBudget":      DisruptionBudget,
	"workload.EphemeralStorageLimit": EphemeralStorageLimit,
	"workload.MemoryLimit":           MemoryLimit,
	"workload.MemoryRequest":         MemoryRequest,
	"workload.Replicas":              Replicas,
	"workload.RuntimeClassSandbox":   RuntimeClassSandbox,
	"workload.SecurityProfile":       SecurityProfile,
	"workload.TopologySpread":        TopologySpread,
}

// Package node judges the nodes of a cluster by what the API shows of them: what runs on those of
// the control plane, and how far apart they stand. Begin with Checks.
package node

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"node.ControlPlaneWorkloads": ControlPlaneWorkloads,
	"node.Zones":                 Zones,
}

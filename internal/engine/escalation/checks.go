// Package escalation finds how a subject can come by more rights than it was given: the steps from
// any subject to the administrator of the cluster, to root on a node, to every Secret. It makes one
// graph of an inventory: subjects, workloads, nodes and what stands between them (a new pod in a
// namespace, the tokens of a namespace) are vertices, and every right or fact that leads from one
// to the next is an edge with its condition. Begin with Of, Graph.Routes and Kinds.
package escalation

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"escalation.ToAdmin":     ToAdmin,
	"escalation.ToNode":      ToNode,
	"escalation.ToSecrets":   ToSecrets,
	"escalation.FromAnyone":  FromAnyone,
	"escalation.FromExposed": FromExposed,
}

// Package segmentation judges whether network policies keep apart what should be apart: whether the
// network obeys them, whether namespaces deny by default, and what undoes that. What may talk to
// what is told by package reach. Begin with Checks.
package segmentation

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"segmentation.AllowAll":        AllowAll,
	"segmentation.DenyEgress":      DenyEgress,
	"segmentation.DenyIngress":     DenyIngress,
	"segmentation.Enforced":        Enforced,
	"segmentation.Exposed":         Exposed,
	"segmentation.Isolated":        Isolated,
	"segmentation.MetadataAddress": MetadataAddress,
	"segmentation.SelectsNothing":  SelectsNothing,
}

// Package supplychain judges what others found out about a container image, the fact
// ContainerImage: its vulnerabilities and by which advisories they were found, who signed it, how it
// was built, of what it is made. The vulnerabilities of other software, the fact SoftwareBill, are judged
// alike. What nobody looked for is unknown or does not apply, with the way to look, and no pass.
// Begin with Checks.
package supplychain

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"supplychain.Coverage":          Coverage,
	"supplychain.DatabaseAge":       DatabaseAge,
	"supplychain.InvalidProvenance": InvalidProvenance,
	"supplychain.InvalidSignature":  InvalidSignature,
	"supplychain.Materials":         Materials,
	"supplychain.Overdue":           Overdue,
	"supplychain.Provenance":        Provenance,
	"supplychain.Signature":         Signature,
	"supplychain.Vulnerabilities":   Vulnerabilities,
}

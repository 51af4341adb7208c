// Package copying judges what Dockerfiles copy into images: from the build context, from other stages
// and from other images. Begin with Checks.
package copying

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"copying.Add":           Add,
	"copying.Archive":       Archive,
	"copying.Configuration": Configuration,
	"copying.FromUnknown":   FromUnknown,
	"copying.FromUnpinned":  FromUnpinned,
	"copying.Ignore":        Ignore,
	"copying.Recursive":     Recursive,
	"copying.SecretFile":    SecretFile,
	"copying.WholeImage":    WholeImage,
}

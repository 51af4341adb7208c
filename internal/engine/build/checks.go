// Package build judges how Dockerfiles build: on what, in which stages, as whom, what they copy and
// what the image then starts. Begin with Checks.
package build

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"build.Sudo": Sudo,
}

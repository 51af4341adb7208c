package image

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"image.RegistryOfEnvironment": RegistryOfEnvironment,
	"image.SemanticVersion":       SemanticVersion,
	"image.SpecificTag":           SpecificTag,
}

// Package secret judges whether manifests and Compose files hold secrets: what is a secret,
// internal/secret says. One file per kind of place where they stand; begin with Checks.
package secret

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"secret.InAnnotation": InAnnotation,
	"secret.InArgs":       InArgs,
	"secret.InCompose":    InCompose,
	"secret.InConfigMap":  InConfigMap,
	"secret.InEnv":        InEnv,
	"secret.InManifest":   InManifest,
}

// Package download judges what Dockerfiles fetch and what secrets they hold: integrity of downloads,
// keys, and credentials in instructions. Begin with Checks.
package download

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"download.AptKey":        AptKey,
	"download.Integrity":     Integrity,
	"download.Keys":          Keys,
	"download.MovingRef":     MovingRef,
	"download.PlainHTTP":     PlainHTTP,
	"download.Scripts":       Scripts,
	"download.SecretInArg":   SecretInArg,
	"download.SecretInEnv":   SecretInEnv,
	"download.SecretInLabel": SecretInLabel,
	"download.SecretInRun":   SecretInRun,
	"download.UnverifiedTLS": UnverifiedTLS,
}

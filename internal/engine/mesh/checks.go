// Package mesh judges service meshes: whether mutual TLS is strict and who may call whom. Begin
// with Checks.
package mesh

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{}

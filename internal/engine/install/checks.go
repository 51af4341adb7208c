// Package install judges what Dockerfiles install: upgrades, versions, caches, and programs that have
// no place in an image. Begin with Checks.
package install

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{}

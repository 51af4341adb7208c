// Package install judges what Dockerfiles install: upgrades, versions, caches, and programs that have
// no place in an image. Every check reads the calls of package managers (call.go) by the grammar of
// each (grammar.go, language.go). Begin with Checks.
package install

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"install.Upgrade":         Upgrade,
	"install.UpdateAlone":     UpdateAlone,
	"install.Apt":             Apt,
	"install.AssumeYes":       AssumeYes,
	"install.Recommended":     Recommended,
	"install.Version":         Version,
	"install.LanguageVersion": LanguageVersion,
	"install.LockFile":        LockFile,
	"install.Cache":           Cache,
	"install.Packages":        Packages,
	"install.PackageSets":     PackageSets,
	"install.RemoteAdmin":     RemoteAdmin,
	"install.SingleStage":     SingleStage,
	"install.Untrusted":       Untrusted,
	"install.Pointless":       Pointless,
}

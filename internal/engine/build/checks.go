// Package build judges how Dockerfiles build: on what, in which stages, as whom, what they copy and
// what the image then starts. Begin with Checks.
package build

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"build.AdminPorts":      AdminPorts,
	"build.BaseArgument":    BaseArgument,
	"build.BaseDigest":      BaseDigest,
	"build.BaseOld":         BaseOld,
	"build.BaseTag":         BaseTag,
	"build.BaseTagMoving":   BaseTagMoving,
	"build.BaseTagSpecific": BaseTagSpecific,
	"build.BaseTrusted":     BaseTrusted,
	"build.ChangeDirectory": ChangeDirectory,
	"build.Consecutive":     Consecutive,
	"build.ExecutableOwner": ExecutableOwner,
	"build.FixedUser":       FixedUser,
	"build.Frontend":        Frontend,
	"build.Healthcheck":     Healthcheck,
	"build.InvalidPorts":    InvalidPorts,
	"build.ManyPorts":       ManyPorts,
	"build.MinimalBase":     MinimalBase,
	"build.Overridden":      Overridden,
	"build.Pipefail":        Pipefail,
	"build.Privileges":      Privileges,
	"build.RelativeCopy":    RelativeCopy,
	"build.RuntimeSocket":   RuntimeSocket,
	"build.Setuid":          Setuid,
	"build.ShellForm":       ShellForm,
	"build.Sudo":            Sudo,
	"build.UserDrop":        UserDrop,
	"build.UserExists":      UserExists,
	"build.UserNumeric":     UserNumeric,
	"build.UserRoot":        UserRoot,
	"build.UserUnclear":     UserUnclear,
	"build.Workdir":         Workdir,
	"build.WorldWritable":   WorldWritable,
}

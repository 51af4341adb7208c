// Package imagecontents judges what is inside a container image: the fact ContainerImage. Its
// checks ask the configuration (configured) or the files (filed); what was not read is unknown and
// no pass. Begin with Checks.
package imagecontents

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"imagecontents.Age":               age,
	"imagecontents.ArbitraryUser":     filed(arbitraryUser, "owned"),
	"imagecontents.EmptyPassword":     filed(emptyPassword, "users"),
	"imagecontents.EntrypointMissing": filed(entrypointMissing, "executables"),
	"imagecontents.EntrypointOwner":   filed(entrypointOwner, "executables"),
	"imagecontents.ExtraRoot":         filed(extraRoot, "users"),
	"imagecontents.MinimalBase":       filed(minimalBase),
	"imagecontents.PackageManagers":   filed(packageManagers, "managers"),
	"imagecontents.Ports":             configured(ports),
	"imagecontents.RemoteControl":     filed(remoteControl, "tools"),
	"imagecontents.Repositories":      filed(repositories, "repositories"),
	"imagecontents.Secrets":           filed(secrets, "secrets"),
	"imagecontents.Setuid":            filed(setuid, "setuid"),
	"imagecontents.ShellForm":         configured(shellForm),
	"imagecontents.Shells":            filed(shells, "shells"),
	"imagecontents.Supported":         filed(supported),
	"imagecontents.Tools":             filed(tools, "tools"),
	"imagecontents.Unread":            unread,
	"imagecontents.TrustedBase":       configured(trustedBase),
	"imagecontents.UserDrops":         configured(userDrops),
	"imagecontents.UserKnown":         filed(userKnown, "users"),
	"imagecontents.UserRoot":          configured(userRoot),
	"imagecontents.Waste":             filed(waste, "waste"),
	"imagecontents.WorldWritable":     filed(worldWritable, "writable"),
}

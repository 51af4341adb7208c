// Package imagecontents judges what is inside a container image: the fact ContainerImage. Its
// checks ask the configuration (configured) or the files (filed); what was not read is unknown and
// no pass. Begin with Checks.
package imagecontents

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use.
var Checks = map[string]assessment.Check{
	"imagecontents.Age":               age,
	"imagecontents.ArbitraryUser":     filed(arbitraryUser),
	"imagecontents.EmptyPassword":     filed(emptyPassword),
	"imagecontents.EntrypointMissing": filed(entrypointMissing),
	"imagecontents.EntrypointOwner":   filed(entrypointOwner),
	"imagecontents.ExtraRoot":         filed(extraRoot),
	"imagecontents.MinimalBase":       filed(minimalBase),
	"imagecontents.PackageManagers":   filed(packageManagers),
	"imagecontents.Ports":             configured(ports),
	"imagecontents.RemoteControl":     filed(remoteControl),
	"imagecontents.Repositories":      filed(repositories),
	"imagecontents.Secrets":           secrets,
	"imagecontents.Setuid":            filed(setuid),
	"imagecontents.ShellForm":         configured(shellForm),
	"imagecontents.Shells":            filed(shells),
	"imagecontents.Supported":         filed(supported),
	"imagecontents.Tools":             filed(tools),
	"imagecontents.Unread":            unread,
	"imagecontents.UserDrops":         configured(userDrops),
	"imagecontents.UserKnown":         filed(userKnown),
	"imagecontents.UserRoot":          configured(userRoot),
	"imagecontents.Waste":             filed(waste),
	"imagecontents.WorldWritable":     filed(worldWritable),
}

// Package running judges containers of workloads by the images that they run, where those were read
// too: the fact ContainerImage that a container's reference, or the digest that its pod tells, belongs
// to. A container whose image was not read is not judged, and the verdict says how to read it.
// Begin with Checks; use finds the image.
package running

import "github.com/kubeproof/kubeproof/internal/assessment"

// Checks are the checks of this package by the name that controls use. All are for scopes of containers.
var Checks = map[string]assessment.Check{
	"running.AdminPorts":       byImage(adminPorts),
	"running.InvalidSignature": byImage(invalidSignature),
	"running.Moved":            moved,
	"running.Ports":            byImage(ports),
	"running.Programs":         byImage(programs),
	"running.Root":             byImage(root),
	"running.Scanned":          byImage(scanned),
	"running.Signed":           byImage(signed),
	"running.StartsAsNonRoot":  byImage(startsAsNonRoot),
	"running.Volumes":          byImage(volumes),
	"running.Vulnerable":       byImage(vulnerable),
}

package collect

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/walk"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// collector reads the targets of one kind into jobs.
type collector struct {
	prefix string // before the colon
	usage  string // how the target is written
	// bare is true if nothing need stand behind the colon.
	bare bool
	plan func(r *run, target int, name, place string)
}

// collectors are all kinds of targets that are written with a prefix; what has none is a path.
var collectors = []collector{
	{"chart", "chart:PATH", false, (*run).planChart},
	{"kustomize", "kustomize:PATH", false, (*run).planKustomize},
	{clusterPrefix, "cluster:[CONTEXT]", true, (*run).planCluster},
	{imagePrefix, "image:REF|TAR|FOLDER", false, (*run).planImage},
	{"sbom", "sbom:FILE", false, (*run).planBill},
	{"inventory", "inventory:FILE", false, (*run).planSaved},
	{auditLogPrefix, "audit-log:FILE", false, (*run).planAuditLog},
}

// unavailable are prefixes that targets may get; a path must not be taken for one of them.
var unavailable = []string{"node", "report"}

// Check refuses targets that no collector can read because of how they are written. Whether
// they exist is found out by Collect.
func Check(targets []string) error {
	for _, name := range targets {
		if name == "" {
			return fmt.Errorf("a target is empty: use %s", usages())
		}
		for _, prefix := range unavailable {
			if strings.HasPrefix(name, prefix+":") && !exists(name) {
				return fmt.Errorf("target kind %q is not available in this version: use %s", prefix+":", usages())
			}
		}
		for _, c := range collectors {
			if name == c.prefix+":" && !c.bare {
				return fmt.Errorf("target %q names no path: write %s", name, c.usage)
			}
		}
	}
	return checkClusters(targets)
}

// usages lists how targets are written.
func usages() string {
	all := "PATH, -"
	for i, c := range collectors {
		if i == len(collectors)-1 {
			return all + " or " + c.usage
		}
		all += ", " + c.usage
	}
	return all
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// plan picks the collector of a target and adds its jobs.
func (r *run) plan(target int, name string) inventory.Target {
	if err := Check([]string{name}); err != nil {
		r.add(target, name, "", func() []part { return failed("", err.Error()) })
		return inventory.Target{Kind: "unknown", Name: name}
	}
	if name == "-" {
		r.add(target, name, "-", func() []part { return r.readStdin(name) })
		r.stdinTwice(target, name)
		return inventory.Target{Kind: "stdin", Name: name}
	}
	for _, c := range collectors {
		if place, found := strings.CutPrefix(name, c.prefix+":"); found && !exists(name) {
			c.plan(r, target, name, place)
			return inventory.Target{Kind: c.prefix, Name: name}
		}
	}
	r.planPath(target, name)
	return inventory.Target{Kind: "path", Name: name}
}

// stdinTwice replaces the job of a second "-" by an error: what was read is gone.
func (r *run) stdinTwice(target int, name string) {
	if r.stdin {
		r.jobs = r.jobs[:len(r.jobs)-1]
		r.add(target, name, "-", func() []part { return failed("-", "it is named twice: name it once") })
	}
	r.stdin = true
}

// planPath looks at what stands at a path.
func (r *run) planPath(target int, name string) {
	show := filepath.ToSlash(name)
	info, err := os.Stat(name)
	switch {
	case err != nil:
		r.add(target, name, show, func() []part { return failed(show, "open: "+walk.Reason(err)) })
	case info.IsDir():
		r.planFolder(target, name)
	case path.Base(show) == "Chart.yaml":
		r.planChart(target, name, filepath.Dir(name))
	case strings.HasSuffix(show, ".tgz"), strings.HasSuffix(show, ".tar.gz"):
		r.planChart(target, name, name)
	case walk.IsKustomization(path.Base(show)):
		r.planKustomize(target, name, filepath.Dir(name))
	default:
		r.add(target, name, show, func() []part { return r.readNamed(name) })
	}
}

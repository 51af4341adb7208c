// Package collect reads targets into one inventory. The list of collectors is in target.go;
// each target becomes jobs, which run side by side and give their results in a fixed order.
// Begin with Collect.
package collect

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"

	"github.com/kubeproof/kubeproof/internal/collect/chart"
	"github.com/kubeproof/kubeproof/internal/collect/component"
	"github.com/kubeproof/kubeproof/internal/collect/image/source"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Options say how targets are read. The zero value reads them with the default limits.
type Options struct {
	// Namespace is that of namespaced objects that name none; "" means "default". Of a live cluster
	// it is the only one that is read; "" means all.
	Namespace string
	// Templates are further places of pod templates by kind, as for inventory.NewSubject.
	Templates map[string][]string
	// Chart says how every chart is rendered: value sets and what templates see of the cluster.
	// Target, Show, Namespace, PodTemplates and Limits are filled in from here.
	Chart chart.Options
	// BuildTarget is the stage of Dockerfiles that is built; "" for the last one.
	BuildTarget string
	// Cluster says how a live cluster is read.
	Cluster ClusterOptions
	// Image says how images are read.
	Image ImageOptions
	// All reads also what .gitignore and the built-in list leave out of folders.
	All bool
	// Limits bound each file; document.DefaultLimits where zero.
	Limits document.Limits
	// Stdin is what the target "-" reads; nil is empty.
	Stdin io.Reader
	// Progress is told, now and then, how many of how many jobs, and kinds of a cluster, are done;
	// nil for nobody. It is called by one goroutine at a time.
	Progress func(done, total int)
}

// Collect reads all targets, in their order, into one inventory that is the same for the same
// files. What cannot be read is an error in it, never a stop. It ends early when ctx is done,
// and the jobs not done are then errors.
func Collect(ctx context.Context, targets []string, options Options) *inventory.Inventory {
	if options.Limits == (document.Limits{}) {
		options.Limits = document.DefaultLimits
	}
	options.Image.hosts = &source.Hosts{}
	r := &run{ctx: ctx, options: options, tally: tally{tell: options.Progress}}
	inv := &inventory.Inventory{Targets: make([]inventory.Target, len(targets))}
	for i, name := range targets {
		inv.Targets[i] = r.plan(i, name)
	}
	r.work()
	for _, opened := range r.close {
		opened.Close()
	}
	for i := range inv.Targets {
		r.gather(inv, i)
	}
	inv.Targets = r.unpacked(inv.Targets)
	inv.Subjects = append(inv.Subjects, component.Derive(inv.Subjects)...)
	inventory.ResolveOwners(inv.Subjects)
	if options.Image.Running {
		r.readRunning(inv)
	}
	return inv
}

// run is one call of Collect.
type run struct {
	ctx     context.Context
	options Options
	jobs    []*job
	tally   tally
	stdin   bool // standard input is taken
	close   []io.Closer
}

// job reads a part of one target.
type job struct {
	target int
	name   string // of the target
	show   string
	read   func() []part
	parts  []part
}

// part is what one file, chart or kustomization gave.
type part struct {
	show      string // parts stand in the order of it
	subjects  []*inventory.Subject
	errors    []inventory.Error
	gaps      []inventory.Gap
	files     int
	documents int
	skipped   map[string]int
	// saved are the targets of a saved inventory, which stand instead of the file's.
	saved []inventory.Target
}

// gather adds the parts of a target to the inventory, in the order of their paths.
func (r *run) gather(inv *inventory.Inventory, target int) {
	t := &inv.Targets[target]
	var parts []part
	for _, j := range r.jobs {
		if j.target == target {
			parts = append(parts, j.parts...)
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return compare(a.show, b.show) })
	seen := map[inventory.Error]bool{}
	before := len(inv.Subjects)
	for _, p := range parts {
		t.About = cmp.Or(t.About, About(p.subjects, p.gaps))
		t.Files += p.files
		t.Documents += p.documents
		inv.Subjects = append(inv.Subjects, p.subjects...)
		inv.Gaps = append(inv.Gaps, p.gaps...)
		for reason, count := range p.skipped {
			t.Skipped = increased(t.Skipped, reason, count)
		}
		for _, e := range p.errors {
			if p.saved == nil || e.Target == "" {
				e.Target = t.Name
			}
			if !seen[e] {
				seen[e] = true
				inv.Errors = append(inv.Errors, e)
			}
		}
	}
	if len(inv.Subjects) == before && len(seen) == 0 {
		inv.Errors = append(inv.Errors, inventory.Error{Target: t.Name, Lost: true, Message: nothing(t)})
	}
}

func increased(counts map[string]int, reason string, by int) map[string]int {
	if counts == nil {
		counts = map[string]int{}
	}
	counts[reason] += by
	return counts
}

// nothing says that a target gave nothing to judge, which must not look like a pass.
func nothing(t *inventory.Target) string {
	message := "nothing that can be judged was found: name Kubernetes YAML or JSON, a chart, a kustomization, a Compose file, a Dockerfile or an image"
	if len(t.Skipped) == 0 {
		return message
	}
	message += "; left out were"
	for i, reason := range slices.Sorted(maps.Keys(t.Skipped)) {
		if i > 0 {
			message += ","
		}
		message += " " + plural(t.Skipped[reason]) + " (" + reason + ")"
	}
	return message
}

// Package chart renders Helm charts into subjects, and remembers for every rendered line the
// template line it came from and, where that is certain, the value that decided it.
//
// The chart is read by Helm's own loader, its values are put together by Helm's own code, and
// its templates run on Go's text/template with Helm's functions. It renders with its own loop
// over the templates instead of Helm's, because that one gives only finished text, stops at the
// first template that fails and cannot be bounded; a test holds the two against each other.
// Nothing is taken from the network, from the environment or from outside the chart's folder.
//
// Begin with Collect; render.go is the loop, trace.go follows the lines, origin.go answers.
package chart

import (
	"context"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Options say how a chart is rendered. The zero value renders it as `helm template release DIR` does.
type Options struct {
	// Target is what the user pointed at: its Name stands in sources and errors, and what was
	// read and skipped is counted in it. Nil counts nowhere.
	Target *inventory.Target
	// Show is the chart's path as people see it; "" is the path given to Collect.
	Show string
	// Release and Namespace name the release: "release" and "default" where empty.
	Release, Namespace string
	// KubeVersion is what templates see as the cluster's version; DefaultKubeVersion where empty.
	KubeVersion string
	// APIVersions are known to templates in addition to those of Kubernetes itself, as in
	// "monitoring.coreos.com/v1".
	APIVersions []string
	// Sets are the value sets; the chart is rendered once with each. None is one set of nothing.
	Sets []ValueSet
	// CI renders once more with each file ci/*-values.yaml of the chart, as chart-testing does.
	CI bool
	// SkipTests leaves out the objects that only `helm test` creates. They are judged otherwise:
	// a cluster's admission judges them too.
	SkipTests bool
	// PodTemplates are further places of pod templates by kind, as for inventory.NewSubject.
	PodTemplates map[string][]string
	// Limits bound the reading of what was rendered; document.DefaultLimits where zero.
	Limits document.Limits
	// Timeout bounds the rendering of one value set; DefaultTimeout where zero.
	Timeout time.Duration
	// OutputBytes bounds what one value set renders; DefaultOutputBytes where zero.
	OutputBytes int
}

// ValueSet is one choice of values, as `helm template --values FILE --set PATH=VALUE` takes them.
type ValueSet struct {
	// Name tells the set from others in sources and errors; the files' names where empty.
	Name string
	// Files are values files, later ones win. They are read and shown as given.
	Files []string
	// Set and SetString are Helm's --set and --set-string, applied after the files.
	Set, SetString []string
	read           []valuesFile // files that the chart itself brings
}

// The defaults of Options.
const (
	DefaultKubeVersion = "v1.37.0"
	DefaultTimeout     = 30 * time.Second
	DefaultOutputBytes = 64 << 20
)

// Collect renders the chart in a folder or a .tgz and gives the objects it would create: those
// of its templates and of its subcharts' that are enabled, hooks too, and its crds/ folders.
// Whatever cannot be read or rendered is an error with a way out; the rest is still given.
// The order is always the same.
func Collect(ctx context.Context, dir string, options Options) ([]*inventory.Subject, []inventory.Error) {
	c := newCollector(dir, options)
	files := c.read(dir)
	if files == nil {
		return nil, c.errors
	}
	sets := c.options.Sets
	if len(sets) == 0 {
		sets = []ValueSet{{}}
	}
	if c.options.CI {
		sets = append(sets[:len(sets):len(sets)], c.ciSets(dir, files)...)
	}
	for _, set := range sets {
		if ctx.Err() != nil {
			c.fail(inventory.Error{File: c.show, Lost: true, Message: "chart is not rendered to its end: the run was stopped"})
			break
		}
		c.collectSet(ctx, files, set, len(sets) > 1)
	}
	return c.subjects, c.errors
}

// collector gathers what all value sets of one chart give.
type collector struct {
	options  Options
	target   *inventory.Target
	show     string
	subjects []*inventory.Subject
	errors   []inventory.Error
	seen     map[inventory.Error]bool // errors, so that each stands once for all sets
	crds     map[string]bool          // files of crds/ that were read: no value changes them
}

func newCollector(dir string, options Options) *collector {
	c := &collector{options: options, target: options.Target, show: options.Show,
		seen: map[inventory.Error]bool{}, crds: map[string]bool{}}
	if c.target == nil {
		c.target = &inventory.Target{Kind: "chart", Name: dir}
	}
	if c.show == "" {
		c.show = slashPath(dir)
	}
	setDefault(&c.options.Release, "release")
	setDefault(&c.options.Namespace, "default")
	setDefault(&c.options.KubeVersion, DefaultKubeVersion)
	setDefault(&c.options.Timeout, DefaultTimeout)
	setDefault(&c.options.OutputBytes, DefaultOutputBytes)
	setDefault(&c.options.Limits, document.DefaultLimits)
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// fail records an error once.
func (c *collector) fail(e inventory.Error) {
	e.Target = c.target.Name
	if !c.seen[e] {
		c.seen[e] = true
		c.errors = append(c.errors, e)
	}
}

func (c *collector) skip(reason string) {
	if c.target.Skipped == nil {
		c.target.Skipped = map[string]int{}
	}
	c.target.Skipped[reason]++
}

// collectSet renders the chart with one value set. named says that other sets are rendered too,
// so that sources must name theirs.
func (c *collector) collectSet(ctx context.Context, files []*archive.BufferedFile, set ValueSet, named bool) {
	suffix := ""
	if named {
		suffix = " (values " + set.name() + ")"
	}
	tree := c.load(files)
	if tree == nil {
		return
	}
	values, ok := c.readValues(set)
	if !ok || !c.settle(tree, values) {
		return
	}
	if tree.chart.Metadata.Type == "library" {
		c.skip("library chart")
		return
	}
	r := c.prepare(ctx, tree, values, suffix)
	if r == nil {
		return
	}
	defer r.cancel()
	for _, page := range r.renderAll() {
		c.readPage(r, page, suffix)
	}
	c.readCRDs(tree)
	for _, e := range r.faults.errors(c, tree) {
		c.fail(e)
	}
}

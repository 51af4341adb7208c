// Package cluster reads the objects of a live cluster, with the user's rights and with nothing
// but GET, and dry runs where they are asked for. It finds out which kinds the cluster serves, lists them in pages side by side and turns
// what it may not or could not read into gaps and errors. Package fact below it collects what no
// object holds. Begin with Read.
package cluster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/collect/cluster/fact"
	"github.com/kubeproof/kubeproof/internal/collect/cluster/proof"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Options say which cluster is read, and how much of it.
type Options struct {
	Target     string // the inventory's name of the target
	Kubeconfig string // file; "" for KUBECONFIG, ~/.kube/config or the cluster that this runs in
	Context    string // "" for the current one
	// Namespace is the only one that is read; "" for all.
	Namespace string
	// ReadSecrets reads the data of Secrets too and keeps a salted hash of every value. Otherwise
	// only their metadata is asked for.
	ReadSecrets bool
	// Timeout ends the reading; DefaultTimeout where 0.
	Timeout time.Duration
	// Probe and Observed are those of fact.Options.
	Probe    bool
	Observed string
	// Prove sends bad objects as dry runs to find out what admission refuses; nil does not.
	Prove *proof.Options
	// Templates are further places of pod templates by kind, as for inventory.NewSubject.
	Templates map[string][]string
	// Limits bound each object; document.DefaultLimits where zero.
	Limits document.Limits
	// Getenv reads the environment; nil is an empty one.
	Getenv func(string) string
	// Progress is told how many of how many kinds are read; nil for nobody.
	Progress func(done, total int)
}

// DefaultTimeout bounds the reading of one cluster.
const DefaultTimeout = 5 * time.Minute

// Result is what a cluster gave: objects in the order of kind, namespace and name, facts among
// them, what it did not show, and what went wrong.
type Result struct {
	Subjects []*inventory.Subject
	Gaps     []inventory.Gap
	Errors   []inventory.Error
	Objects  int // without facts
}

// Read reads a cluster. It ends when ctx is done, and at the latest after the time that options
// allow; what was not read by then is among the errors and gaps.
func Read(ctx context.Context, options Options) Result {
	options = options.filled()
	at, err := connect(options)
	if err != nil {
		return options.failed(err)
	}
	client, err := newClient(at)
	if err != nil {
		return options.failed(err)
	}
	return read(ctx, options, at, client)
}

func (o Options) filled() Options {
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	if o.Limits == (document.Limits{}) {
		o.Limits = document.DefaultLimits
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	return o
}

func (o Options) failed(err error) Result {
	return Result{Errors: []inventory.Error{{Target: o.Target, Message: err.Error(), Lost: true}}}
}

// read reads what the client reaches.
func read(ctx context.Context, options Options, at *place, client *client) Result {
	ctx, cancel := context.WithTimeoutCause(ctx, options.Timeout,
		fmt.Errorf("the time of %s was over: raise --timeout, or read less with --namespace", options.Timeout))
	defer cancel()
	found, err := discover(ctx, client)
	if err != nil {
		return options.failed(err)
	}
	r := &reading{options: options, at: at, client: client,
		source: &inventory.Source{Target: options.Target, Cluster: at.context}}
	facts := fact.Begin(ctx, client, fact.Options{Target: options.Target, Cluster: at.context,
		Observed: options.Observed, Probe: options.Probe, InCluster: at.inside})
	r.list(ctx, found.resources)
	result := Result{Subjects: r.subjects(), Errors: append(found.errors(options.Target), r.errors()...), Gaps: r.gaps()}
	result.Objects = len(result.Subjects)
	result.add(facts.Collect(ctx, result.Subjects, result.Gaps))
	if options.Prove != nil {
		how := *options.Prove
		how.Target, how.Cluster = options.Target, at.context
		result.add(proof.Collect(ctx, client, proof.Namespaces(result.Subjects, options.Namespace), how))
	}
	slices.SortStableFunc(result.Subjects, order)
	return result
}

func (r *Result) add(subjects []*inventory.Subject, gaps []inventory.Gap, errs []inventory.Error) {
	r.Subjects = append(r.Subjects, subjects...)
	r.Gaps = append(r.Gaps, gaps...)
	r.Errors = append(r.Errors, errs...)
}

// order is that of kind, namespace, name and API.
func order(a, b *inventory.Subject) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.APIVersion, b.APIVersion))
}

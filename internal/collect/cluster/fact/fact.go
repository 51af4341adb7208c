// Package fact collects what no API object of a live cluster holds: its version and platform,
// what the API server's flags, metrics and TLS show, and how kubelets are configured. It asks
// only with GET, each time within a few seconds, and turns what it may not see into gaps that
// name the right or the feature that would show it. Begin with Begin.
package fact

import (
	"context"
	"sync"

	"k8s.io/client-go/rest"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Client asks the API server with the user's credentials.
type Client interface {
	// Get gives the answer to a GET of a path, which begins with a slash, whatever its status. The
	// error is that of the connection, not one that the server answered.
	Get(ctx context.Context, path, accept string) (status int, body []byte, err error)
	// Config is how the server is reached; facts that need connections of their own use it.
	Config() *rest.Config
}

// Options say of which cluster facts are collected, and how.
type Options struct {
	Target  string // the inventory's name of the target
	Cluster string // the context's name
	// Observed is the time of the run in RFC 3339. It becomes part of KubernetesCluster, so that
	// checks can tell ages without a clock.
	Observed string
	// Probe allows what goes beyond reading: requests without credentials, TLS handshakes, and
	// connections to nodes from outside of the cluster.
	Probe bool
	// InCluster says that this program runs in the cluster, where nodes can be reached.
	InCluster bool
	// UnverifiedKubelets sends the credentials also to kubelets whose certificate the cluster's
	// authority did not sign. Whoever answers at a node's address can then use them.
	UnverifiedKubelets bool
}

// Begun is what needs no objects of the facts of a cluster. It is asked for while those are listed.
type Begun struct {
	*collection
	reads  reading
	probes probing
	done   chan struct{}
}

// Begin begins to ask for what needs no objects. That takes a minute at most, whatever the server
// does.
func Begin(ctx context.Context, client Client, options Options) *Begun {
	return begin(ctx, client, options, usual)
}

func begin(ctx context.Context, client Client, options Options, limits patience) *Begun {
	b := &Begun{done: make(chan struct{}), collection: &collection{client: client, options: options, patience: limits,
		source: &inventory.Source{Target: options.Target, Cluster: options.Cluster}}}
	ctx, cancel := context.WithTimeout(ctx, limits.whole)
	go func() {
		defer close(b.done)
		defer cancel()
		var work sync.WaitGroup
		work.Go(func() { b.reads = b.read(ctx) })
		work.Go(func() { b.probes = b.probe(ctx) })
		work.Wait()
	}()
	return b
}

// Collect collects the facts of a cluster whose objects were listed, but for what is missing of
// them. Answers that could not be
// had or read are errors; what the user has no right to see, or the cluster does not show, are
// gaps. It takes a minute at most, whatever the server does, and may be called once.
func (b *Begun) Collect(ctx context.Context, objects []*inventory.Subject, missing []inventory.Gap) ([]*inventory.Subject, []inventory.Gap, []inventory.Error) {
	ctx, cancel := context.WithTimeout(ctx, b.patience.whole)
	defer cancel()
	c := b.collection
	c.objects, c.missing = newObjects(objects), missing
	var flags *flagz
	var noFlags *problem
	var kubelets kubeletAnswers
	var work sync.WaitGroup
	if len(c.objects.mirrors["kube-apiserver"]) == 0 {
		work.Go(func() { flags, noFlags = c.readFlagz(ctx) })
	}
	work.Go(func() { kubelets = c.askKubelets(ctx) })
	work.Wait()
	<-b.done
	b.reads.flags, b.reads.noFlags = flags, noFlags

	platform := Detect(c.evidence(&b.reads))
	c.cluster(&b.reads, &b.probes, platform)
	c.controlPlane(&b.reads, platform)
	c.kubelets(ctx, kubelets)
	c.kubeProxies(ctx)
	c.auditPolicies()
	return c.facts, c.gaps, c.errors
}

// collection gathers what one call of Collect gives.
type collection struct {
	client   Client
	options  Options
	patience patience
	objects  *objects
	missing  []inventory.Gap
	source   *inventory.Source

	facts  []*inventory.Subject
	gaps   []inventory.Gap
	errors []inventory.Error
}

// add adds a fact of the kind; fields become the object beside apiVersion, kind and metadata.
func (c *collection) add(kind, name string, fields map[string]any) {
	fields["apiVersion"], fields["kind"] = inventory.FactVersion, kind
	fields["metadata"] = map[string]any{"name": name}
	c.facts = append(c.facts, inventory.NewSubject(document.Make(fields), c.source, 0, "", nil))
}

func (c *collection) gap(kind, reason string) {
	c.gaps = append(c.gaps, inventory.Gap{Target: c.options.Target, Kind: kind, Reason: reason})
}

func (c *collection) fail(message string) {
	c.errors = append(c.errors, inventory.Error{Target: c.options.Target, Message: message, Lost: true})
}

// listed reports whether all objects of a kind that are in a namespace ("" for the whole cluster)
// could be listed, so that one that was not seen does not exist.
func (c *collection) listed(namespace, kind string) bool {
	return (&inventory.Inventory{Gaps: c.missing}).Saw(namespace, kind)
}

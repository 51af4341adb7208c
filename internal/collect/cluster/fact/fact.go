// Package fact collects what no API object of a live cluster holds: its version and platform,
// what the API server's flags, metrics and TLS show, and how kubelets are configured. It asks
// only with GET, each time within a few seconds, and turns what it may not see into gaps that
// name the right or the feature that would show it. Begin with Collect.
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

// Collect collects the facts of a cluster whose objects were listed. Answers that could not be
// had or read are errors; what the user has no right to see, or the cluster does not show, are
// gaps. It takes a minute at most, whatever the server does.
func Collect(ctx context.Context, client Client, objects []*inventory.Subject, options Options) ([]*inventory.Subject, []inventory.Gap, []inventory.Error) {
	return collect(ctx, client, objects, options, usual)
}

func collect(ctx context.Context, client Client, objects []*inventory.Subject, options Options, limits patience) ([]*inventory.Subject, []inventory.Gap, []inventory.Error) {
	ctx, cancel := context.WithTimeout(ctx, limits.whole)
	defer cancel()
	c := &collection{client: client, options: options, patience: limits, objects: newObjects(objects),
		source: &inventory.Source{Target: options.Target, Cluster: options.Cluster}}
	var reads reading
	var probes probing
	var kubelets kubeletAnswers
	var work sync.WaitGroup
	work.Go(func() { reads = c.read(ctx) })
	work.Go(func() { probes = c.probe(ctx) })
	work.Go(func() { kubelets = c.askKubelets(ctx) })
	work.Wait()

	platform := Detect(c.evidence(&reads))
	c.cluster(&reads, &probes, platform)
	c.controlPlane(&reads, platform)
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

// Package proof finds out what a live cluster's admission refuses by asking it: it sends creates
// of objects with one known fault each as dry runs, of which the API server stores nothing, and
// of the same objects without the fault as the counter-proof. Begin with Collect; the faults are
// in trial.go.
package proof

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Client asks the API server with the user's credentials.
type Client interface {
	// Create gives the answer to a POST of an object to a path, whatever its status. It must ask
	// once only. The error is that of the connection, not one that the server answered.
	Create(ctx context.Context, path string, object []byte) (status int, body []byte, err error)
}

// Options say what is sent, and how much of it.
type Options struct {
	Target  string // the inventory's name of the target
	Cluster string // the context's name
	// Image is that of all containers, with a tag; DefaultImage where "". It is never pulled, but
	// admission may ask its registry for a signature.
	Image string
	// Most is in how many namespaces is asked; DefaultMost where 0.
	Most int
}

// The defaults of Options.
const (
	DefaultImage = "registry.k8s.io/pause:3.10"
	DefaultMost  = 50
)

// NamePrefix begins the names of all objects that are sent, for people who read the audit log.
const NamePrefix = "kubeproof-proof-"

// Collect sends every trial to each of the namespaces, in their order up to the bound, and gives
// a fact of the kind AdmissionProof for each of them. Namespaces without any answer are gaps that
// name the right or the reason; what could not be tried in others is part of their fact. It takes
// two minutes at most, whatever the server does.
func Collect(ctx context.Context, client Client, namespaces []string, options Options) ([]*inventory.Subject, []inventory.Gap, []inventory.Error) {
	return collect(ctx, client, namespaces, options, patience{whole: 2 * time.Minute, answer: 10 * time.Second})
}

// patience is how long answers are waited for.
type patience struct{ whole, answer time.Duration }

// mostStalls is how many requests may get no answer before no more are sent.
const mostStalls = 4

// sideBySide is in how many namespaces is asked at once.
const sideBySide = 4

func collect(ctx context.Context, client Client, namespaces []string, options Options, p patience) ([]*inventory.Subject, []inventory.Gap, []inventory.Error) {
	ctx, cancel := context.WithTimeout(ctx, p.whole)
	defer cancel()
	if options.Image == "" {
		options.Image = DefaultImage
	}
	if options.Most == 0 {
		options.Most = DefaultMost
	}
	a := &asking{client: client, options: options, patience: p, trials: trials(options.Image)}
	tried := namespaces[:min(len(namespaces), options.Most)]
	proofs := make([]proof, len(tried))
	var work sync.WaitGroup
	free := make(chan struct{}, sideBySide)
	for i, namespace := range tried {
		free <- struct{}{}
		work.Go(func() {
			proofs[i] = a.namespace(ctx, namespace)
			<-free
		})
	}
	work.Wait()
	return a.result(namespaces, proofs)
}

// asking is one run of Collect.
type asking struct {
	client   Client
	options  Options
	patience patience
	trials   []trial

	stalls atomic.Int32
	stored atomic.Pointer[string] // what the server stored in spite of the dry run
}

// proof is what the trials gave in one namespace, by their places.
type proof []answer

// namespace makes all trials in a namespace. Those without fault come first.
func (a *asking) namespace(ctx context.Context, name string) proof {
	all := make(proof, len(a.trials))
	for i, t := range a.trials {
		all[i] = a.try(ctx, name, t)
		if all[0].hopeless {
			for j := range all {
				all[j] = all[0]
			}
			break
		}
	}
	return all
}

func (a *asking) try(ctx context.Context, namespace string, t trial) answer {
	switch {
	case a.stored.Load() != nil:
		return answer{outcome: unknown, message: "nothing more was sent: the server stores what is sent as a dry run"}
	case a.stalls.Load() >= mostStalls || ctx.Err() != nil:
		return answer{outcome: unknown, message: "no answer in time: try again when the cluster is less busy"}
	}
	ctx, cancel := context.WithTimeout(ctx, a.patience.answer)
	defer cancel()
	path := t.kind.path + url.PathEscape(namespace) + "/" + t.kind.resource
	status, body, err := a.client.Create(ctx, path+"?dryRun=All", t.encoded(namespace))
	if err != nil && ctx.Err() != nil {
		a.stalls.Add(1)
		return answer{outcome: unknown, message: "no answer in time: try again when the cluster is less busy"}
	}
	got := read(t, status, body, err)
	if got.stored {
		what := fmt.Sprintf("%s %s/%s", t.kind.name, namespace, t.name())
		a.stored.CompareAndSwap(nil, &what)
	}
	return got
}

// result turns proofs into facts, gaps and errors.
func (a *asking) result(namespaces []string, proofs []proof) (facts []*inventory.Subject, gaps []inventory.Gap, errs []inventory.Error) {
	source := &inventory.Source{Target: a.options.Target, Cluster: a.options.Cluster}
	unasked := map[string][]string{}
	var reasons []string
	lack := func(namespace, reason string) {
		if unasked[reason] == nil {
			reasons = append(reasons, reason)
		}
		unasked[reason] = append(unasked[reason], namespace)
	}
	for i, namespace := range namespaces {
		switch {
		case i >= len(proofs):
			lack(namespace, fmt.Sprintf("admission was proven in %d of %d namespaces: raise --prove-namespaces", len(proofs), len(namespaces)))
		case proofs[i].answered():
			facts = append(facts, inventory.NewSubject(document.Make(a.fact(namespace, proofs[i])), source, 0, "", nil))
		default:
			lack(namespace, proofs[i][0].message)
		}
	}
	for _, reason := range reasons {
		gaps = append(gaps, inventory.Gap{Target: a.options.Target, Kind: inventory.FactAdmission, Namespaces: unasked[reason], Reason: reason})
	}
	if len(namespaces) == 0 {
		gaps = append(gaps, inventory.Gap{Target: a.options.Target, Kind: inventory.FactAdmission,
			Reason: "no namespace holds workloads in which admission could be proven: name one with --namespace"})
	}
	if what := a.stored.Load(); what != nil {
		errs = append(errs, inventory.Error{Target: a.options.Target, Lost: true,
			Message: "prove admission: the server stored " + *what + " although it was sent as a dry run: delete it, and scan without --prove-admission"})
	}
	return facts, gaps, errs
}

// answered reports whether any trial was accepted or refused.
func (p proof) answered() bool {
	for _, a := range p {
		if a.outcome != unknown {
			return true
		}
	}
	return false
}

func (a *asking) fact(namespace string, p proof) map[string]any {
	good, bad := map[string]any{}, map[string]any{}
	for i, t := range a.trials {
		fields := map[string]any{"outcome": string(p[i].outcome)}
		if p[i].message != "" {
			fields["message"] = p[i].message
		}
		if t.fault == "" {
			good[t.kind.name] = fields
			continue
		}
		fields["about"], fields["like"] = t.about, t.kind.name
		bad[t.fault] = fields
	}
	return map[string]any{"apiVersion": inventory.FactVersion, "kind": inventory.FactAdmission,
		"metadata": map[string]any{"name": namespace}, "good": good, "trials": bad}
}

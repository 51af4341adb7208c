package collect

import (
	"errors"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/collect/cluster"
	"github.com/kubeproof/kubeproof/internal/collect/cluster/proof"
)

// ClusterOptions say how a live cluster is read. Namespace, Templates and Limits of Options count
// for it too.
type ClusterOptions struct {
	Kubeconfig  string // file; "" for KUBECONFIG, ~/.kube/config or the cluster that this runs in
	ReadSecrets bool   // read the data of Secrets and keep hashes of it
	Timeout     time.Duration
	// Probe allows requests without credentials, TLS handshakes and connections to nodes.
	Probe bool
	// Prove sends bad objects as dry runs to find out what admission refuses, at most to
	// ProveNamespaces namespaces and with pods of the image ProveImage.
	Prove           bool
	ProveNamespaces int
	ProveImage      string
	// Observed is the time of the run in RFC 3339.
	Observed string
	Getenv   func(string) string
}

// clusterPrefix is that of targets that are live clusters.
const clusterPrefix = "cluster"

// planCluster reads a live cluster.
func (r *run) planCluster(target int, name, context string) {
	r.add(target, name, "", func() []part {
		o := r.options.Cluster
		found := cluster.Read(r.ctx, cluster.Options{Target: name, Context: context, Kubeconfig: o.Kubeconfig,
			Namespace: r.options.Namespace, ReadSecrets: o.ReadSecrets, Timeout: o.Timeout, Probe: o.Probe, Observed: o.Observed, Prove: o.prove(),
			Templates: r.options.Templates, Limits: r.options.Limits, Getenv: o.Getenv, Progress: r.tally.steps()})
		return []part{{subjects: found.Subjects, gaps: found.Gaps, errors: found.Errors, documents: found.Objects}}
	})
}

// prove gives what is to be sent; nil for nothing.
func (o ClusterOptions) prove() *proof.Options {
	if !o.Prove {
		return nil
	}
	return &proof.Options{Image: o.ProveImage, Most: o.ProveNamespaces}
}

// checkClusters refuses a second cluster: objects of two clusters have the same names.
func checkClusters(targets []string) error {
	clusters := 0
	for _, name := range targets {
		if strings.HasPrefix(name, clusterPrefix+":") && !exists(name) {
			clusters++
		}
	}
	if clusters > 1 {
		return errors.New("several clusters are named: scan one cluster at a time")
	}
	return nil
}

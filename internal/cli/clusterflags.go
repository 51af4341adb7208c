package cli

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/collect/cluster"
	"github.com/kubeproof/kubeproof/internal/collect/cluster/proof"
)

// clusterFlags say how a live cluster is read.
type clusterFlags struct {
	kubeconfig  string
	readSecrets bool
	noProbe     bool
	timeout     time.Duration
	prove       bool
	proveMost   int
	proveImage  string
}

func (c *clusterFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&c.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` for clusters (default as kubectl: KUBECONFIG, ~/.kube/config, the pod's service account)")
	flags.BoolVar(&c.readSecrets, "read-secrets", false, "read the data of a cluster's Secrets too, and keep hashes of it")
	flags.BoolVar(&c.noProbe, "no-probe", false, "do not ask a cluster without credentials, try its TLS or connect to its nodes")
	flags.DurationVar(&c.timeout, "timeout", cluster.DefaultTimeout, "longest `TIME` for reading a cluster")
}

// registerProof adds the flags of what a scan asks admission; no other command needs the answer.
func (c *clusterFlags) registerProof(flags *pflag.FlagSet) {
	flags.BoolVar(&c.prove, "prove-admission", false, "send bad pods, Services, Ingresses and Deployments to a cluster as dry runs, of which it stores nothing, to see what it refuses; needs the right to create them")
	flags.IntVar(&c.proveMost, "prove-namespaces", proof.DefaultMost, "prove admission in the first `N` namespaces with workloads")
	flags.StringVar(&c.proveImage, "prove-image", proof.DefaultImage, "`IMAGE` with a tag that admission accepts; it is never pulled")
}

// check refuses flags with which nothing could be read.
func (c *clusterFlags) check() error {
	if c.timeout <= 0 {
		return usageError("--timeout %s leaves no time: give one such as 5m", c.timeout)
	}
	if c.prove && c.proveMost <= 0 {
		return usageError("--prove-namespaces %d leaves no namespace: give a number above 0", c.proveMost)
	}
	return nil
}

func (c *clusterFlags) options(streams *Streams) collect.ClusterOptions {
	return collect.ClusterOptions{Kubeconfig: c.kubeconfig, ReadSecrets: c.readSecrets, Timeout: c.timeout, Probe: !c.noProbe,
		Prove: c.prove, ProveNamespaces: c.proveMost, ProveImage: c.proveImage,
		Observed: today(streams).Format(time.RFC3339), Getenv: streams.Getenv}
}

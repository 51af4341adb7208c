package cli

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/collect/cluster"
)

// clusterFlags say how a live cluster is read.
type clusterFlags struct {
	kubeconfig  string
	readSecrets bool
	noProbe     bool
	timeout     time.Duration
}

func (c *clusterFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&c.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` for clusters (default as kubectl: KUBECONFIG, ~/.kube/config, the pod's service account)")
	flags.BoolVar(&c.readSecrets, "read-secrets", false, "read the data of a cluster's Secrets too, and keep hashes of it")
	flags.BoolVar(&c.noProbe, "no-probe", false, "do not ask a cluster without credentials, try its TLS or connect to its nodes")
	flags.DurationVar(&c.timeout, "timeout", cluster.DefaultTimeout, "longest `TIME` for reading a cluster")
}

// check refuses flags with which nothing could be read.
func (c *clusterFlags) check() error {
	if c.timeout <= 0 {
		return usageError("--timeout %s leaves no time: give one such as 5m", c.timeout)
	}
	return nil
}

func (c *clusterFlags) options(streams *Streams) collect.ClusterOptions {
	return collect.ClusterOptions{Kubeconfig: c.kubeconfig, ReadSecrets: c.readSecrets, Timeout: c.timeout, Probe: !c.noProbe,
		Observed: today(streams).Format(time.RFC3339), Getenv: streams.Getenv}
}

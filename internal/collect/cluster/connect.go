package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// place is a cluster and who is known there.
type place struct {
	config    *rest.Config
	context   string
	namespace string // of the context
	inside    bool   // this program runs in the cluster
}

// insideName is the context's name where the program runs in the cluster.
const insideName = "in-cluster"

// connect finds the cluster as kubectl does: the kubeconfig that is named, those in KUBECONFIG,
// ~/.kube/config, the service account of the pod. Programs that the kubeconfig names for logging
// in are run by client-go: the file is the user's own.
func connect(o Options) (*place, error) {
	config, err := loadKubeconfig(o)
	switch {
	case err != nil:
		return nil, err
	case config.absent && (o.Context == "" || o.Context == insideName):
		return inside()
	case config.absent:
		return nil, fmt.Errorf("context %q: %w", o.Context, errNoKubeconfig)
	}
	name := o.Context
	if name == "" {
		name = config.CurrentContext
	}
	if config.Contexts[name] == nil {
		return nil, config.unknown(name)
	}
	if err := config.complete(name); err != nil {
		return nil, err
	}
	chosen := clientcmd.NewNonInteractiveClientConfig(*config.Config, name, &clientcmd.ConfigOverrides{}, nil)
	settings, err := chosen.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("use context %q of %s: %w: correct the kubeconfig", name, config.from, err)
	}
	namespace := cmp.Or(config.Contexts[name].Namespace, "default")
	return &place{config: settings, context: name, namespace: namespace}, nil
}

// errNoKubeconfig is given where a kubeconfig is needed and none was named.
var errNoKubeconfig = errors.New("no kubeconfig was found: name one with --kubeconfig or KUBECONFIG, or run in a cluster")

// kubeconfig is what was read of kubeconfig files.
type kubeconfig struct {
	*api.Config
	from   string // where, as people are told
	absent bool   // none was named, and there is none where they usually are
}

func loadKubeconfig(o Options) (*kubeconfig, error) {
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: o.Kubeconfig}
	k := &kubeconfig{from: "kubeconfig " + o.Kubeconfig}
	if listed := o.Getenv("KUBECONFIG"); o.Kubeconfig == "" && listed != "" {
		rules.Precedence = filepath.SplitList(listed)
		k.from = "KUBECONFIG " + listed
		if !slices.ContainsFunc(rules.Precedence, exists) {
			return nil, fmt.Errorf("read %s: no such file: correct the variable, or name a file with --kubeconfig", k.from)
		}
	} else if o.Kubeconfig == "" {
		usual := filepath.Join(o.Getenv("HOME"), ".kube", "config")
		rules.Precedence = []string{usual}
		k.from, k.absent = "kubeconfig "+usual, !exists(usual)
	}
	var err error
	k.Config, err = rules.Load()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read %s: no such file: name one with --kubeconfig", k.from)
	case err != nil:
		return nil, fmt.Errorf("read %s: %w: correct the file", k.from, err)
	}
	return k, nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// unknown is the error for a context that is not there.
func (k *kubeconfig) unknown(name string) error {
	if len(k.Contexts) == 0 {
		return fmt.Errorf("%s holds no context: name another file with --kubeconfig", k.from)
	}
	names := slices.Sorted(maps.Keys(k.Contexts))
	if len(names) > mostNamed {
		names = append(names[:mostNamed], "...")
	}
	known := strings.Join(names, ", ")
	if name == "" {
		return fmt.Errorf("%s has no current context: write cluster:CONTEXT with one of %s", k.from, known)
	}
	return fmt.Errorf("context %q is not in %s: write cluster:CONTEXT with one of %s", name, k.from, known)
}

// complete refuses a context whose parts are not there.
func (k *kubeconfig) complete(name string) error {
	c := k.Contexts[name]
	missing := ""
	switch {
	case k.Clusters[c.Cluster] == nil:
		missing = fmt.Sprintf("cluster %q", c.Cluster)
	case c.AuthInfo != "" && k.AuthInfos[c.AuthInfo] == nil:
		missing = fmt.Sprintf("user %q", c.AuthInfo)
	default:
		return nil
	}
	return fmt.Errorf("context %q of %s names the %s, which is not there: correct the kubeconfig", name, k.from, missing)
}

// mostNamed is how many names a message lists.
const mostNamed = 20

// inside is the cluster that runs this program.
func inside() (*place, error) {
	config, err := rest.InClusterConfig()
	if errors.Is(err, rest.ErrNotInCluster) {
		return nil, errNoKubeconfig
	}
	if err != nil {
		return nil, fmt.Errorf("use the service account of this pod: %w: mount its token", err)
	}
	namespace, err := os.ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
	if err != nil {
		namespace = []byte("default")
	}
	return &place{config: config, context: insideName, namespace: strings.TrimSpace(string(namespace)), inside: true}, nil
}

// loopback reports whether a server is on this machine, where packing answers costs more than it
// saves.
func loopback(server *url.URL) bool {
	ip := net.ParseIP(server.Hostname())
	return server.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

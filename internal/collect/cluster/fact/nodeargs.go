package fact

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// argumentMarks are the annotations in which k3s and RKE2 write the arguments that a node was
// started with, those of its configuration file included, secrets blanked.
var argumentMarks = []string{"k3s.io/node-args", "rke2.io/node-args"}

// nodeArgs is what one node was started with.
type nodeArgs struct {
	node   string
	from   string
	server bool                // it runs a control plane
	etcd   bool                // and etcd
	all    map[string][]string // the values of each argument, in their order
}

// nodeArgs reads the annotations of all nodes, in the cluster's order.
func (c *collection) nodeArgs() []nodeArgs {
	var all []nodeArgs
	for _, node := range c.objects.nodes {
		for _, mark := range argumentMarks {
			var words []string
			if json.Unmarshal([]byte(node.Annotation(mark)), &words) != nil || len(words) == 0 {
				continue
			}
			_, etcd := texts(node.Labels())["node-role.kubernetes.io/etcd"]
			all = append(all, nodeArgs{node: node.Name, from: "annotation " + mark + " of node " + node.Name,
				server: words[0] == "server", etcd: etcd, all: argumentsOf(words[1:])})
		}
	}
	return all
}

// argumentsOf reads "--name", "value" pairs and "--name=value"; a name alone means true.
func argumentsOf(words []string) map[string][]string {
	all := map[string][]string{}
	for i := 0; i < len(words); i++ {
		name, value, given := strings.Cut(words[i], "=")
		if !strings.HasPrefix(name, "-") {
			continue
		}
		name = strings.TrimLeft(name, "-")
		if !given {
			value = "true"
			if i+1 < len(words) && (strings.HasSuffix(name, "-arg") || !strings.HasPrefix(words[i+1], "-")) {
				i++
				value = words[i]
			}
		}
		all[name] = append(all[name], value)
	}
	return all
}

// passed are the arguments whose values are flags of a component, and the flags that k3s and RKE2
// set by themselves before (pkg/daemons/control/server.go and pkg/daemons/agent of k3s-io/k3s).
var passed = []struct {
	kind, component, argument string
	own                       map[string]string
}{
	{inventory.FactAPIServer, "kube-apiserver", "kube-apiserver-arg", map[string]string{
		"allow-privileged": "true", "anonymous-auth": "false", "authorization-mode": "Node,RBAC", "bind-address": "127.0.0.1",
		"client-ca-file": tlsFolder + "client-ca.crt", "enable-admission-plugins": "NodeRestriction", "profiling": "false",
		"kubelet-certificate-authority": tlsFolder + "server-ca.crt", "kubelet-client-certificate": tlsFolder + "client-kube-apiserver.crt",
		"kubelet-client-key": tlsFolder + "client-kube-apiserver.key", "service-account-key-file": tlsFolder + "service.key",
		"service-account-signing-key-file": tlsFolder + "service.current.key", "tls-cert-file": tlsFolder + "serving-kube-apiserver.crt",
		"tls-private-key-file": tlsFolder + "serving-kube-apiserver.key",
		"tls-cipher-suites":    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
	}},
	{inventory.FactControllerManager, "kube-controller-manager", "kube-controller-manager-arg", map[string]string{
		"bind-address": "127.0.0.1", "profiling": "false", "use-service-account-credentials": "true",
		"root-ca-file": tlsFolder + "server-ca.crt", "service-account-private-key-file": tlsFolder + "service.current.key",
	}},
	{inventory.FactScheduler, "kube-scheduler", "kube-scheduler-arg", map[string]string{"bind-address": "127.0.0.1", "profiling": "false"}},
	{inventory.FactEtcd, "etcd", "etcd-arg", map[string]string{
		"cert-file": tlsFolder + "etcd/server-client.crt", "key-file": tlsFolder + "etcd/server-client.key", "client-cert-auth": "true",
		"trusted-ca-file": tlsFolder + "etcd/server-ca.crt", "peer-cert-file": tlsFolder + "etcd/peer-server-client.crt",
		"peer-key-file": tlsFolder + "etcd/peer-server-client.key", "peer-client-cert-auth": "true", "peer-trusted-ca-file": tlsFolder + "etcd/peer-ca.crt",
	}},
}

// tlsFolder is where k3s keeps its certificates unless it is told otherwise.
const tlsFolder = "/var/lib/rancher/k3s/server/tls/"

// nodeArguments adds the components that servers of k3s and RKE2 run, where nothing better showed
// them, and marks their kinds as found.
func (c *collection) nodeArguments(found map[string]bool) {
	added := map[string]bool{}
	for _, node := range c.nodeArgs() {
		for _, part := range passed {
			if !node.server || found[part.kind] || c.objects.running[part.component] || part.kind == inventory.FactEtcd && !node.etcd {
				continue
			}
			flags := withArguments(node.own(part.own), node.all[part.argument])
			if part.kind == inventory.FactAPIServer {
				node.addOptions(flags)
			}
			c.add(part.kind, part.component+"-"+node.node, map[string]any{"from": node.from, "complete": false, "flags": anyTexts(flags)})
			added[part.kind] = true
		}
	}
	maps.Copy(found, added)
}

// own gives the flags that the distribution sets, with the folder of RKE2 for its nodes.
func (n nodeArgs) own(flags map[string]string) map[string]string {
	own := maps.Clone(flags)
	if strings.Contains(n.from, "rke2.io") {
		for name, value := range own {
			own[name] = strings.ReplaceAll(value, "/rancher/k3s/", "/rancher/rke2/")
		}
	}
	return own
}

// addOptions adds the server's own options to the flags of its API server, and the flag that
// encryption of secrets makes it set.
func (n nodeArgs) addOptions(flags map[string]string) {
	for name, value := range n.options() {
		if _, known := flags[name]; !known {
			flags[name] = value
		}
	}
	if flags["secrets-encryption"] == "true" && flags["encryption-provider-config"] == "" {
		flags["encryption-provider-config"] = n.own(map[string]string{"": "/var/lib/rancher/k3s/server/cred/encryption-config.json"})[""]
	}
}

// withArguments lays NAME=VALUE arguments over a component's own flags as k3s does: name+=value
// appends to what is there, name-=value puts it before, and one given twice is a list.
func withArguments(own map[string]string, arguments []string) map[string]string {
	flags := maps.Clone(own)
	if flags == nil {
		flags = map[string]string{}
	}
	given := map[string]bool{}
	for _, argument := range arguments {
		name, value, found := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		if !found {
			value = "true"
		}
		cleaned := strings.TrimRight(name, "+-")
		switch {
		case strings.HasSuffix(name, "+"):
			value = flags[cleaned] + value
		case strings.HasSuffix(name, "-"):
			value += flags[cleaned]
		case given[cleaned] && slices.Contains(accumulating, cleaned):
			value = flags[cleaned] + "," + value
		}
		flags[cleaned], given[cleaned] = value, true
	}
	return flags
}

// accumulating are flags that components join when they are given twice; of others the last counts.
var accumulating = []string{
	"enable-admission-plugins", "disable-admission-plugins", "authorization-mode", "tls-cipher-suites",
	"feature-gates", "api-audiences", "runtime-config", "service-account-issuer", "service-account-key-file",
}

// options are the arguments that configure the distribution itself, not a component. Blanked
// secrets are left out.
func (n nodeArgs) options() map[string]string {
	all := map[string]string{}
	for name, values := range n.all {
		value := strings.Join(values, ",")
		if !strings.HasSuffix(name, "-arg") && !strings.HasPrefix(value, "****") && !slices.Contains(sensitive, name) {
			all[name] = value
		}
	}
	return all
}

// sensitive are arguments with secrets in them, should a version not blank them.
var sensitive = []string{"token", "t", "agent-token", "datastore-endpoint", "cluster-secret", "etcd-s3-access-key", "etcd-s3-secret-key", "vpn-auth"}

// serverOptions joins the options of all servers; where they differ, the first server counts.
func (c *collection) serverOptions() map[string]string {
	all := map[string]string{}
	for _, node := range c.nodeArgs() {
		if !node.server {
			continue
		}
		for name, value := range node.options() {
			if _, known := all[name]; !known {
				all[name] = value
			}
		}
	}
	return all
}

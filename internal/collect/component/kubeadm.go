package component

import (
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// pki is kubeadm's folder of certificates where certificatesDir does not name another.
const pki = "/etc/kubernetes/pki"

// kubeadm derives the components that kubeadm will start: what it sets by itself, then the extra
// arguments of the ClusterConfiguration, which win
// (https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/). The
// configuration is nil where a control plane of Cluster API has none.
func (d *deriver) kubeadm(s *inventory.Subject, config *document.Node) {
	certificates := config.Get("certificatesDir").Text()
	if certificates == "" {
		certificates = pki
	}
	version := config.Get("kubernetesVersion").Text()
	if version == "" {
		version = s.Root.Get("spec", "version").Text()
	}
	if !versionTag.MatchString(version) {
		version = ""
	}
	prefix := ""
	if s.Kind != "ClusterConfiguration" {
		prefix = s.Name + "-"
	}
	external := config.Get("etcd", "external")
	for _, part := range []struct {
		kind, name, version string
		path                []string
		defaults            [][2]string
	}{
		{inventory.FactAPIServer, "kube-apiserver", version, []string{"apiServer"}, apiServerDefaults(certificates, external)},
		{inventory.FactControllerManager, "kube-controller-manager", version, []string{"controllerManager"}, controllerManagerDefaults(certificates)},
		{inventory.FactScheduler, "kube-scheduler", version, []string{"scheduler"}, schedulerDefaults},
		{inventory.FactEtcd, "etcd", "", []string{"etcd", "local"}, etcdDefaults(certificates)},
	} {
		if part.kind == inventory.FactEtcd && external != nil {
			continue // it runs elsewhere, and kubeadm does not configure it
		}
		section := config.Get(part.path...)
		place := firstOf(section.Get("extraArgs"), section, config, s.Root)
		flags := withDefaults(extraArgs(section.Get("extraArgs"), part.defaults), part.defaults, place)
		d.add(s, instance{kind: part.kind, name: prefix + part.name, from: "kubeadm ClusterConfiguration", version: part.version,
			flags: flagMap(place, flags)})
	}
}

// firstOf gives the first node that is there.
func firstOf(nodes ...*document.Node) *document.Node {
	for _, n := range nodes {
		if n != nil {
			return n
		}
	}
	return nil
}

// extraArgs reads both forms: a map up to v1beta3, a list of names and values from v1beta4 on,
// whose elements may be merged with what kubeadm sets.
func extraArgs(node *document.Node, defaults [][2]string) []flag {
	var all []flag
	for _, child := range node.Children() {
		if node.Kind == document.Map {
			all = append(all, flag{child.Key(), child.Text(), child})
		} else if name := child.Get("name").Text(); name != "" {
			all = append(all, flag{name, merged(child, name, defaults), child})
		}
	}
	return all
}

// merged is the value of an extra argument; by append and prepend it is
// written behind or before kubeadm's own, without a comma between (MergeArgWithBase of kubeadm).
func merged(argument *document.Node, name string, defaults [][2]string) string {
	value, method := argument.Get("value").Text(), argument.Get("mergeMethod").Text()
	for _, d := range defaults {
		switch {
		case d[0] == name && method == "append":
			return d[1] + value
		case d[0] == name && method == "prepend":
			return value + d[1]
		}
	}
	return value
}

// withDefaults adds kubeadm's own arguments that the extra ones do not replace.
func withDefaults(extra []flag, defaults [][2]string, place *document.Node) []flag {
	given := map[string]bool{}
	for _, f := range extra {
		given[f.name] = true
	}
	for _, d := range defaults {
		ordered := d[0] == "authorization-mode" && given["authorization-config"]
		if !given[d[0]] && !ordered {
			extra = append(extra, flag{d[0], d[1], place})
		}
	}
	return extra
}

func apiServerDefaults(certificates string, external *document.Node) [][2]string {
	defaults := [][2]string{
		{"allow-privileged", "true"}, {"authorization-mode", "Node,RBAC"}, {"client-ca-file", certificates + "/ca.crt"},
		{"enable-admission-plugins", "NodeRestriction"}, {"enable-bootstrap-token-auth", "true"},
		{"kubelet-client-certificate", certificates + "/apiserver-kubelet-client.crt"},
		{"kubelet-client-key", certificates + "/apiserver-kubelet-client.key"},
		{"proxy-client-cert-file", certificates + "/front-proxy-client.crt"},
		{"proxy-client-key-file", certificates + "/front-proxy-client.key"},
		{"requestheader-allowed-names", "front-proxy-client"},
		{"requestheader-client-ca-file", certificates + "/front-proxy-ca.crt"},
		{"secure-port", "6443"}, {"service-account-key-file", certificates + "/sa.pub"},
		{"service-account-signing-key-file", certificates + "/sa.key"},
		{"tls-cert-file", certificates + "/apiserver.crt"}, {"tls-private-key-file", certificates + "/apiserver.key"},
	}
	if external == nil {
		return append(defaults, [2]string{"etcd-servers", "https://127.0.0.1:2379"}, [2]string{"etcd-cafile", certificates + "/etcd/ca.crt"},
			[2]string{"etcd-certfile", certificates + "/apiserver-etcd-client.crt"}, [2]string{"etcd-keyfile", certificates + "/apiserver-etcd-client.key"})
	}
	for _, file := range [][2]string{{"etcd-cafile", "caFile"}, {"etcd-certfile", "certFile"}, {"etcd-keyfile", "keyFile"}} {
		if value := external.Get(file[1]).Text(); value != "" {
			defaults = append(defaults, [2]string{file[0], value})
		}
	}
	return defaults
}

func controllerManagerDefaults(certificates string) [][2]string {
	return [][2]string{
		{"bind-address", "127.0.0.1"}, {"client-ca-file", certificates + "/ca.crt"},
		{"cluster-signing-cert-file", certificates + "/ca.crt"}, {"cluster-signing-key-file", certificates + "/ca.key"},
		{"requestheader-client-ca-file", certificates + "/front-proxy-ca.crt"}, {"root-ca-file", certificates + "/ca.crt"},
		{"service-account-private-key-file", certificates + "/sa.key"}, {"use-service-account-credentials", "true"},
	}
}

var schedulerDefaults = [][2]string{{"bind-address", "127.0.0.1"}, {"leader-elect", "true"}}

func etcdDefaults(certificates string) [][2]string {
	return [][2]string{
		{"cert-file", certificates + "/etcd/server.crt"}, {"key-file", certificates + "/etcd/server.key"},
		{"trusted-ca-file", certificates + "/etcd/ca.crt"}, {"client-cert-auth", "true"},
		{"peer-cert-file", certificates + "/etcd/peer.crt"}, {"peer-key-file", certificates + "/etcd/peer.key"},
		{"peer-trusted-ca-file", certificates + "/etcd/ca.crt"}, {"peer-client-cert-auth", "true"},
		{"listen-metrics-urls", "http://127.0.0.1:2381"},
	}
}

// withKubeadmDefaults adds to a kubelet's configuration what kubeadm writes where it says nothing.
func withKubeadmDefaults(config *document.Node) *document.Node {
	fields := make([]document.Field, 0, config.Len()+2)
	for _, child := range config.Children() {
		if child.Key() != "authentication" && child.Key() != "rotateCertificates" {
			fields = append(fields, document.Field{Key: child.Key(), Value: child})
		}
	}
	fields = append(fields, document.Field{Key: "rotateCertificates", Value: document.Make(true)}) // whatever it was
	authentication := config.Get("authentication")
	if authentication.Get("x509", "clientCAFile") == nil {
		authentication = authenticated(authentication, config)
	}
	return document.Compose(config, append(fields, document.Field{Key: "authentication", Value: authentication}))
}

func authenticated(authentication, config *document.Node) *document.Node {
	place := authentication
	if place == nil {
		place = config
	}
	fields := []document.Field{{Key: "x509", Value: document.Make(map[string]any{"clientCAFile": pki + "/ca.crt"})}}
	for _, child := range authentication.Children() {
		if child.Key() != "x509" {
			fields = append(fields, document.Field{Key: child.Key(), Value: child})
		}
	}
	return document.Compose(place, fields)
}

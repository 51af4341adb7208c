// Package component finds the components of a cluster in what was read and describes each as a
// fact: the API server, controller manager, scheduler and etcd from their pods and from kubeadm's
// configuration, kubelets and kube-proxies from their configuration files. Every flag keeps the
// place of the argument that set it. Begin with Derive.
package component

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Derive gives the facts that the subjects hold, in their order. What is among the subjects
// already, because the cluster told more of it or an inventory was saved with it, is left out.
func Derive(subjects []*inventory.Subject) []*inventory.Subject {
	d := &deriver{all: subjects, known: map[identity]bool{}}
	for _, s := range subjects {
		if s.APIVersion == inventory.FactVersion {
			d.known[identityOf(s)] = true
		}
	}
	for _, s := range subjects {
		switch {
		case s.Pod != nil:
			d.pod(s)
		case s.Kind == "ClusterConfiguration" && s.Group() == "kubeadm.k8s.io":
			d.kubeadm(s, s.Root)
		case s.Kind == "KubeadmControlPlane" && s.Group() == "controlplane.cluster.x-k8s.io":
			d.kubeadm(s, s.Root.Get("spec", "kubeadmConfigSpec", "clusterConfiguration"))
		case s.Kind == "KubeadmControlPlaneTemplate" && s.Group() == "controlplane.cluster.x-k8s.io":
			d.kubeadm(s, s.Root.Get("spec", "template", "spec", "kubeadmConfigSpec", "clusterConfiguration"))
		case s.Kind == "KubeletConfiguration" && s.Group() == "kubelet.config.k8s.io":
			d.kubelet(s)
		case s.Kind == "KubeProxyConfiguration" && s.Group() == "kubeproxy.config.k8s.io":
			d.configured(s, inventory.FactKubeProxy, s.Root)
		}
	}
	return d.found
}

type deriver struct {
	all   []*inventory.Subject
	known map[identity]bool
	found []*inventory.Subject
}

// identity tells instances apart: files of two clusters may hold pods of one name.
type identity struct{ cluster, file, kind, name string }

func identityOf(s *inventory.Subject) identity {
	return identity{s.Source.Cluster, s.Source.File, s.Kind, s.Name}
}

// instance is what is known of one component.
type instance struct {
	kind, name, from, version string
	image                     *document.Node // that tells the version
	flags                     *document.Node
	config                    *document.Node
}

// add makes the fact of an instance, which stands where the object that it was read from stands.
func (d *deriver) add(from *inventory.Subject, found instance) {
	s := &inventory.Subject{Kind: found.kind, APIVersion: inventory.FactVersion, Name: found.name,
		Source: from.Source, EndLine: from.EndLine}
	if d.known[identityOf(s)] || d.told(s, found.flags) {
		return
	}
	fields := []document.Field{
		{Key: "apiVersion", Value: document.Make(inventory.FactVersion)},
		{Key: "kind", Value: document.Make(found.kind)},
		{Key: "metadata", Value: document.Make(map[string]any{"name": found.name})},
		{Key: "from", Value: document.Make(found.from)},
	}
	if found.version != "" {
		version := document.Make(found.version)
		if found.image != nil {
			version = version.At(found.image, nil)
		}
		fields = append(fields, document.Field{Key: "version", Value: version})
	}
	if found.kind == inventory.FactKubeProxy && found.flags != nil {
		found.config = d.mounted(from, found.flags.Get("config"))
	}
	if found.flags != nil {
		fields = append(fields, document.Field{Key: "complete", Value: document.Make(false)},
			document.Field{Key: "flags", Value: found.flags})
		fields = append(fields, d.files(from, found)...)
	}
	if found.config != nil {
		fields = append(fields, document.Field{Key: "config", Value: found.config})
	}
	s.Root = document.Compose(from.Root, fields)
	d.known[identityOf(s)] = true
	d.found = append(d.found, s)
}

// kubelet derives the instance of a kubelet's configuration file. In a file of kubeadm's, kubeadm
// fills in what is absent.
func (d *deriver) kubelet(s *inventory.Subject) {
	config := s.Root
	for _, other := range d.all {
		if other.Source == s.Source && other.Group() == "kubeadm.k8s.io" {
			config = withKubeadmDefaults(config)
			break
		}
	}
	d.configured(s, inventory.FactKubelet, config)
}

// configured derives the instance that a configuration file describes, named after the file.
func (d *deriver) configured(s *inventory.Subject, kind string, config *document.Node) {
	name := s.Name
	if name == "" {
		name = strings.TrimSuffix(path.Base(s.Source.File), path.Ext(s.Source.File))
	}
	d.add(s, instance{kind: kind, name: name, from: s.Kind + " file", config: config})
}

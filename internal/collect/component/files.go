package component

import (
	"path"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// configurations are the kinds that the files behind flags hold. EncryptionConfiguration is left
// out: it holds keys, and is judged as the document that it is.
var configurations = []struct{ component, flag, kind string }{
	{inventory.FactAPIServer, "authentication-config", "AuthenticationConfiguration"},
	{inventory.FactAPIServer, "authorization-config", "AuthorizationConfiguration"},
	{inventory.FactAPIServer, "admission-control-config-file", "AdmissionConfiguration"},
	{inventory.FactScheduler, "config", "KubeSchedulerConfiguration"},
}

// files gives the configuration files that the flags of an instance name, as far as the same
// target holds them. Each stands where its flag stands.
func (d *deriver) files(from *inventory.Subject, found instance) []document.Field {
	var files []document.Field
	for _, c := range configurations {
		flag := found.flags.Get(c.flag)
		if c.component != found.kind || flag == nil {
			continue
		}
		if s := d.configuration(from, c.kind, flag.Text()); s != nil {
			files = append(files, document.Field{Key: c.flag, Value: s.Root.At(flag, nil)})
		}
	}
	if files == nil {
		return nil
	}
	return []document.Field{{Key: "files", Value: document.Compose(found.flags, files)}}
}

// configuration finds the document of a kind that a path names: the one in a file of that name,
// else the only one of the target. It is nil where that is in doubt.
func (d *deriver) configuration(from *inventory.Subject, kind, name string) *inventory.Subject {
	var only *inventory.Subject
	count := 0
	for _, s := range d.all {
		if s.Kind != kind || s.Source.Target != from.Source.Target || s.Source.Cluster != from.Source.Cluster {
			continue
		}
		if path.Base(s.Source.File) == path.Base(name) && path.Dir(s.Source.File) == path.Dir(from.Source.File) {
			return s
		}
		only = s
		count++
	}
	if count != 1 {
		return nil
	}
	return only
}

// mounted gives the file behind a flag that a workload mounts from a ConfigMap of its target. It
// stands where the flag stands; nil if it is not seen or cannot be read.
func (d *deriver) mounted(from *inventory.Subject, flag *document.Node) *document.Node {
	if flag == nil || from.Pod == nil {
		return nil
	}
	for _, volume := range from.Pod.Spec.Get("volumes").Children() {
		name := volume.Get("configMap", "name").Text()
		for _, s := range d.all {
			if name == "" || s.Kind != "ConfigMap" || s.Name != name || s.Namespace != from.Namespace ||
				s.Source.Target != from.Source.Target || s.Source.Cluster != from.Source.Cluster {
				continue
			}
			text := s.Root.Get("data", path.Base(flag.Text())).Text()
			if documents, _ := document.Read([]byte(text), document.DefaultLimits); len(documents) > 0 {
				return documents[0].Root.At(flag, nil)
			}
		}
	}
	return nil
}

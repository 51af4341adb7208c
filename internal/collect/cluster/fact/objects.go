package fact

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// objects finds the objects that facts are read from among those of the cluster.
type objects struct {
	nodes      []*inventory.Subject
	configMaps map[string]*inventory.Subject   // by NAMESPACE/NAME
	ordered    []*inventory.Subject            // the ConfigMaps in the cluster's order
	mirrors    map[string][]*inventory.Subject // the mirror pods of a component
}

func newObjects(subjects []*inventory.Subject) *objects {
	o := &objects{configMaps: map[string]*inventory.Subject{}, mirrors: map[string][]*inventory.Subject{}}
	for _, s := range subjects {
		switch s.Kind {
		case "Node":
			o.nodes = append(o.nodes, s)
		case "ConfigMap":
			o.configMaps[s.Namespace+"/"+s.Name] = s
			o.ordered = append(o.ordered, s)
		case "Pod":
			if component := mirrored(s); component != "" {
				o.mirrors[component] = append(o.mirrors[component], s)
			}
		}
	}
	return o
}

// components are the parts of a control plane that static pods run.
var components = []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"}

// mirrored names the component whose static pod the object mirrors; "" for other pods. Whoever
// writes such pods (kubeadm, RKE2, kops, OpenShift) names their containers after the component.
func mirrored(pod *inventory.Subject) string {
	if pod.Annotation("kubernetes.io/config.mirror") == "" {
		return ""
	}
	for _, container := range pod.Root.Get("spec", "containers").Children() {
		if name := container.Get("name").Text(); slices.Contains(components, name) {
			return name
		}
	}
	return ""
}

// data is the text under a key of a ConfigMap; "" if there is none.
func (o *objects) data(configMap, key string) string {
	found := o.configMaps[configMap]
	if found == nil {
		return ""
	}
	return found.Root.Get("data", key).Text()
}

// texts gives a map of strings, as labels are; nil if it is none.
func texts(n *document.Node) map[string]string {
	if n == nil || n.Kind != document.Map {
		return nil
	}
	all := make(map[string]string, n.Len())
	for _, child := range n.Children() {
		all[child.Key()] = child.Text()
	}
	return all
}

package fact

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// objects finds the objects that facts are read from among those of the cluster.
type objects struct {
	nodes      []*inventory.Subject
	configMaps map[string]*inventory.Subject   // by NAMESPACE/NAME
	ordered    []*inventory.Subject            // the ConfigMaps in the cluster's order
	mirrors    map[string][]*inventory.Subject // the mirror pods of static pods, by component
	running    map[string]bool                 // components that any pod runs
}

func newObjects(subjects []*inventory.Subject) *objects {
	o := &objects{configMaps: map[string]*inventory.Subject{}, mirrors: map[string][]*inventory.Subject{}, running: map[string]bool{}}
	for _, s := range subjects {
		switch s.Kind {
		case "Node":
			o.nodes = append(o.nodes, s)
		case "ConfigMap":
			o.configMaps[s.Namespace+"/"+s.Name] = s
			o.ordered = append(o.ordered, s)
		}
		if component := componentOf(s); component != "" {
			o.running[component] = true
			if s.Annotation("kubernetes.io/config.mirror") != "" {
				o.mirrors[component] = append(o.mirrors[component], s)
			}
		}
	}
	return o
}

// components are the parts of a cluster that pods may run.
var components = []string{"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kube-proxy"}

// componentOf names the component that a workload of the cluster's own runs; "" for all others.
// Whoever writes such pods (kubeadm, RKE2, kops, OpenShift) names their containers after it. An
// API server elsewhere than in the system's namespaces is that of another cluster.
func componentOf(s *inventory.Subject) string {
	if s.Pod == nil || s.Namespace != "kube-system" && !strings.HasPrefix(s.Namespace, "openshift-") {
		return ""
	}
	for _, container := range s.Pod.Spec.Get("containers").Children() {
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

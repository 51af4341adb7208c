package inventory

import "github.com/kubeproof/kubeproof/internal/document"

// Pod is the pod template of a workload, wherever its kind keeps it.
type Pod struct {
	Template *document.Node // the map that holds metadata and spec
	Spec     *document.Node
}

// podTemplates are where kinds keep their pod template: "" is the object itself.
var podTemplates = map[string][]string{
	"Pod":                   {},
	"PodTemplate":           {"template"},
	"Deployment":            {"spec", "template"},
	"StatefulSet":           {"spec", "template"},
	"DaemonSet":             {"spec", "template"},
	"ReplicaSet":            {"spec", "template"},
	"ReplicationController": {"spec", "template"},
	"Job":                   {"spec", "template"},
	"CronJob":               {"spec", "jobTemplate", "spec", "template"},
	"Rollout":               {"spec", "template"}, // argoproj.io
}

// findPod gives the pod template of an object; nil if its kind carries none or it is absent.
func findPod(kind string, root *document.Node, extra map[string][]string) *Pod {
	path, known := extra[kind]
	if !known {
		path, known = podTemplates[kind]
	}
	if !known {
		return nil
	}
	template := root.Get(path...)
	spec := template.Get("spec")
	if spec == nil || spec.Kind != document.Map {
		return nil
	}
	return &Pod{Template: template, Spec: spec}
}

// Container is one container of a pod with its place among the three lists.
type Container struct {
	Node *document.Node
	Name string
	Role Role
}

// Role tells how a container runs.
type Role string

// The roles of containers; a Sidecar is an init container that keeps running (restartPolicy Always).
const (
	Main      Role = "main"
	Init      Role = "init"
	Sidecar   Role = "sidecar"
	Ephemeral Role = "ephemeral"
)

// Containers lists all containers of the pod: main, init (sidecars too), ephemeral.
func (p *Pod) Containers() []Container {
	var all []Container
	for _, list := range []struct {
		field string
		role  Role
	}{{"containers", Main}, {"initContainers", Init}, {"ephemeralContainers", Ephemeral}} {
		for _, node := range p.Spec.Get(list.field).Children() {
			if node.Kind != document.Map {
				continue
			}
			role := list.role
			if role == Init && node.Get("restartPolicy").Text() == "Always" {
				role = Sidecar
			}
			all = append(all, Container{Node: node, Name: node.Get("name").Text(), Role: role})
		}
	}
	return all
}

// CarriesPod reports whether objects of a built-in kind carry a pod template.
func CarriesPod(kind string) bool {
	_, known := podTemplates[kind]
	return known
}

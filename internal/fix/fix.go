// Package fix writes the smallest change that mends a finding: what a control's remedy sets, for
// exactly the object that was found, as a strategic merge patch or, of a Compose file, as a second
// file that is merged into it. It reads and writes nothing, and gives no change where it is not sure
// that it is right. Begin with For.
package fix

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/control"
)

// Place is the object that a finding is about, and where in it the fault is.
type Place struct {
	APIVersion, Kind, Namespace, Name string
	Container                         string // "" if it is not about one
	Path                              string // as spec.template.spec.containers[0].securityContext
	// InCluster is true if the object was read from a cluster and not from a file.
	InCluster bool
}

// Patch is a change that mends a finding.
type Patch struct {
	// Text is YAML.
	Text string
	// Set says what is set to what, and Of on what, as "container app"; "" on the whole pod.
	Set, Of string
	// Command applies Text, kept in a file patch.yaml, to a cluster; "" where that cannot be done.
	Command string
	// Instead says what to do where there is no command; "" otherwise.
	Instead string
}

// kinds are where the objects that can be patched keep their pods, and what kubectl calls them; frozen
// ones refuse that their pods are changed.
var kinds = map[string]struct {
	pod, resource, frozen string
}{
	"v1 Pod":                   {"spec", "pod", "what a pod runs cannot be changed: write it where the pod comes from, and make the pod anew"},
	"v1 PodTemplate":           {"template.spec", "podtemplate", ""},
	"v1 ReplicationController": {"spec.template.spec", "replicationcontroller", ""},
	"apps/v1 Deployment":       {"spec.template.spec", "deployment.apps", ""},
	"apps/v1 StatefulSet":      {"spec.template.spec", "statefulset.apps", ""},
	"apps/v1 DaemonSet":        {"spec.template.spec", "daemonset.apps", ""},
	"apps/v1 ReplicaSet":       {"spec.template.spec", "replicaset.apps", ""},
	"batch/v1 Job":             {"spec.template.spec", "job.batch", "the pods of a job cannot be changed: write it where the job comes from, and make the job anew"},
	"batch/v1 CronJob":         {"spec.jobTemplate.spec.template.spec", "cronjob.batch", ""},
}

var (
	objectName    = regexp.MustCompile(`^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$`)
	containerName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	serviceName   = regexp.MustCompile(`^[a-zA-Z0-9][-._a-zA-Z0-9]{0,127}$`)
	containerPath = regexp.MustCompile(`^(containers|initContainers)\[[0-9]+\](?:\.(.+))?$`)
)

// For gives the change that mends a finding of a control; nil if there is none that is surely right.
func For(c *control.Control, at Place) *Patch {
	if c == nil || c.Remedy == nil {
		return nil
	}
	if at.APIVersion == "compose" {
		return compose(c, at)
	}
	kind, known := kinds[at.APIVersion+" "+at.Kind]
	rest, below := strings.CutPrefix(at.Path, kind.pod)
	if !known || !below || rest != "" && rest[0] != '.' || !objectName.MatchString(at.Name) || at.Namespace != "" && !objectName.MatchString(at.Namespace) {
		return nil
	}
	in, list := strings.TrimPrefix(rest, "."), ""
	if strings.HasPrefix(c.Check.Scope, "containers.") {
		if in, list = element(in); list == "" && in != c.Remedy.Set {
			return nil // in the pod it is right only where the very same is set for all containers
		}
	}
	if !leads(in, c.Remedy.Set) || list != "" && !containerName.MatchString(at.Container) {
		return nil
	}
	change := nest(c.Remedy.Set, scalar(c.Remedy.To))
	if list != "" {
		change = pairs(list, sequence(merged(pairs("name", scalar(at.Container)), change)))
	}
	return finish(at, kind.resource, kind.frozen, c.Remedy, list, nest(kind.pod, change))
}

// element divides a path below a pod's spec into the list of containers and what is below one of them;
// without a list it is of the pod.
func element(path string) (in, list string) {
	if parts := containerPath.FindStringSubmatch(path); parts != nil {
		return parts[2], parts[1]
	}
	return path, ""
}

// leads tells whether a path is that which is set, or one above it.
func leads(path, set string) bool {
	return path == "" || path == set || strings.HasPrefix(set, path+".")
}

func finish(at Place, resource, frozen string, remedy *control.Remedy, list string, change *yaml.Node) *Patch {
	named := pairs("name", scalar(at.Name))
	if at.Namespace != "" && (at.InCluster || at.Namespace != "default") {
		named = merged(named, pairs("namespace", scalar(at.Namespace)))
	}
	root := merged(pairs("apiVersion", scalar(at.APIVersion)), pairs("kind", scalar(at.Kind)), pairs("metadata", named), change)
	p := &Patch{Text: written(root), Set: fmt.Sprintf("%s: %v", remedy.Set, remedy.To)}
	if list != "" {
		p.Of = "container " + at.Container
	}
	switch {
	case !at.InCluster:
		p.Instead = "it was found in a file: write it there, so that it stays"
	case frozen != "":
		p.Instead = frozen
	default:
		p.Command = "kubectl patch " + resource + " " + at.Name
		if at.Namespace != "" {
			p.Command += " --namespace " + at.Namespace
		}
		p.Command += " --type strategic --patch-file patch.yaml"
	}
	return p
}

// compose writes a file that Compose merges into the one in which a service was found.
func compose(c *control.Control, at Place) *Patch {
	in, below := strings.CutPrefix(at.Path, "services."+at.Name)
	in = strings.TrimPrefix(in, ".")
	if at.Kind != "ComposeService" || !below || !leads(in, c.Remedy.Set) || !serviceName.MatchString(at.Name) {
		return nil
	}
	root := pairs("services", pairs(at.Name, nest(c.Remedy.Set, scalar(c.Remedy.To))))
	return &Patch{Text: written(root), Set: fmt.Sprintf("%s: %v", c.Remedy.Set, c.Remedy.To), Of: "service " + at.Name,
		Instead: "it was found in a file: write it there, or keep it as compose.override.yaml beside it"}
}

// scalar is a value that is quoted where it would be read as another.
func scalar(value any) *yaml.Node {
	n := &yaml.Node{}
	if n.Encode(value) != nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	return n
}

func pairs(key string, value *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar(key), value}}
}

func sequence(one *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{one}}
}

// merged is one map of several.
func merged(all ...*yaml.Node) *yaml.Node {
	whole := &yaml.Node{Kind: yaml.MappingNode}
	for _, one := range all {
		whole.Content = append(whole.Content, one.Content...)
	}
	return whole
}

// nest puts a value at the end of a dotted path.
func nest(path string, value *yaml.Node) *yaml.Node {
	steps := strings.Split(path, ".")
	for i := len(steps) - 1; i >= 0; i-- {
		value = pairs(steps[i], value)
	}
	return value
}

// written is a tree of ours as YAML.
func written(root *yaml.Node) string {
	var text bytes.Buffer
	out := yaml.NewEncoder(&text)
	out.SetIndent(2)
	if out.Encode(root) != nil || out.Close() != nil {
		return ""
	}
	return text.String()
}

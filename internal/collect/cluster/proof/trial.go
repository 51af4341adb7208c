package proof

import (
	"encoding/json"
	"slices"
	"strings"
)

// kind is one kind of object that is sent, and how a good one looks.
type kind struct {
	name, resource, path string // path is that before the namespace
	good                 func(image string) map[string]any
}

var (
	pods        = kind{"Pod", "pods", "/api/v1/namespaces/", goodPod}
	services    = kind{"Service", "services", "/api/v1/namespaces/", goodService}
	deployments = kind{"Deployment", "deployments", "/apis/apps/v1/namespaces/", goodDeployment}
	ingresses   = kind{"Ingress", "ingresses", "/apis/networking.k8s.io/v1/namespaces/", goodIngress}
)

// trial is one object that is sent.
type trial struct {
	fault string // "" for the counter-proof
	about string // what is wrong, as a part of a sentence
	kind  kind
	image string
	edits []edit
}

// edit sets a value, or with nil takes it away. It is the fault itself, so that the object is
// mended if the server gives it back otherwise, unless it is only needed beside it.
type edit struct {
	path   string
	value  any
	needed bool
}

const (
	podContext = "spec.securityContext."
	container  = "spec.containers.0."
	context0   = container + "securityContext."
)

// trials are all objects: first those without fault, then one for each fault. Their faults are
// those of the checklists, not of one profile; controls choose which must be refused.
func trials(image string) []trial {
	all := []trial{{kind: pods}, {kind: deployments}, {kind: services}, {kind: ingresses}}
	for _, p := range []struct {
		fault, about string
		edits        []edit
	}{
		{"privileged", "a privileged container", []edit{{context0 + "privileged", true, false}, {context0 + "allowPrivilegeEscalation", nil, true}}},
		{"capability", "a container that adds the capability SYS_ADMIN", []edit{{context0 + "capabilities.add", []any{"SYS_ADMIN"}, false}}},
		{"default-capabilities", "a container that keeps the default capabilities", []edit{{context0 + "capabilities", nil, false}}},
		{"root", "a container that runs as user 0", []edit{{podContext + "runAsUser", 0, false}, {podContext + "runAsNonRoot", nil, true}}},
		{"maybe-root", "a container whose image may run as root", []edit{{podContext + "runAsUser", nil, true}, {podContext + "runAsNonRoot", nil, false}}},
		{"sysctl", "a pod that sets the sysctl kernel.msgmax", []edit{{podContext + "sysctls", []any{map[string]any{"name": "kernel.msgmax", "value": "65536"}}, false}}},
		{"host-path", "a pod that mounts the node's root folder", []edit{{"spec.volumes", []any{map[string]any{"name": "node", "hostPath": map[string]any{"path": "/"}}}, false}}},
		{"host-network", "a pod on the node's network", []edit{{"spec.hostNetwork", true, false}}},
		{"host-port", "a container that opens a port of the node", []edit{{container + "ports", []any{map[string]any{"containerPort": 8080, "hostPort": 8080}}, false}}},
		{"host-pid", "a pod that sees the node's processes", []edit{{"spec.hostPID", true, false}}},
		{"host-ipc", "a pod that shares the node's memory segments", []edit{{"spec.hostIPC", true, false}}},
		{"privilege-escalation", "a container that allows privilege escalation", []edit{{context0 + "allowPrivilegeEscalation", true, false}}},
		{"no-seccomp", "a pod without seccomp profile", []edit{{podContext + "seccompProfile", nil, false}}},
		{"writable-root", "a container with a writable root file system", []edit{{context0 + "readOnlyRootFilesystem", false, false}}},
		{"token", "a pod that mounts a service account token", []edit{{"spec.automountServiceAccountToken", true, false}}},
		{"no-limits", "a container without limits", []edit{{container + "resources.limits.cpu", nil, false}, {container + "resources.limits.memory", nil, false}}},
		{"no-probes", "a container without probes", []edit{{container + "livenessProbe", nil, false}, {container + "readinessProbe", nil, false}}},
		{"latest-tag", "an image with the tag latest", []edit{{container + "image", untagged(image) + ":latest", false}}},
	} {
		all = append(all, trial{fault: p.fault, about: p.about, kind: pods, edits: p.edits})
	}
	all = append(all,
		trial{fault: "one-replica", about: "a Deployment with one replica", kind: deployments, edits: []edit{{"spec.replicas", 1, false}}},
		trial{fault: "node-port", about: "a Service of type NodePort", kind: services, edits: []edit{{"spec.type", "NodePort", false}}},
		trial{fault: "no-tls", about: "an Ingress without TLS", kind: ingresses, edits: []edit{{"spec.tls", nil, false}}})
	for i := range all {
		all[i].image = image
	}
	return all
}

// untagged is an image without its tag and digest.
func untagged(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndex(image, ":"); colon > strings.LastIndex(image, "/") {
		return image[:colon]
	}
	return image
}

func (t trial) name() string {
	if t.fault == "" {
		return NamePrefix + "good"
	}
	return NamePrefix + t.fault
}

// encoded is the object as JSON.
func (t trial) encoded(namespace string) []byte {
	object := t.kind.good(t.image)
	object["metadata"] = map[string]any{"name": t.name(), "namespace": namespace, "labels": labels()}
	for _, e := range t.edits {
		set(object, strings.Split(e.path, "."), e.value)
	}
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // it is made of constants and strings
	}
	return text
}

// set puts a value at a path below a map or a list; nil takes away what is there.
func set(at any, path []string, value any) {
	if list, ok := at.([]any); ok { // of one element
		set(list[0], path[1:], value)
		return
	}
	fields := at.(map[string]any)
	switch {
	case len(path) > 1:
		set(fields[path[0]], path[1:], value)
	case value == nil:
		delete(fields, path[0])
	default:
		fields[path[0]] = value
	}
}

// mended reports whether the server gave the object back without its faults: something changed
// all of them.
func (t trial) mended(given map[string]any) bool {
	return t.fault != "" && !slices.ContainsFunc(t.edits, func(e edit) bool {
		return !e.needed && holds(given, strings.Split(e.path, "."), e.value)
	})
}

// holds reports whether the value at a path is the one that was sent there. A false that vanished
// holds, since the API server leaves it out; lists and maps hold as long as they are there.
func holds(at any, path []string, sent any) bool {
	for _, key := range path {
		switch v := at.(type) {
		case map[string]any:
			at = v[key]
		case []any:
			if len(v) == 0 {
				return sent == nil
			}
			at = v[0]
		default:
			at = nil
		}
	}
	switch sent := sent.(type) {
	case nil:
		return at == nil
	case bool:
		given, _ := at.(bool)
		return given == sent
	case int:
		return at == float64(sent)
	case string:
		return at == sent
	}
	return at != nil
}

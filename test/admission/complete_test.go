package admission

import (
	"encoding/json"

	"github.com/kubeproof/kubeproof/test/apiserver"
)

type object = apiserver.Object

// completed gives a copy of an object with what the API server requires and an example leaves
// out. It changes nothing that is there.
func completed(of object) object {
	text, err := json.Marshal(of)
	if err != nil {
		panic(err) // it was read from YAML
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		panic(err)
	}
	metadata := child(o, "metadata")
	if metadata["name"] == nil && metadata["generateName"] == nil {
		metadata["name"] = "example"
	}
	for _, owner := range mapsIn(metadata, "ownerReferences") {
		setDefault(owner, "uid", "6f1d0a6c-0c5e-4f0e-9f6e-3f7b1b1f5a10")
	}
	kind, _ := o["kind"].(string)
	if template := templateOf(o); template != nil {
		completePod(kind, template)
	}
	if complete := completions[kind]; complete != nil {
		complete(o)
	}
	return o
}

// child gives the map in a field; it makes one where there is none.
func child(o object, field string) object {
	inner, ok := o[field].(map[string]any)
	if !ok {
		inner = object{}
		o[field] = inner
	}
	return inner
}

func setDefault(o object, field string, value any) {
	if o[field] == nil {
		o[field] = value
	}
}

func mapsIn(o object, field string) []object {
	list, _ := o[field].([]any)
	var all []object
	for _, element := range list {
		if m, ok := element.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// templateOf finds what holds the metadata and spec of a pod; nil in other kinds.
func templateOf(o object) object {
	switch o["kind"] {
	case "Pod":
		return o
	case "PodTemplate":
		return child(o, "template")
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job":
		return child(child(o, "spec"), "template")
	case "CronJob":
		return child(child(child(child(o, "spec"), "jobTemplate"), "spec"), "template")
	}
	return nil
}

func completePod(kind string, template object) {
	spec := child(template, "spec")
	setDefault(spec, "containers", []any{object{"name": "example", "image": "registry.example.com/app:1"}})
	volumes := map[any]bool{}
	for _, volume := range mapsIn(spec, "volumes") {
		volumes[volume["name"]] = true
		if volume["ephemeral"] != nil {
			claim := child(child(child(volume, "ephemeral"), "volumeClaimTemplate"), "spec")
			setDefault(claim, "accessModes", []any{"ReadWriteOnce"})
			setDefault(claim, "resources", object{"requests": object{"storage": "1Gi"}})
		}
	}
	for _, list := range []string{"containers", "initContainers"} {
		for _, container := range mapsIn(spec, list) {
			setDefault(container, "name", "example")
			setDefault(container, "image", "registry.example.com/app:1")
			for _, mount := range mapsIn(container, "volumeMounts") {
				setDefault(mount, "mountPath", "/"+mount["name"].(string))
				if !volumes[mount["name"]] {
					volumes[mount["name"]] = true
					all, _ := spec["volumes"].([]any)
					spec["volumes"] = append(all, object{"name": mount["name"], "emptyDir": object{}})
				}
			}
		}
	}
	switch kind {
	case "Job", "CronJob":
		setDefault(spec, "restartPolicy", "Never")
	case "Pod":
	default:
		setDefault(child(child(template, "metadata"), "labels"), "app", "example")
	}
}

// completions add what a kind requires beside its pod.
var completions = map[string]func(object){
	"Deployment": selectsPods, "StatefulSet": selectsPods, "DaemonSet": selectsPods, "ReplicaSet": selectsPods,
	"CronJob": func(o object) { setDefault(child(o, "spec"), "schedule", "0 0 * * *") },
	"Service": func(o object) {
		spec := child(o, "spec")
		if spec["type"] != "ExternalName" {
			setDefault(spec, "ports", []any{object{"port": 80}})
		}
	},
	"PersistentVolume": func(o object) {
		spec := child(o, "spec")
		setDefault(spec, "capacity", object{"storage": "1Gi"})
		setDefault(spec, "accessModes", []any{"ReadWriteOnce"})
		if spec["local"] != nil {
			setDefault(spec, "nodeAffinity", object{"required": object{"nodeSelectorTerms": []any{
				object{"matchExpressions": []any{object{"key": "kubernetes.io/hostname", "operator": "Exists"}}}}}})
		}
	},
	"HorizontalPodAutoscaler": func(o object) {
		spec := child(o, "spec")
		setDefault(spec, "maxReplicas", 10)
		setDefault(spec, "scaleTargetRef", object{"kind": "Deployment", "name": "example", "apiVersion": "apps/v1"})
	},
	"Secret": func(o object) {
		if o["type"] == "kubernetes.io/dockerconfigjson" {
			setDefault(o, "stringData", object{".dockerconfigjson": "{}"})
		}
	},
	"Ingress": func(o object) {
		setDefault(child(o, "spec"), "defaultBackend", object{"service": object{"name": "web", "port": object{"number": 80}}})
	},
}

// selectsPods makes a workload select what its pods carry.
func selectsPods(o object) {
	spec := child(o, "spec")
	labels := child(child(child(spec, "template"), "metadata"), "labels")
	setDefault(spec, "selector", object{"matchLabels": labels})
}

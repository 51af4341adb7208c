package demo

import (
	"fmt"
	"maps"
)

// status is what controllers say of the workload: all of it runs.
func (w running) status(kind string, replicas int) object {
	if kind == "DaemonSet" {
		n := w.cluster.nodes
		return object{"desiredNumberScheduled": n, "currentNumberScheduled": n, "numberReady": n, "numberAvailable": n, "updatedNumberScheduled": n}
	}
	return object{"replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas, "updatedReplicas": replicas}
}

// pods are what its controller makes of a workload: pods, and for a Deployment the ReplicaSet between.
func (w running) pods(made object) []object {
	kind, spec := made["kind"].(string), made["spec"].(object)
	template, _ := spec["template"].(object)
	if template == nil { // a CronJob: its pods have ended
		return nil
	}
	var all []object
	count, owner, ownerName := w.cluster.nodes, kind, w.name
	if replicas, known := spec["replicas"].(int); known {
		count = replicas
	}
	if kind == "Deployment" {
		owner, ownerName = "ReplicaSet", fmt.Sprintf("%s-%08x", w.name, chance(w.seed, w.in.name, w.name, w.version()).Uint32())
		set := w.owned(ownerName, "Deployment", w.name)
		set["apiVersion"], set["kind"] = "apps/v1", "ReplicaSet"
		set["spec"] = object{"replicas": count, "selector": spec["selector"], "template": template}
		set["status"] = object{"replicas": count, "readyReplicas": count}
		all = append(all, set)
	}
	for i := range count {
		pod := w.owned(fmt.Sprintf("%s-%d", ownerName, i), owner, ownerName)
		own := maps.Clone(template["spec"].(object))
		own["nodeName"] = fmt.Sprintf("node-%d", (i+len(w.name))%w.cluster.nodes+1)
		pod["apiVersion"], pod["kind"], pod["spec"] = "v1", "Pod", own
		pod["status"] = object{"phase": "Running", "podIP": fmt.Sprintf("10.20.%d.%d", i, 20+len(w.name)), "conditions": []any{object{"type": "Ready", "status": "True"}}}
		all = append(all, pod)
	}
	return all
}

// owned is the beginning of an object that a controller made.
func (w running) owned(name, kind, owner string) object {
	meta := w.metadata(name)
	meta["ownerReferences"] = []any{object{"apiVersion": "apps/v1", "kind": kind, "name": owner, "controller": true}}
	return object{"metadata": meta}
}

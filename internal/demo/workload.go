package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
)

// object is an object of a cluster as its API server gives it.
type object = map[string]any

// running is a workload in its place at a week.
type running struct {
	*workload
	in      *space
	cluster *cluster
	seed    uint64
	week    int
}

// labels are those of its pods.
func (w running) labels() object {
	return object{"app.kubernetes.io/name": w.name, "app.kubernetes.io/instance": w.in.name, "app.kubernetes.io/version": w.version(), "app.kubernetes.io/part-of": w.in.name,
		"app.kubernetes.io/component": "server", "app.kubernetes.io/managed-by": "argocd", "team": w.in.team}
}

// version is the tag of its image: a new one every few weeks.
func (w running) version() string {
	r := chance(w.seed, w.image)
	every := 2 + r.IntN(5)
	return fmt.Sprintf("%d.%d.%d", 1+r.IntN(4), 3+r.IntN(20)+w.week/every, r.IntN(6))
}

// reference is its image, by tag and digest.
func (w running) reference() string {
	tagged := "registry.platform.example.com/" + w.image + ":" + w.version()
	sum := sha256.Sum256([]byte(tagged))
	return tagged + "@sha256:" + hex.EncodeToString(sum[:])
}

// container is its program, made as it should be; flaws take from that.
func (w running) container() object {
	made := object{
		"name": w.name, "image": w.reference(), "imagePullPolicy": "IfNotPresent", "terminationMessagePolicy": "File",
		"resources": object{"requests": object{"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "128Mi"}, "limits": object{"cpu": "1", "memory": "256Mi", "ephemeral-storage": "1Gi"}},
		"securityContext": object{"allowPrivilegeEscalation": false, "privileged": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true, "runAsUser": 10001, "runAsGroup": 10001,
			"capabilities": object{"drop": []any{"ALL"}}, "seccompProfile": object{"type": "RuntimeDefault"}},
		"env":          []any{object{"name": "LOG_LEVEL", "value": "info"}},
		"volumeMounts": []any{object{"name": "tmp", "mountPath": "/tmp"}},
	}
	if w.port > 0 {
		made["ports"] = []any{object{"name": "main", "containerPort": w.port, "protocol": "TCP"}}
		probe := func(path string, every int) object {
			return object{"httpGet": object{"path": path, "port": "main", "scheme": "HTTP"}, "periodSeconds": every, "timeoutSeconds": 2, "failureThreshold": 3}
		}
		made["livenessProbe"], made["readinessProbe"], made["startupProbe"] = probe("/livez", 20), probe("/readyz", 10), probe("/livez", 5)
	}
	return made
}

// pod is the spec of its pods.
func (w running) pod() object {
	spec := object{
		"hostUsers": w.week < 8+chance(w.seed, "users", w.in.name).IntN(20), "serviceAccountName": w.name, "automountServiceAccountToken": false, "enableServiceLinks": false, "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
		"securityContext": object{"runAsNonRoot": true, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001, "seccompProfile": object{"type": "RuntimeDefault"}},
		"containers":      []any{w.container()},
		"volumes":         []any{object{"name": "tmp", "emptyDir": object{"sizeLimit": "64Mi"}}},
		"topologySpreadConstraints": []any{object{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": object{"matchLabels": object{"app.kubernetes.io/name": w.name}}}},
	}
	if w.agent {
		w.seeNode(spec)
	}
	return spec
}

// seeNode gives an agent the node's folders, and root, which it needs for them.
func (w running) seeNode(spec object) {
	delete(spec, "topologySpreadConstraints")
	spec["securityContext"] = object{"seccompProfile": object{"type": "RuntimeDefault"}}
	container := first(spec)
	context := container["securityContext"].(object)
	delete(context, "runAsUser")
	delete(context, "runAsGroup")
	context["runAsNonRoot"] = false
	spec["volumes"] = append(spec["volumes"].([]any), object{"name": "host", "hostPath": object{"path": "/var/log", "type": "Directory"}})
	container["volumeMounts"] = append(container["volumeMounts"].([]any), object{"name": "host", "mountPath": "/host/log", "readOnly": true})
}

// first is the program of a pod.
func first(spec object) object { return spec["containers"].([]any)[0].(object) }

// replicas are fewer where nobody depends on it.
func (w running) replicas() int {
	if w.cluster.environment == "staging" || w.kind == "StatefulSet" && w.name == "vault" {
		return 2
	}
	return 3
}

// object is the workload with its flaws of the week.
func (w running) object() object {
	kind := w.kind
	if kind == "" {
		kind = "Deployment"
	}
	spec := w.pod()
	whole := object{"replicas": w.replicas(), "revisionHistoryLimit": 5}
	for _, flaw := range flaws {
		if flaw.fits(w) && w.has(flaw) {
			flaw.make(w, spec, whole)
		}
	}
	made := object{"apiVersion": "apps/v1", "kind": kind, "metadata": w.metadata(w.name)}
	template := object{"metadata": object{"labels": w.labels()}, "spec": spec}
	whole["selector"], whole["template"] = object{"matchLabels": object{"app.kubernetes.io/name": w.name}}, template
	switch kind {
	case "DaemonSet":
		delete(whole, "replicas")
		whole["updateStrategy"] = object{"type": "RollingUpdate"}
	case "StatefulSet":
		whole["serviceName"] = w.name
	case "CronJob":
		spec["restartPolicy"] = "Never"
		delete(spec, "topologySpreadConstraints")
		made["apiVersion"] = "batch/v1"
		whole = object{"schedule": "15 3 * * *", "concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 600, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 3,
			"jobTemplate": object{"spec": object{"backoffLimit": 2, "activeDeadlineSeconds": 3600, "ttlSecondsAfterFinished": 86400, "template": template}}}
	}
	made["spec"] = whole
	if kind != "CronJob" {
		replicas, _ := whole["replicas"].(int)
		made["status"] = w.status(kind, replicas)
	}
	return made
}

// metadata is that of its objects.
func (w running) metadata(name string) object {
	return object{"name": name, "namespace": w.in.name, "labels": maps.Clone(w.labels()), "annotations": object{"owner": w.in.team + "@example.com"}}
}

// around are the objects that belong to it: account, budget, service, ingress.
func (w running) around() []object {
	all := []object{{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": w.metadata(w.name), "automountServiceAccountToken": false}}
	selector := object{"app.kubernetes.io/name": w.name}
	if w.kind != "CronJob" && w.kind != "DaemonSet" && !w.suffers("no-budget") {
		all = append(all, object{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": w.metadata(w.name),
			"spec": object{"maxUnavailable": 1, "selector": object{"matchLabels": selector}}})
	}
	if w.port > 0 {
		kind := "ClusterIP"
		if w.name == "ingress-nginx-controller" {
			kind = "LoadBalancer"
		}
		all = append(all, object{"apiVersion": "v1", "kind": "Service", "metadata": w.metadata(w.name),
			"spec": object{"type": kind, "selector": selector, "ports": []any{object{"name": "main", "port": w.port, "targetPort": "main", "protocol": "TCP"}}}})
	}
	if w.host != "" {
		all = append(all, w.ingress())
	}
	return all
}

func (w running) ingress() object {
	backend := object{"service": object{"name": w.name, "port": object{"name": "main"}}}
	spec := object{"ingressClassName": "nginx", "rules": []any{object{"host": w.host, "http": object{"paths": []any{object{"path": "/", "pathType": "Prefix", "backend": backend}}}}}}
	if !w.suffers("no-tls") {
		spec["tls"] = []any{object{"hosts": []any{w.host}, "secretName": w.name + "-tls"}}
	}
	return object{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": w.metadata(w.name), "spec": spec}
}

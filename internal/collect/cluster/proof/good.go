package proof

// labels are those that policies often ask for.
func labels() map[string]any {
	return map[string]any{
		"app":                         "kubeproof-proof",
		"app.kubernetes.io/name":      "kubeproof-proof",
		"app.kubernetes.io/instance":  "kubeproof-proof",
		"app.kubernetes.io/component": "proof",
		"app.kubernetes.io/part-of":   "kubeproof",
		"app.kubernetes.io/version":   "1",
	}
}

// goodPod is a pod that the restricted Pod Security Standard and the usual policies accept.
func goodPod(image string) map[string]any {
	return map[string]any{"apiVersion": "v1", "kind": "Pod", "spec": goodPodSpec(image)}
}

func goodPodSpec(image string) map[string]any {
	probe := func() map[string]any { return map[string]any{"tcpSocket": map[string]any{"port": 8080}} }
	return map[string]any{
		"automountServiceAccountToken": false,
		"securityContext": map[string]any{
			"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
			"seccompProfile": map[string]any{"type": "RuntimeDefault"},
		},
		"containers": []any{map[string]any{
			"name": "proof", "image": image, "imagePullPolicy": "Always",
			"resources": map[string]any{
				"requests": map[string]any{"cpu": "10m", "memory": "16Mi"},
				"limits":   map[string]any{"cpu": "10m", "memory": "16Mi"},
			},
			"livenessProbe": probe(), "readinessProbe": probe(),
			"securityContext": map[string]any{
				"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
				"capabilities": map[string]any{"drop": []any{"ALL"}},
			},
		}},
	}
}

func goodDeployment(image string) map[string]any {
	return map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "spec": map[string]any{
		"replicas": 3,
		"selector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "kubeproof-proof"}},
		"template": map[string]any{"metadata": map[string]any{"labels": labels()}, "spec": goodPodSpec(image)},
	}}
}

func goodService(string) map[string]any {
	return map[string]any{"apiVersion": "v1", "kind": "Service", "spec": map[string]any{
		"type":     "ClusterIP",
		"selector": map[string]any{"app.kubernetes.io/name": "kubeproof-proof"},
		"ports":    []any{map[string]any{"name": "http", "port": 80, "targetPort": 8080}},
	}}
}

// goodIngress names a host below .invalid, which no name server knows.
func goodIngress(string) map[string]any {
	const host = "kubeproof-proof.invalid"
	return map[string]any{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "spec": map[string]any{
		"tls": []any{map[string]any{"hosts": []any{host}, "secretName": "kubeproof-proof"}},
		"rules": []any{map[string]any{"host": host, "http": map[string]any{"paths": []any{map[string]any{
			"path": "/", "pathType": "Prefix",
			"backend": map[string]any{"service": map[string]any{"name": "kubeproof-proof", "port": map[string]any{"number": 80}}},
		}}}}},
	}}
}

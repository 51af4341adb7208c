package shelf

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// podSpec is about as long as those of real clusters.
const podSpec = `{"serviceAccountName": "sa%d", "nodeName": "node-%d", "containers": [{"name": "app", "image": "registry.example.com/team/app@sha256:4a1c4b21597c1b4415bdbecb28a3296c6b5e23ca4f9feeb599860a1dac6a0108",
 "env": [{"name": "DB_URL", "value": "postgres://db.ns%d:5432/app"}, {"name": "LOG_LEVEL", "value": "info"}, {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}}],
 "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}], "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}},
 "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http", "scheme": "HTTP"}, "initialDelaySeconds": 5, "periodSeconds": 10, "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3},
 "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true, "capabilities": {"drop": ["ALL"]}}, "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "imagePullPolicy": "IfNotPresent",
 "volumeMounts": [{"name": "token", "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}, {"name": "config", "mountPath": "/etc/app"}]}],
 "volumes": [{"name": "token", "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}, {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}], "defaultMode": 420}}, {"name": "config", "configMap": {"name": "c0", "defaultMode": 420}}],
 "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler", "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}, {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}], "priority": 0, "enableServiceLinks": true, "preemptionPolicy": "PreemptLowerPriority"}`

// madeObjects writes about so many objects of a cluster, as JSON: namespaces of a hundred objects each.
func madeObjects(objects int) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	add(`{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "cluster-admin"}, "rules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, {"verbs": ["*"], "nonResourceURLs": ["*"]}]}`)
	for i := range 20 {
		add(`{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "team%d"}, "rules": [{"verbs": ["get", "list", "watch"], "apiGroups": ["", "apps"], "resources": ["pods", "deployments", "configmaps"]}, {"verbs": ["create", "patch"], "apiGroups": ["apps"], "resources": ["deployments"]}]}`, i)
	}
	const meta = `"metadata": {"name": "%s", "namespace": "ns%d", "uid": "6f1c2a5e-8d0c-4a52-9b1e-2f0a3b4c5d6e", "resourceVersion": "123456", "creationTimestamp": "2026-01-05T08:00:00Z", "labels": {"app.kubernetes.io/name": "d%d", "app.kubernetes.io/part-of": "shop", "team": "team-%d"}%s}`
	for n := 0; len(all) < objects; n++ {
		add(`{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns%d", "labels": {"kubernetes.io/metadata.name": "ns%d", "pod-security.kubernetes.io/enforce": "restricted"}}}`, n, n)
		for i := range 15 {
			add(`{"apiVersion": "apps/v1", "kind": "Deployment", `+meta+`, "spec": {"replicas": 2, "selector": {"matchLabels": {"app.kubernetes.io/name": "d%d"}}, "template": {"metadata": {"labels": {"app.kubernetes.io/name": "d%d", "team": "team-%d"}}, "spec": `+podSpec+`}}}`, fmt.Sprintf("d%d", i), n, i, n%9, "", i, i, n%9, i%5, 0, n)
			owner := fmt.Sprintf(`, "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "d%d", "controller": true}]`, i)
			add(`{"apiVersion": "apps/v1", "kind": "ReplicaSet", `+meta+`, "spec": {"replicas": 2, "selector": {"matchLabels": {"app.kubernetes.io/name": "d%d"}}, "template": {"metadata": {"labels": {"app.kubernetes.io/name": "d%d", "team": "team-%d"}}, "spec": `+podSpec+`}}}`, fmt.Sprintf("d%d-75675f5897", i), n, i, n%9, owner, i, i, n%9, i%5, 0, n)
			for p := range 2 {
				owner := fmt.Sprintf(`, "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "d%d-75675f5897", "controller": true}]`, i)
				add(`{"apiVersion": "v1", "kind": "Pod", `+meta+`, "spec": `+podSpec+`, "status": {"phase": "Running", "podIP": "10.%d.%d.%d"}}`, fmt.Sprintf("d%d-75675f5897-x%dk2p", i, p), n, i, n%9, owner, i%5, (n*7+p*31)%200, n, n/200, n%200, i*2+p)
			}
		}
		for i := range 10 {
			add(`{"apiVersion": "v1", "kind": "Service", `+meta+`, "spec": {"type": "ClusterIP", "selector": {"app.kubernetes.io/name": "d%d"}, "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]}}`, fmt.Sprintf("s%d", i), n, i, n%9, "", i)
			add(`{"apiVersion": "v1", "kind": "ConfigMap", `+meta+`, "data": {"app.yaml": %q}}`, fmt.Sprintf("c%d", i), n, i, n%9, "", strings.Repeat("setting: value\n", 40))
		}
		for i := range 5 {
			add(`{"apiVersion": "v1", "kind": "ServiceAccount", `+meta+`}`, fmt.Sprintf("sa%d", i), n, i, n%9, "")
			add(`{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", `+meta+`, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "team%d"}, "subjects": [{"kind": "ServiceAccount", "name": "sa%d", "namespace": "ns%d"}, {"kind": "User", "name": "user%d", "apiGroup": "rbac.authorization.k8s.io"}]}`, fmt.Sprintf("b%d", i), n, i, n%9, "", (n+i)%20, i, n, (n*5+i)%700)
		}
		if n%3 > 0 {
			add(`{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", `+meta+`, "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}`, "deny", n, 0, n%9, "")
		}
		for i := range 3 {
			add(`{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", `+meta+`, "spec": {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "d%d"}}, "policyTypes": ["Ingress"], "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ns%d"}}}], "ports": [{"port": 8080, "protocol": "TCP"}]}]}}`, fmt.Sprintf("p%d", i), n, i, n%9, "", i, max(0, n-1))
		}
	}
	return all[:objects]
}

// madeInventory packs such a cluster as a scan hands it in.
func madeInventory(t testing.TB, objects int) []byte {
	t.Helper()
	inv := &inventory.Inventory{Targets: []inventory.Target{{Kind: "cluster", Name: "cluster:prod"}}}
	source := &inventory.Source{Target: "cluster:prod", Cluster: "prod"}
	reader := document.NewUnplacedReader(document.DefaultLimits)
	for _, text := range madeObjects(objects) {
		root, _, err := reader.Read([]byte(text), document.Shape{})
		if err != nil {
			t.Fatal(err, text)
		}
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(root, source, 0, "", nil))
	}
	return packInventory(t, inv)
}

func packInventory(t testing.TB, inv *inventory.Inventory) []byte {
	t.Helper()
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	if err := saved.Write(packed, inv, nil); err != nil {
		t.Fatal(err)
	}
	packed.Close()
	return out.Bytes()
}

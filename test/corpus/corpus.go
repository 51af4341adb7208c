// Package corpus makes realistic Kubernetes workloads for benchmarks and tests: the same seed
// gives the same bytes. Half of what it makes follows good practice, half does not.
// Begin with Documents.
package corpus

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Documents gives n workload documents as YAML, near 105 lines and 2.9 KB on average.
func Documents(n int, seed uint64) []string {
	r := rand.New(rand.NewPCG(seed, seed))
	documents := make([]string, n)
	for i := range documents {
		w := &writer{r: r}
		w.workload(i)
		documents[i] = w.String()
	}
	return documents
}

// Write puts the documents in files of ten below folder and gives their total size in bytes.
func Write(folder string, documents []string) (int, error) {
	total := 0
	for start := 0; start < len(documents); start += 10 {
		text := strings.Join(documents[start:min(start+10, len(documents))], "---\n")
		total += len(text)
		file := filepath.Join(folder, fmt.Sprintf("team%02d", start/500), fmt.Sprintf("apps%04d.yaml", start/10))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return 0, err
		}
	}
	return total, nil
}

type writer struct {
	strings.Builder
	r *rand.Rand
}

func (w *writer) line(indent int, format string, args ...any) {
	w.WriteString(strings.Repeat(" ", indent))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *writer) one(choices ...string) string { return choices[w.r.IntN(len(choices))] }
func (w *writer) chance(percent int) bool      { return w.r.IntN(100) < percent }

var kinds = []string{"Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}

func (w *writer) workload(i int) {
	kind := w.one(kinds...)
	name := fmt.Sprintf("%s-%s-%04d", w.one("web", "api", "worker", "cache", "billing", "search"), w.one("eu", "us", "core"), i)
	group := "apps/v1"
	if kind == "Job" || kind == "CronJob" {
		group = "batch/v1"
	}
	w.line(0, "apiVersion: %s", group)
	w.line(0, "kind: %s", kind)
	w.line(0, "metadata:")
	w.line(2, "name: %s", name)
	w.line(2, "namespace: %s", w.one("shop", "billing", "search", "default"))
	w.labels(2, name)
	w.line(2, "annotations:")
	w.line(4, "owner: %s@example.com", w.one("web-team", "data-team", "platform"))
	w.line(4, "example.com/description: \"%s of the %s system, kept by its team\"", kind, w.one("shop", "billing"))
	w.line(0, "spec:")
	indent := 2
	switch kind {
	case "CronJob":
		w.line(2, "schedule: \"*/5 * * * *\"")
		w.line(2, "concurrencyPolicy: Forbid")
		w.line(2, "jobTemplate:")
		w.line(4, "spec:")
		indent = 6
	case "Job":
		w.line(2, "backoffLimit: 3")
	default:
		w.selector(kind, name)
	}
	w.template(indent, name)
}

func (w *writer) selector(kind, name string) {
	if kind != "DaemonSet" {
		w.line(2, "replicas: %d", 1+w.r.IntN(4))
	}
	if kind == "StatefulSet" {
		w.line(2, "serviceName: %s", name)
	}
	w.line(2, "selector:")
	w.line(4, "matchLabels:")
	w.line(6, "app.kubernetes.io/name: %s", name)
}

func (w *writer) labels(indent int, name string) {
	w.line(indent, "labels:")
	w.line(indent+2, "app.kubernetes.io/name: %s", name)
	w.line(indent+2, "app.kubernetes.io/instance: %s-prod", name)
	w.line(indent+2, "app.kubernetes.io/version: \"1.%d.%d\"", w.r.IntN(20), w.r.IntN(9))
	w.line(indent+2, "app.kubernetes.io/part-of: shop")
	w.line(indent+2, "app.kubernetes.io/managed-by: kubectl")
}

func (w *writer) template(indent int, name string) {
	w.line(indent, "template:")
	w.line(indent+2, "metadata:")
	w.labels(indent+4, name)
	w.line(indent+2, "spec:")
	at := indent + 4
	if w.chance(60) {
		w.line(at, "serviceAccountName: %s", name)
		w.line(at, "automountServiceAccountToken: false")
	}
	if w.chance(10) {
		w.line(at, "%s: true", w.one("hostNetwork", "hostPID", "hostIPC"))
	}
	if w.chance(50) {
		w.line(at, "securityContext:")
		w.line(at+2, "runAsNonRoot: true")
		w.line(at+2, "runAsUser: 10001")
		w.line(at+2, "fsGroup: 10001")
		w.line(at+2, "seccompProfile:")
		w.line(at+4, "type: RuntimeDefault")
	}
	w.line(at, "containers:")
	for c := range 1 + w.r.IntN(3) {
		w.container(at+2, fmt.Sprintf("%s%d", w.one("app", "proxy", "sidecar"), c))
	}
	w.line(at, "volumes:")
	w.line(at+2, "- name: config")
	w.line(at+4, "configMap:")
	w.line(at+6, "name: %s-config", name)
	if w.chance(15) {
		w.line(at+2, "- name: host")
		w.line(at+4, "hostPath:")
		w.line(at+6, "path: %s", w.one("/var/log", "/var/run/docker.sock", "/data"))
	}
}

func (w *writer) container(at int, name string) {
	w.line(at, "- name: %s", name)
	w.line(at+2, "image: %s/%s:%s", w.one("registry.example.com/shop", "docker.io/library", "ghcr.io/example"), name, w.one("1.2.3", "latest", "v2.0.1-alpine", "main"))
	w.line(at+2, "imagePullPolicy: %s", w.one("Always", "IfNotPresent"))
	w.line(at+2, "args: [\"serve\", \"--port=8080\", \"--log-level=info\"]")
	w.line(at+2, "ports:")
	w.line(at+4, "- name: http")
	w.line(at+6, "containerPort: 8080")
	w.line(at+2, "env:")
	for range 2 + w.r.IntN(3) {
		w.line(at+4, "- name: %s_%s", w.one("LOG", "CACHE", "HTTP", "QUEUE"), w.one("LEVEL", "SIZE", "TIMEOUT", "URL"))
		w.line(at+6, "value: \"%s\"", w.one("info", "1024", "30s", "http://queue.shop.svc:8080", "true"))
	}
	w.line(at+4, "- name: DB_PASSWORD")
	w.line(at+6, "valueFrom:")
	w.line(at+8, "secretKeyRef:")
	w.line(at+10, "name: database")
	w.line(at+10, "key: password")
	w.resources(at + 2)
	if w.chance(60) {
		w.probe(at+2, "livenessProbe")
		w.probe(at+2, "readinessProbe")
	}
	w.security(at + 2)
	w.line(at+2, "volumeMounts:")
	w.line(at+4, "- name: config")
	w.line(at+6, "mountPath: /etc/app")
	w.line(at+6, "readOnly: true")
}

func (w *writer) resources(at int) {
	w.line(at, "resources:")
	w.line(at+2, "requests:")
	w.line(at+4, "cpu: %s", w.one("100m", "250m", "1"))
	w.line(at+4, "memory: %s", w.one("64Mi", "128Mi", "1Gi"))
	if w.chance(70) {
		w.line(at+2, "limits:")
		w.line(at+4, "memory: %s", w.one("128Mi", "256Mi", "2Gi"))
	}
}

func (w *writer) probe(at int, name string) {
	w.line(at, "%s:", name)
	w.line(at+2, "httpGet:")
	w.line(at+4, "path: /healthz")
	w.line(at+4, "port: http")
	w.line(at+2, "periodSeconds: 10")
}

func (w *writer) security(at int) {
	if w.chance(30) {
		return
	}
	w.line(at, "securityContext:")
	w.line(at+2, "allowPrivilegeEscalation: %v", w.chance(30))
	w.line(at+2, "readOnlyRootFilesystem: %v", w.chance(60))
	if w.chance(8) {
		w.line(at+2, "privileged: %s", w.one("true", "yes"))
	}
	w.line(at+2, "capabilities:")
	w.line(at+4, "drop: [\"%s\"]", w.one("ALL", "NET_RAW"))
	if w.chance(15) {
		w.line(at+4, "add: [\"%s\"]", w.one("NET_ADMIN", "CAP_SYS_ADMIN", "NET_BIND_SERVICE"))
	}
}

package browser

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

type object = map[string]any

// poisonedManifests are objects whose every name is hostile, in files whose names are, too.
func (h *house) poisonedManifests() string {
	h.t.Helper()
	folder := filepath.Join(h.folder, "poisoned")
	for i, one := range hostile() {
		var text strings.Builder
		for _, each := range poisonedObjects(i, one) {
			line, err := json.Marshal(each)
			if err != nil {
				h.t.Fatal(err)
			}
			fmt.Fprintf(&text, "---\n%s\n", line)
		}
		name := fmt.Sprintf("%d %s.yaml", i, strings.NewReplacer("/", "∕", "\x00", "").Replace(one))
		h.write(folder, name, text.String())
	}
	return folder
}

func poisonedObjects(i int, one string) []object {
	labels := object{"app": one, one: one}
	about := object{"name": one, "namespace": one, "labels": labels, "annotations": object{one: one, "kubeproof.dev/accept.container-privileged": "until=2099-01-01 " + one}}
	container := object{"name": one, "image": one, "command": []string{one}, "securityContext": object{"privileged": true, "capabilities": object{"add": []string{one}}},
		"env": []object{{"name": one, "value": one}}, "volumeMounts": []object{{"name": one, "mountPath": one}}}
	spec := object{"serviceAccountName": one, "hostNetwork": true, "containers": []object{container}, "volumes": []object{{"name": one, "hostPath": object{"path": one}}}}
	subjects := []object{{"kind": "User", "name": one}, {"kind": "ServiceAccount", "name": one, "namespace": one}}
	return []object{
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": about, "spec": object{"replicas": 2, "selector": object{"matchLabels": labels}, "template": object{"metadata": object{"labels": labels}, "spec": spec}}},
		{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": object{"name": one}, "rules": []object{{"apiGroups": []string{"*"}, "resources": []string{"*", one}, "verbs": []string{"*", one}}}},
		{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": object{"name": one}, "roleRef": object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": one}, "subjects": subjects},
		{"apiVersion": "v1", "kind": "Service", "metadata": about, "spec": object{"type": "LoadBalancer", "selector": labels, "ports": []object{{"name": one, "port": 80}}}},
		{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": about, "spec": object{"podSelector": object{}, "ingress": []object{{}}}},
		{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": one, "labels": labels}},
		{"apiVersion": one, "kind": one, "metadata": object{"name": fmt.Sprint("x", i)}},
	}
}

// poisonedReport is a real report in which every text of the findings is hostile.
func (h *house) poisonedReport() []byte {
	h.t.Helper()
	var report object
	out := h.run(0, "scan", "examples/shop", "-o", "json", "--fail-on", "never")
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		h.t.Fatal(err)
	}
	real, _ := report["findings"].([]any)
	var findings []any
	for i, one := range hostile() {
		finding, _ := poisoned(real[i%len(real)], one, "").(object)
		finding["fingerprint"] = fmt.Sprintf("%032x", i)
		findings = append(findings, finding)
	}
	report["findings"], report["targets"], report["errors"] = findings, poisoned(report["targets"], hostile()[2], ""), []object{{"target": hostile()[5], "file": hostile()[6], "message": hostile()[7]}}
	text, err := json.Marshal(report)
	if err != nil {
		h.t.Fatal(err)
	}
	return text
}

// kept are the fields that a report must have as they are, for else it is none.
var kept = map[string]bool{"outcome": true, "severity": true}

// poisoned replaces every text of a value.
func poisoned(value any, one, field string) any {
	switch v := value.(type) {
	case object:
		out := object{}
		for name, each := range v {
			out[name] = poisoned(each, one, name)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = poisoned(v[i], one, field)
		}
		return out
	case string:
		if kept[field] {
			return v
		}
		return one
	}
	return value
}

package admission

import (
	"net/http"
	"strings"
	"testing"
)

// prepare makes what examples need around them: namespaces, the classes that pods name, and
// custom resources.
func (c *cluster) prepare(t *testing.T, all []*asked) {
	t.Helper()
	m := maker{t, c, map[string]bool{}}
	m.make("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", scaledObjects)
	for _, a := range all {
		for _, e := range a.examples {
			for _, namespace := range e.namespaces {
				m.make("/api/v1/namespaces", namespace)
			}
			for _, o := range e.objects {
				m.surround(completed(o))
			}
		}
	}
}

// maker makes each object once.
type maker struct {
	t    *testing.T
	to   *cluster
	made map[string]bool
}

func (m *maker) surround(o object) {
	m.t.Helper()
	m.make("/api/v1/namespaces", object{"metadata": object{"name": namespaceOf(o)}})
	template := templateOf(o)
	if template == nil {
		return
	}
	spec := child(template, "spec")
	// The server makes its own classes.
	if name, _ := spec["priorityClassName"].(string); name != "" && !strings.HasPrefix(name, "system-") {
		m.make("/apis/scheduling.k8s.io/v1/priorityclasses", object{"metadata": object{"name": name}, "value": 1})
	}
	if name := spec["runtimeClassName"]; name != nil {
		m.make("/apis/node.k8s.io/v1/runtimeclasses", object{"metadata": object{"name": name}, "handler": "example"})
	}
}

func (m *maker) make(path string, o object) {
	m.t.Helper()
	key := path + "/" + child(o, "metadata")["name"].(string)
	if m.made[key] {
		return
	}
	m.made[key] = true
	got, err := m.to.send(http.MethodPost, "", path, o)
	if err != nil || got.status >= 300 && got.status != http.StatusConflict {
		m.t.Fatalf("make %s: %v %s", key, err, got.message)
	}
}

// scaledObjects stands for KEDA's own definition.
var scaledObjects = object{
	"metadata": object{"name": "scaledobjects.keda.sh"},
	"spec": object{
		"group": "keda.sh", "scope": "Namespaced",
		"names": object{"kind": "ScaledObject", "plural": "scaledobjects", "singular": "scaledobject"},
		"versions": []any{object{"name": "v1alpha1", "served": true, "storage": true,
			"schema": object{"openAPIV3Schema": object{"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}},
	},
}

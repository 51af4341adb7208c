package workload

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// read gives the objects of a YAML text as if they stood in file.
func read(t *testing.T, file, text string) []*inventory.Subject {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatalf("read %s: %v", file, problems)
	}
	source := &inventory.Source{File: file, Text: []byte(text)}
	var subjects []*inventory.Subject
	for _, d := range documents {
		subjects = append(subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	return subjects
}

func TestIsZero(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, `"0"`: true, "0Mi": true, "0.0": true, "0m": true, "00Gi": true,
		"1": false, "100m": false, "0.5": false, "64Mi": false, "10Gi": false, `""`: false, "Mi": false, "1e3": false,
	} {
		documents, _ := document.Read([]byte("v: "+text), document.DefaultLimits)
		if got := isZero(documents[0].Root.Get("v")); got != want {
			t.Errorf("isZero(%s) = %t, want %t", text, got, want)
		}
	}
}

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 5
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: w}]}}
---
`

func TestScaleOf(t *testing.T) {
	for _, test := range []struct {
		name, others string
		want         int64
		by           string
	}{
		{"the workload's own", "", 5, ""},
		{"autoscaler wins", "{kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: shop}, spec: {minReplicas: 3, scaleTargetRef: {kind: Deployment, name: web}}}", 3, "h"},
		{"autoscaler's default", "{kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: shop}, spec: {scaleTargetRef: {kind: Deployment, name: web}}}", 1, "h"},
		{"another kind", "{kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: shop}, spec: {scaleTargetRef: {kind: StatefulSet, name: web}}}", 5, ""},
		{"another namespace", "{kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {scaleTargetRef: {kind: Deployment, name: web}}}", 5, ""},
		{"KEDA without kind", "{kind: ScaledObject, metadata: {name: k, namespace: shop}, spec: {scaleTargetRef: {name: web}}}", 0, "k"},
	} {
		subjects := read(t, "a.yaml", deployment+test.others)
		got := scaleOf(subjects[0], inventory.NewIndex(subjects))
		by := ""
		if got.by != nil {
			by = got.by.Name
		}
		if got.count != test.want || by != test.by {
			t.Errorf("%s: scaleOf = %d by %q, want %d by %q", test.name, got.count, by, test.want, test.by)
		}
	}
}

func TestBudgetBlocksEviction(t *testing.T) {
	for _, test := range []struct{ spec, want string }{
		{"{maxUnavailable: 1}", ""},
		{"{maxUnavailable: 0%}", "maxUnavailable 0% allows no eviction"},
		{"{minAvailable: 4}", ""},
		{"{minAvailable: 5}", "minAvailable 5 of 5 replicas allows no eviction"},
		{"{minAvailable: 80%}", ""},
		{"{minAvailable: 81%}", "minAvailable 81% of 5 replicas allows no eviction"},
		{"{minAvailable: 150%}", "minAvailable 150% allows no eviction"},
		{"{minAvailable: nonsense}", ""},
		{"{}", ""},
	} {
		budget := "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b, namespace: shop}, spec: " + test.spec[:len(test.spec)-1]
		if test.spec != "{}" {
			budget += ", "
		}
		subjects := read(t, "a.yaml", deployment+budget+"selector: {matchLabels: {app: web}}}}")
		got := ""
		for _, verdict := range BudgetBlocksEviction(assessment.Input{Index: inventory.NewIndex(subjects), Subject: subjects[1], Element: subjects[1].Root}) {
			got += verdict.Message
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.spec, got, test.want)
		}
	}
}

// An example LimitRange elsewhere in a repository must not make containers pass.
func TestLimitRangeOfAnotherFolder(t *testing.T) {
	limits := "{apiVersion: v1, kind: LimitRange, metadata: {name: d}, spec: {limits: [{type: Container, max: {memory: 1Gi}}]}}"
	pod := "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}"
	for _, test := range []struct {
		limits, pod string
		want        assessment.Outcome
	}{
		{"deploy/limits.yaml", "deploy/pod.yaml", assessment.Pass},
		{"deploy/limits.yaml", "deploy/app/pod.yaml", assessment.Pass},
		{"limits.yaml", "app/pod.yaml", assessment.Pass},
		{"examples/limits.yaml", "deploy/pod.yaml", assessment.Fail},
		{"deploy/a/limits.yaml", "deploy/ab/pod.yaml", assessment.Fail},
	} {
		subjects := append(read(t, test.limits, limits), read(t, test.pod, pod)...)
		container := subjects[1].Pod.Containers()[0]
		got := MemoryLimit(assessment.Input{Index: inventory.NewIndex(subjects), Subject: subjects[1], Element: container.Node, Container: container})
		if len(got) != 1 || got[0].Outcome != test.want {
			t.Errorf("limits in %s, pod in %s: got %+v, want %s", test.limits, test.pod, got, test.want)
		}
	}
}

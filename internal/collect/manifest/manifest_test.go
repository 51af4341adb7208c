package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// show writes a result as lines: objects with their places, then errors, then what else there is.
func show(result Result) []string {
	var lines []string
	for _, s := range result.Subjects {
		pod := ""
		if s.Pod != nil {
			pod = fmt.Sprintf(" containers=%d", len(s.Pod.Containers()))
		}
		lines = append(lines, fmt.Sprintf("%d-%d %s %s %s/%s%s", s.Root.Line, s.EndLine, s.APIVersion, s.Kind, s.Namespace, s.Name, pod))
	}
	for _, e := range result.Errors {
		lost := ""
		if e.Lost {
			lost = " (lost)"
		}
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s%s", e.File, e.Line, e.Column, e.Message, lost))
	}
	if len(result.Foreign) > 0 {
		lines = append(lines, fmt.Sprintf("foreign=%d", len(result.Foreign)))
	}
	if result.Unread {
		lines = append(lines, "unread")
	}
	return lines
}

const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: good}\nspec: {containers: [{name: a, image: b}]}\n"

const goodPod = "v1 Pod default/good containers=1"

func TestRead(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"one object", pod, []string{"1-4 " + goodPod}},
		{"several documents", pod + "---\n# nothing\n---\n" + pod, []string{"1-4 " + goodPod, "8-11 " + goodPod}},
		{"Windows line ends", strings.ReplaceAll(pod+"---\n"+pod, "\n", "\r\n"), []string{"1-4 " + goodPod, "6-9 " + goodPod}},
		{"UTF-16", "\xff\xfe" + strings.Join(strings.Split(pod, ""), "\x00") + "\x00", []string{"1-4 " + goodPod}},
		{"JSON", `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "good"},` + "\n" + `"spec": {"containers": [{"name": "a"}]}}`, []string{"1-2 " + goodPod}},
		{"namespace and generated name", "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: run-, namespace: ci}\n", []string{"1-3 batch/v1 Job ci/run-"}},
		{"cluster-scoped", "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n", []string{"1-3 v1 Namespace /a"}},
		{"unknown kind", "apiVersion: example.com/v1\nkind: Frobnicator\nmetadata: {name: a}\n", []string{"1-3 example.com/v1 Frobnicator default/a"}},
		{"declared pod template", "apiVersion: example.com/v1\nkind: Worker\nmetadata: {name: a}\npod: {spec: {containers: [{name: a}]}}\n",
			[]string{"1-4 example.com/v1 Worker default/a containers=1"}},
		{"values file", "image: nginx\nreplicas: 2\n", []string{"foreign=1"}},
		{"list of maps", "- hosts: all\n  tasks: []\n", []string{"foreign=1"}},
		{"chart file", "apiVersion: v2\nname: app\nversion: 1.0.0\n", []string{"foreign=1"}},
		{"settings of kustomize", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n", []string{"foreign=1"}},

		{"list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: b\n",
			[]string{"4-7 v1 Pod default/a", "8-11 v1 Service default/b"}},
		{"typed list", "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n  spec: {template: {spec: {containers: [{name: x}]}}}\n- kind: StatefulSet\n  apiVersion: apps/v1beta1\n  metadata: {name: b}\n",
			[]string{"4-5 apps/v1 Deployment default/a containers=1", "6-8 apps/v1beta1 StatefulSet default/b"}},
		{"list in a list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: PodList\n  items: [{metadata: {name: a}}]\n", []string{"6-6 v1 Pod default/a"}},
		{"empty lists", "apiVersion: v1\nkind: List\n---\napiVersion: v1\nkind: List\nitems: []\n---\napiVersion: v1\nkind: PodList\nitems: null\n", []string{"8-10 v1 PodList default/"}},
		{"kind that only ends in List", "apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {items: [1]}\n", []string{"1-4 example.com/v1 AllowList default/a"}},
		{"wrong elements", "apiVersion: v1\nkind: List\nitems:\n- null\n- 5\n- metadata: {name: a}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: good}\n  spec: {containers: [{name: a}]}\n", []string{
			"7-10 " + goodPod,
			"f.yaml:4:3: items[0] is null: remove it",
			"f.yaml:5:3: items[1] is no object (integer): correct it (lost)",
			"f.yaml:6:3: items[2] names no kind, so it is not judged: add it (lost)"}},
		{"items of a wrong type", "apiVersion: v1\nkind: List\nitems: {a: b}\n", []string{"f.yaml:3:8: items of List is no list (map), so nothing in it is judged: correct it (lost)"}},

		{"no apiVersion", "kind: Pod\nmetadata: {name: a}\n---\n" + pod, []string{
			"4-7 " + goodPod, "f.yaml:1:1: object of kind Pod names no apiVersion, so it is not judged: add it (lost)"}},
		{"no kind", "apiVersion: v1\nmetadata: {name: a}\n", []string{"f.yaml:1:1: object names no kind, so it is not judged: add it (lost)"}},
		{"kind of a wrong type", "apiVersion: 1\nkind: [Pod]\n", []string{"f.yaml:1:1: kind and apiVersion must be strings, here they are list and integer: quote them (lost)"}},
		{"empty kind", "apiVersion: v1\nkind: ''\n---\napiVersion: v1\nkind: List\nitems: [{kind: ''}]\n", []string{
			"f.yaml:1:1: kind is empty, so the object is not judged: write it (lost)",
			"f.yaml:6:9: items[0] names no kind, so it is not judged: add it (lost)"}},
		{"null kind", "apiVersion: v1\nkind:\n", []string{"foreign=1"}},
		{"duplicate key in an object", pod + "kind: Pod\n", []string{"1-5 " + goodPod, "f.yaml:5:1: key \"kind\" stands twice in one map; the last one counts: remove the other"}},
		{"duplicate key elsewhere", "a: 1\na: 2\n---\n" + pod, []string{"4-7 " + goodPod, "foreign=1"}},
		{"broken beside good", pod + "---\na: [\n---\n" + pod, []string{"1-4 " + goodPod, "8-11 " + goodPod, "f.yaml:6:0: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation) (lost)"}},
		{"template outside of a chart", "kind: {{ .Values.kind }}x\n", []string{
			"f.yaml:1:0: invalid YAML: did not find expected key (close brackets and quotes and line up the indentation) (if this is a template of a Helm chart, scan the chart's folder) (lost)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := &inventory.Source{Target: "t", File: "f.yaml", Text: []byte(test.text)}
			got := show(Read(source, Options{Limits: document.DefaultLimits, Templates: map[string][]string{"Worker": {"pod"}}}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWrongTypesAreReported(t *testing.T) {
	tests := []struct{ text, want string }{
		{"metadata: [a]", "f.yaml:3:1: metadata of Deployment \"\" is a list, not a map, so nothing below it is judged: correct it (lost)"},
		{"metadata: {name: a, labels: 5}", "f.yaml:3:21: metadata.labels of Deployment \"a\" is an integer, not a map, so nothing below it is judged: correct it (lost)"},
		{"spec: 1.5", "f.yaml:3:1: spec of Deployment \"\" is a number, not a map, so nothing below it is judged: correct it (lost)"},
		{"spec: {template: x}", "f.yaml:3:8: spec.template of Deployment \"\" is a string, not a map, so nothing below it is judged: correct it (lost)"},
		{"spec: {template: {spec: [a]}}", "f.yaml:3:19: spec.template.spec of Deployment \"\" is a list, not a map, so nothing below it is judged: correct it (lost)"},
		{"spec: {template: {spec: {containers: {name: a}}}}", "f.yaml:3:26: spec.template.spec.containers of Deployment \"\" is a map, not a list, so nothing below it is judged: correct it (lost)"},
		{"spec: {template: {spec: {containers: [null]}}}", "f.yaml:3:39: spec.template.spec.containers[0] of Deployment \"\" is null, not a map, so nothing below it is judged: correct it (lost)"},
		{"spec: {template: {spec: {initContainers: [yes]}}}", "f.yaml:3:43: spec.template.spec.initContainers[0] of Deployment \"\" is true or false, not a map, so nothing below it is judged: correct it (lost)"},
	}
	for _, test := range tests {
		source := &inventory.Source{Target: "t", File: "f.yaml", Text: []byte("apiVersion: apps/v1\nkind: Deployment\n" + test.text + "\n")}
		got := Read(source, Options{Limits: document.DefaultLimits})
		if lines := show(got); len(got.Subjects) != 1 || lines[len(lines)-1] != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.text, lines, test.want)
		}
	}
}

func TestBrokenJSONWithoutKubernetesIsNoError(t *testing.T) {
	text := "{\n // comment\n \"strict\": true,\n}\n"
	read := func(text string, named bool) []string {
		return show(Read(&inventory.Source{File: "tsconfig.json", Text: []byte(text)}, Options{Limits: document.DefaultLimits, Named: named}))
	}
	if diff := cmp.Diff([]string{"unread"}, read(text, false)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := read(text, true); len(got) != 1 || !strings.Contains(got[0], "invalid YAML") {
		t.Errorf("a named file must be an error, got %q", got)
	}
	if got := read(strings.Replace(text, "strict", "apiVersion", 1), false); len(got) != 1 || !strings.Contains(got[0], "invalid YAML") {
		t.Errorf("a file that names apiVersion must be an error, got %q", got)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		pod, "apiVersion: v1\nkind: List\nitems: [null, 5, {kind: Pod}]\n", "apiVersion: apps/v1\nkind: DeploymentList\nitems: [{spec: {template: {spec: {containers: [5]}}}}]\n",
		"kind: Pod\nmetadata: {}\n---\napiVersion: v1\nkind: [a]\n", `{"apiVersion":"v1","kind":"PodList","items":[{"apiVersion":"v1","kind":"PodList","items":[{}]}]}`,
		"apiVersion: v1\nkind: List\nitems: &a [*a]\n", "apiVersion: v1\nkind: List\nitems: &a [{kind: b}]\nmore: *a\n",
	} {
		f.Add([]byte(seed))
	}
	limits := document.Limits{FileBytes: 1 << 16, DocumentBytes: 1 << 15, Depth: 40, Nodes: 2000, FileNodes: 4000, Documents: 50}
	f.Fuzz(func(t *testing.T, text []byte) {
		source := &inventory.Source{Target: "t", File: "f.yaml", Text: text}
		result := Read(source, Options{Limits: limits})
		for _, s := range result.Subjects {
			if s.Kind == "" || s.Root.Kind != document.Map || s.Source != source || s.EndLine < 1 {
				t.Fatalf("%q: subject %+v is not whole", text, s)
			}
		}
		for _, e := range result.Errors {
			if e.Message == "" || e.File != "f.yaml" || e.Target != "t" {
				t.Fatalf("%q: error %+v is not whole", text, e)
			}
		}
	})
}

package chart

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

const goodPod = "apiVersion: v1\nkind: Pod\nmetadata: {name: good}\n"

// TestHostileTemplates gives templates that want endless time, memory or stack. Each is an error,
// and the template beside it is rendered.
func TestHostileTemplates(t *testing.T) {
	for _, test := range []struct{ name, template, want string }{
		{"until", `{{ range until 1000000000 }}{{ end }}`,
			`until asks for more than a template may make: lower the number`},
		{"time", `{{ range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}`,
			`template takes longer than 1s: look for a loop without an end`},
		{"output", `{{ range until 900000 }}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{{ end }}`,
			`template writes more than 1 MiB: lower what it repeats`},
		{"repeat", `{{ repeat 2000000000 "abc" }}`,
			`repeat asks for more than a template may make: lower the number`},
		{"indent", `{{ indent 2000000000 "abc" }}`,
			`indent asks for more than a template may make: lower the number`},
		{"doubling", `{{ $a := "aaaaaaaaaaaaaaaa" }}{{ range until 60 }}{{ $a = printf "%s%s" $a $a }}{{ end }}`,
			`template builds a text of more than 16 MiB: look for a loop that doubles it`},
		{"include", `{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`,
			`templates call each other more than 1000 levels deep: look for one that calls itself`},
		{"template", `{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`,
			`templates call each other more than 1000 levels deep: look for one that calls itself`},
		{"tpl", `{{ tpl .Values.again . }}`,
			`templates call each other more than 1000 levels deep: look for one that calls itself`},
		{"printed cycle", `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}`,
			`template prints or copies a map that holds itself: set a part of it only`},
		{"copied cycle", `{{ $d := dict "x" (dict) }}{{ $_ := set $d.x "d" $d }}{{ if deepCopy $d }}{{ end }}`,
			`template prints or copies a map that holds itself: set a part of it only`},
		{"merged cycle", `{{ $d := dict }}{{ $_ := merge $d (dict "d" $d) }}{{ $e := list $d }}{{ printf "%v" $e }}`,
			`template prints or copies a map that holds itself: set a part of it only`},
		{"deep", `{{ $d := dict }}{{ range until 900000 }}{{ $d = dict "d" $d }}{{ end }}{{ $d }}`,
			`templates build more than 100000 maps and lists: look for a loop without an end`},
		{"panic", `{{ range until 3 }}{{ atoi "x" | div 1 }}{{ end }}`,
			`render template: div 1: div: runtime error: integer divide by zero`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := build(t, map[string]string{"templates/bad.yaml": test.template, "templates/good.yaml": goodPod,
				"values.yaml": "again: '{{ tpl .Values.again . }}'\n"})
			options := Options{Show: "chart", OutputBytes: 4 << 20}
			if test.name == "time" {
				options.Timeout = 3 * time.Second
			}
			subjects, errs := Collect(context.Background(), dir, options)
			want := "lost chart/templates/bad.yaml:1: " + test.want + "\n"
			if diff := cmp.Diff(want, listErrors(errs)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff("Pod default/good chart/templates/good.yaml\n", listSubjects(subjects)); diff != "" {
				t.Errorf("subjects (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHarmlessCycle holds against Helm, which renders a map that holds itself if nobody prints it.
func TestHarmlessCycle(t *testing.T) {
	dir := build(t, map[string]string{"templates/pod.yaml": `
{{ $d := dict "name" "good" }}{{ $_ := set $d "root" $d }}
{{ define "pod" }}
apiVersion: v1
kind: Pod
metadata: {name: {{ .root.name }}}
{{ end }}
{{ include "pod" $d }}
`})
	subjects, errs := Collect(context.Background(), dir, Options{Show: "chart"})
	if got := listErrors(errs) + listSubjects(subjects); got != "Pod default/good chart/templates/pod.yaml\n" {
		t.Errorf("got %s", got)
	}
}

// TestFolder meets what may stand in a folder: nothing outside it is read, nothing in it blocks.
func TestFolder(t *testing.T) {
	dir := build(t, map[string]string{
		"templates/good.yaml": goodPod, "templates/ignored.yaml": "kind: {{ nosuch }}", ".helmignore": "templates/ignored*\n",
		"values.yaml": "a: 1\n", "deep/values.txt": "x",
	})
	outside := filepath.Join(t.TempDir(), "secret.yaml")
	check(t, os.WriteFile(outside, []byte(strings.Replace(goodPod, "good", "outside", 1)), 0o644))
	check(t, os.Symlink(outside, filepath.Join(dir, "templates", "leaves.yaml")))
	check(t, os.Symlink("nowhere", filepath.Join(dir, "templates", "dangles.yaml")))
	check(t, os.Symlink("good.yaml", filepath.Join(dir, "templates", "inside.yaml")))
	check(t, os.Symlink("..", filepath.Join(dir, "deep", "loop")))
	check(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "charts")))
	check(t, syscall.Mkfifo(filepath.Join(dir, "templates", "pipe.yaml"), 0o644))
	subjects, errs := Collect(context.Background(), dir, Options{Show: "chart"})
	want := `lost chart/charts:0: symbolic link leaves the chart or leads nowhere: put the file itself into the chart
lost chart/deep/loop:0: folder holds itself or is nested too deep: remove the symbolic link
lost chart/templates/dangles.yaml:0: symbolic link leaves the chart or leads nowhere: put the file itself into the chart
lost chart/templates/leaves.yaml:0: symbolic link leaves the chart or leads nowhere: put the file itself into the chart
lost chart/templates/pipe.yaml:0: not a regular file: remove it from the chart or name it in .helmignore
`
	if diff := cmp.Diff(want, listErrors(errs)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("Pod default/good chart/templates/good.yaml\nPod default/good chart/templates/inside.yaml\n", listSubjects(subjects)); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
}

// TestArchive renders a chart that is packed, with a subchart that is packed too.
func TestArchive(t *testing.T) {
	metadata := func(name string) string { return "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n" }
	sub := pack(t, map[string]string{"sub/Chart.yaml": metadata("sub"), "sub/values.yaml": "a: 1\n",
		"sub/templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: sub{{ .Values.a }}\n"})
	app := pack(t, map[string]string{"app/Chart.yaml": metadata("app"), "app/charts/sub-1.0.0.tgz": string(sub),
		"app/charts/bad-1.0.0.tgz": "no archive", "app/templates/pod.yaml": goodPod, "app/ci/a-values.yaml": "sub: {a: 2}\n"})
	file := filepath.Join(t.TempDir(), "app-1.0.0.tgz")
	check(t, os.WriteFile(file, app, 0o644))
	subjects, errs := Collect(context.Background(), file, Options{Show: "app-1.0.0.tgz", Sets: []ValueSet{{}}, CI: true})
	want := `Pod default/good app-1.0.0.tgz!/templates/pod.yaml (values default)
Pod default/sub1 app-1.0.0.tgz!/charts/sub-1.0.0.tgz!/templates/pod.yaml (values default)
Pod default/good app-1.0.0.tgz!/templates/pod.yaml (values ci/a-values.yaml)
Pod default/sub2 app-1.0.0.tgz!/charts/sub-1.0.0.tgz!/templates/pod.yaml (values ci/a-values.yaml)
`
	if diff := cmp.Diff(want, listSubjects(subjects)); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
	wantErrors := "lost app-1.0.0.tgz!/charts/bad-1.0.0.tgz:0: unpack subchart: gzip: invalid header: run \"helm dependency build\" again\n"
	if diff := cmp.Diff(wantErrors, listErrors(errs)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	_, value := subjects[3].Source.Origin.Locate(4, "metadata.name")
	if diff := cmp.Diff(&inventory.Place{File: "app-1.0.0.tgz!/ci/a-values.yaml", Line: 1, Column: 7, Path: "sub.a"}, value); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
}

// TestUnreadable gives paths that hold no chart.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "text.tgz"), []byte("text"), 0o644))
	check(t, os.Mkdir(filepath.Join(dir, "empty"), 0o755))
	check(t, os.Mkdir(filepath.Join(dir, "broken"), 0o755))
	check(t, os.WriteFile(filepath.Join(dir, "broken", "Chart.yaml"), []byte("name: [\n"), 0o644))
	for name, want := range map[string]string{
		"absent":   "lost c:0: open chart: no such file or directory: check the path\n",
		"text.tgz": "lost c:0: unpack chart: unexpected EOF: build it again with \"helm package\"\n",
		"empty":    "lost c:0: chart is an empty folder: name one that holds Chart.yaml\n",
		"broken":   "lost c/Chart.yaml:1: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation): the chart is not rendered\n",
	} {
		subjects, errs := Collect(context.Background(), filepath.Join(dir, name), Options{Show: "c"})
		if diff := cmp.Diff(want, listErrors(errs)); diff != "" || len(subjects) > 0 {
			t.Errorf("%s: %d subjects, errors (-want +got):\n%s", name, len(subjects), diff)
		}
	}
}

// TestStopped gives a run that was stopped before the chart was rendered.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	subjects, errs := Collect(ctx, build(t, map[string]string{"templates/good.yaml": goodPod}), Options{Show: "chart"})
	want := "lost chart:0: chart is not rendered to its end: the run was stopped\n"
	if got := listErrors(errs); got != want || len(subjects) > 0 {
		t.Errorf("got %d subjects and %q, want %q", len(subjects), got, want)
	}
}

func TestOptions(t *testing.T) {
	dir := build(t, map[string]string{"templates/rollout.yaml": `
apiVersion: example.com/v1
kind: Roller
metadata: {name: "{{ .Release.Name }}-{{ .Capabilities.KubeVersion.Minor }}-{{ .Capabilities.APIVersions.Has "example.com/v1" }}"}
pods: {spec: {containers: [{name: app}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: probe, annotations: {helm.sh/hook: "test-success, pre-install"}}
`})
	target := &inventory.Target{Name: "chart:x"}
	subjects, errs := Collect(context.Background(), dir, Options{Target: target, Show: "x", Release: "r", Namespace: "n", KubeVersion: "1.30",
		APIVersions: []string{"example.com/v1"}, SkipTests: true, PodTemplates: map[string][]string{"Roller": {"pods"}}})
	if got := listErrors(errs) + listSubjects(subjects); got != "Roller n/r-30-true x/templates/rollout.yaml\n" {
		t.Fatalf("got %s", got)
	}
	if subjects[0].Pod == nil || subjects[0].Source.Target != "chart:x" {
		t.Errorf("pod %v of target %q", subjects[0].Pod, subjects[0].Source.Target)
	}
	want := &inventory.Target{Name: "chart:x", Files: 1, Documents: 2, Skipped: map[string]int{"helm test": 1}}
	if diff := cmp.Diff(want, target); diff != "" {
		t.Errorf("target (-want +got):\n%s", diff)
	}
	_, errs = Collect(context.Background(), dir, Options{Show: "x", KubeVersion: "new"})
	if got, want := listErrors(errs), "lost x:0: read Kubernetes version \"new\": could not parse \"new\" as version: write it as v1.37.0\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func pack(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for name, text := range files {
		check(t, archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}))
		_, err := archive.Write([]byte(text))
		check(t, err)
	}
	check(t, archive.Close())
	check(t, zipped.Close())
	return packed.Bytes()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

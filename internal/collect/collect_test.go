package collect

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// layOut writes files below a fresh folder, makes it the working directory, and gives its path.
func layOut(t *testing.T, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(root)
	return root
}

// show writes an inventory, one thing to a line.
func show(inv *inventory.Inventory) []string {
	var lines []string
	for _, s := range inv.Subjects {
		lines = append(lines, fmt.Sprintf("%s:%d %s %s/%s", s.Source.File, s.Root.Line, s.Kind, s.Namespace, s.Name))
	}
	for _, e := range inv.Errors {
		lines = append(lines, fmt.Sprintf("! %s:%d: %s", e.File, e.Line, e.Message))
	}
	for _, t := range inv.Targets {
		line := fmt.Sprintf("= %s %s files=%d documents=%d", t.Kind, t.Name, t.Files, t.Documents)
		for _, reason := range slices.Sorted(maps.Keys(t.Skipped)) {
			line += fmt.Sprintf(" %q=%d", reason, t.Skipped[reason])
		}
		lines = append(lines, line)
	}
	return lines
}

func pod(name string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec: {containers: [{name: a, image: b}]}\n"
}

const (
	chartFile     = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
	chartTemplate = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\nspec:\n  containers: [{name: a, image: b}]\n"
)

func TestCollect(t *testing.T) {
	tests := []struct {
		name    string
		files   map[string]string
		targets []string
		stdin   string
		want    []string
	}{
		{"folder in the order of paths", map[string]string{"b.yml": pod("b"), "a/z.json": `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"z"}}`, "c.YAML": pod("c"), "readme.md": "x", "values.yaml": "a: 1"}, []string{"."}, "", []string{
			"a/z.json:1 Pod default/z", "b.yml:1 Pod default/b", "c.YAML:1 Pod default/c",
			`= path . files=4 documents=4 "not a Kubernetes object"=1 "of no known kind"=1`}},
		{"several targets are one inventory", map[string]string{"a.yaml": pod("a"), "b/b.yaml": pod("b")}, []string{"b", "a.yaml", "none.yaml", "-"}, pod("c"), []string{
			"b/b.yaml:1 Pod default/b", "a.yaml:1 Pod default/a", "-:1 Pod default/c", "! none.yaml:0: open: no such file or folder: check the path",
			"= path b files=1 documents=1", "= path a.yaml files=1 documents=1", "= path none.yaml files=0 documents=0", "= stdin - files=1 documents=1"}},
		{"standard input twice", nil, []string{"-", "-"}, pod("c"), []string{
			"-:1 Pod default/c", "! -:0: it is named twice: name it once", "= stdin - files=1 documents=1", "= stdin - files=0 documents=0"}},
		{"empty standard input", nil, []string{"-"}, " \n", []string{"! -:0: it is empty: pipe manifests into it", "= stdin - files=0 documents=0"}},
		{"named file without ending", map[string]string{"pod": pod("a")}, []string{"pod"}, "", []string{"pod:1 Pod default/a", "= path pod files=1 documents=1"}},
		{"named file that holds nothing known", map[string]string{"v.yaml": "a: 1\n"}, []string{"v.yaml"}, "", []string{
			"! :0: nothing that can be judged was found: name Kubernetes YAML or JSON, a chart, a kustomization, a Compose file, a Dockerfile or an image; left out were 1 entry (not a Kubernetes object)",
			`= path v.yaml files=1 documents=1 "not a Kubernetes object"=1`}},
		{"folder that holds nothing known", map[string]string{"d/a.txt": "a", "d/.x/a.yaml": pod("a")}, []string{"d"}, "", []string{
			"! :0: nothing that can be judged was found: name Kubernetes YAML or JSON, a chart, a kustomization, a Compose file, a Dockerfile or an image; left out were 1 entry (hidden folder), 1 entry (of no known kind)",
			`= path d files=0 documents=0 "hidden folder"=1 "of no known kind"=1`}},
		{"prefixes of later versions", nil, []string{"node:/", "chart:"}, "", []string{
			`! :0: target kind "node:" is not available in this version: use PATH, -, chart:PATH, kustomize:PATH, cluster:[CONTEXT], image:REF|TAR|FOLDER, sbom:FILE, inventory:FILE or audit-log:FILE`,
			`! :0: target "chart:" names no path: write chart:PATH`,
			"= unknown node:/ files=0 documents=0", "= unknown chart: files=0 documents=0"}},
		{"chart", map[string]string{"c/Chart.yaml": chartFile, "c/values.yaml": "name: x\n", "c/templates/p.yaml": chartTemplate, "c/deploy/d.yaml": pod("d")}, []string{"c"}, "", []string{
			"c/templates/p.yaml:1 Pod release-namespace/x", "c/deploy/d.yaml:1 Pod default/d", "= path c files=2 documents=2"}},
		{"compose", map[string]string{"compose.yaml": "services:\n  web: {image: a}\n"}, []string{"."}, "", []string{
			"compose.yaml:1 ComposeProject /compose.yaml", "compose.yaml:2 ComposeService /web", "= path . files=1 documents=1"}},
		{"overlay and base give objects once", map[string]string{
			"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": pod("a"), "base/patch.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {x: y}}\n",
			"prod/kustomization.yaml": "resources: [../base]\nnamePrefix: p-\npatches: [{path: ../base/none.yaml}]\n", "test/kustomization.yaml": "resources: [../base]\nnamePrefix: t-\n", "other.yaml": pod("other")}, []string{"."}, "", []string{
			"base/patch.yaml:1 Pod default/a", "other.yaml:1 Pod default/other", "prod/kustomization.yaml:1 Pod default/p-a", "test/kustomization.yaml:1 Pod default/t-a",
			`! prod/kustomization.yaml:3: "../base/none.yaml" cannot be read: no such file or directory: correct the path`,
			"= path . files=5 documents=4"}},
		{"kustomize by name reaches its base", map[string]string{
			"app/base/kustomization.yaml": "resources: [a.yaml]\n", "app/base/a.yaml": pod("a"), "app/overlays/prod/kustomization.yaml": "resources: [../../base]\nnamespace: prod\n"}, []string{"kustomize:app/overlays/prod"}, "", []string{
			"app/overlays/prod/kustomization.yaml:1 Pod prod/a", "= kustomize kustomize:app/overlays/prod files=2 documents=1"}},
		{"overlay alone does not leave the folder", map[string]string{
			"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": pod("a"), "prod/kustomization.yaml": "resources: [../base]\n"}, []string{"prod"}, "", []string{
			`! prod/kustomization.yaml:1: "../base" lies outside of the folder that is scanned: scan the folder that holds both`,
			"= path prod files=1 documents=0"}},
		{"broken overlay leaves base and resources", map[string]string{
			"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": pod("a"), "prod/kustomization.yaml": "resources: [../base, b.yaml]\nnone: 1\n", "prod/b.yaml": pod("b")}, []string{"."}, "", []string{
			"base/kustomization.yaml:1 Pod default/a", "prod/b.yaml:1 Pod default/b",
			`! prod/kustomization.yaml:0: kustomize cannot build: invalid Kustomization: json: unknown field "none"`,
			"= path . files=4 documents=2"}},
		{"circle of kustomizations", map[string]string{
			"a/kustomization.yaml": "resources: [../b, p.yaml]\n", "a/p.yaml": pod("p"), "b/kustomization.yaml": "resources: [../a]\n"}, []string{"."}, "", nil},
		{"unused component", map[string]string{
			"c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [a.yaml]\npatches: [{path: p.yaml}]\n", "c/a.yaml": pod("a"), "c/p.yaml": pod("p")}, []string{"."}, "", []string{
			"c/a.yaml:1 Pod default/a", `= path . files=2 documents=1 "component that no kustomization uses"=1`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			layOut(t, test.files)
			got := show(Collect(context.Background(), test.targets, Options{Stdin: strings.NewReader(test.stdin)}))
			if test.want == nil {
				if all := strings.Join(got, "\n"); !strings.Contains(all, "cycle detected") || !strings.Contains(all, "a/p.yaml:1 Pod default/p") {
					t.Errorf("got %s", all)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSameEveryTimeAndProgress(t *testing.T) {
	files := map[string]string{}
	for i := range 60 {
		files[fmt.Sprintf("d%d/p%d.yaml", i%7, i)] = pod(fmt.Sprintf("p%d", i)) + "---\na: [\n"
	}
	layOut(t, files)
	var first []string
	for range 5 {
		last, total := 0, 0
		got := show(Collect(context.Background(), []string{"."}, Options{Progress: func(done, of int) {
			if done != last+1 {
				t.Errorf("progress jumps from %d to %d", last, done)
			}
			last, total = done, of
		}}))
		if last != total || total < 60 {
			t.Errorf("progress ends at %d of %d", last, total)
		}
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Fatalf("runs differ:\n%s", diff)
		}
	}
}

func TestStoppedRunSaysSo(t *testing.T) {
	layOut(t, map[string]string{"a.yaml": pod("a")})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	want := []string{"! a.yaml:0: not read: the run was stopped", "= path a.yaml files=0 documents=0"}
	if diff := cmp.Diff(want, show(Collect(ctx, []string{"a.yaml"}, Options{}))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := show(Collect(ctx, []string{"."}, Options{})); !strings.Contains(strings.Join(got, "\n"), "the run was stopped") {
		t.Errorf("got %q", got)
	}
}

func TestFaultsCostOneJob(t *testing.T) {
	r := &run{ctx: context.Background()}
	got := r.do(&job{show: "a.yaml", read: func() []part { panic("broken") }})
	want := "not read because of a fault of kubeproof itself: broken: please report it"
	if len(got) != 1 || len(got[0].errors) != 1 || got[0].errors[0].Message != want {
		t.Errorf("got %+v", got)
	}
}

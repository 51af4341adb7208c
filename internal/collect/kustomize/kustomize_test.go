package kustomize

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
)

// write lays out files, given by their paths below a fresh folder, and gives its real path.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// show writes objects with their image, and errors, one to a line.
func show(built Built) []string {
	var lines []string
	for _, s := range built.Subjects {
		line := fmt.Sprintf("%s %s/%s", s.Kind, s.Namespace, s.Name)
		if s.Pod != nil {
			for _, c := range s.Pod.Containers() {
				line += fmt.Sprintf(" %s=%s", c.Name, c.Node.Get("image").Text())
			}
		}
		lines = append(lines, line)
	}
	for _, e := range built.Errors {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message))
	}
	return lines
}

const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\nspec:\n  replicas: 1\n  template:\n    spec:\n      containers:\n      - name: web\n        image: web:1\n"

func TestBuild(t *testing.T) {
	base := map[string]string{"base/kustomization.yaml": "resources: [app.yaml]\n", "base/app.yaml": deployment}
	tests := []struct {
		name   string
		files  map[string]string
		folder string
		want   []string
	}{
		{"base alone", nil, "base", []string{"Deployment default/app web=web:1"}},
		{"overlay", map[string]string{"prod/kustomization.yml": "resources: [../base]\nnamespace: shop\nnamePrefix: prod-\nimages: [{name: web, newTag: '2'}]\n"}, "prod",
			[]string{"Deployment shop/prod-app web=web:2"}},
		{"deprecated fields and large letters", map[string]string{"prod/kustomization.yml": "Bases: [../base]\nimageTags: [{name: web, newTag: '3'}]\n"}, "prod",
			[]string{"Deployment default/app web=web:3"}},
		{"patches", map[string]string{
			"prod/Kustomization": "resources: [../base]\npatches:\n- path: add.yaml\n- target: {kind: Deployment}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/1/image\n      value: web:4\n",
			"prod/add.yaml":      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {template: {spec: {containers: [{name: extra, image: extra:1}]}}}\n"}, "prod",
			[]string{"Deployment default/app extra=extra:1 web=web:4"}},
		{"component and generators", map[string]string{
			"prod/kustomization.yaml":  "resources: [../base]\ncomponents: [../debug]\n",
			"debug/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator:\n- name: settings\n  files: [a.txt]\n  options: {disableNameSuffixHash: true}\n",
			"debug/a.txt":              "text"}, "prod",
			[]string{"Deployment default/app web=web:1", "ConfigMap default/settings"}},
		{"own transformer", map[string]string{
			"prod/kustomization.yaml": "resources: [../base]\ntransformers: [prefix.yaml]\n",
			"prod/prefix.yaml":        "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: p}\nprefix: t-\nfieldSpecs: [{path: metadata/name}]\n"}, "prod",
			[]string{"Deployment default/t-app web=web:1"}},

		{"remote resource", map[string]string{"prod/kustomization.yaml": "resources:\n- ../base\n- https://example.com/x.yaml\n- github.com/org/repo?ref=v1\n"}, "prod", []string{
			"Deployment default/app web=web:1",
			`prod/kustomization.yaml:3:3: "https://example.com/x.yaml" is fetched from the network, which a scan never does: copy it into the folder`,
			`prod/kustomization.yaml:4:3: "github.com/org/repo?ref=v1" is fetched from the network, which a scan never does: copy it into the folder`}},
		{"chart", map[string]string{"prod/kustomization.yaml": "resources: [../base]\nhelmCharts:\n- name: x\n  repo: https://example.com\n"}, "prod", []string{
			"Deployment default/app web=web:1",
			"prod/kustomization.yaml:3:3: charts of helmCharts are not rendered within a build: scan the chart itself with chart:PATH"}},
		{"program", map[string]string{
			"prod/kustomization.yaml": "resources: [../base]\ntransformers:\n- fn.yaml\n- |-\n  apiVersion: example.com/v1\n  kind: Inline\n  metadata: {name: a}\n",
			"prod/fn.yaml":            "apiVersion: example.com/v1\nkind: Evil\nmetadata:\n  name: a\n  annotations: {config.kubernetes.io/function: 'exec: {path: ./evil.sh}'}\n"}, "prod", []string{
			"Deployment default/app web=web:1",
			"prod/fn.yaml:1:1: function or plugin Evil is not run, as nothing is that is scanned: what it would change is missing here",
			"prod/kustomization.yaml:4:3: function or plugin Inline is not run, as nothing is that is scanned: what it would change is missing here"}},
		{"plugin that loads from the network", map[string]string{
			"prod/kustomization.yaml": "resources: [../base]\ngenerators: [g.yaml]\n",
			"prod/g.yaml":             "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: a}\nFiles: [\"k=https://example.com/a\"]\n"}, "prod", []string{
			"Deployment default/app web=web:1",
			`prod/g.yaml:4:9: "k=https://example.com/a" is fetched from the network, which a scan never does: copy it into the folder`}},
		{"network that looks like YAML", map[string]string{"prod/kustomization.yaml": "resources: [../base]\npatchesStrategicMerge:\n- 'https://example.com/{a: b}'\ntransformers:\n- 'git@example.com:a/{b: c}'\n"}, "prod", []string{
			"Deployment default/app web=web:1",
			`prod/kustomization.yaml:5:3: "git@example.com:a/{b: c}" is fetched from the network, which a scan never does: copy it into the folder`,
			`prod/kustomization.yaml:3:3: "https://example.com/{a: b}" is fetched from the network, which a scan never does: copy it into the folder`}},
		{"outside", map[string]string{"prod/kustomization.yaml": "resources:\n- ../base\n- ../../else\n- /etc/passwd\n"}, "prod", []string{
			"Deployment default/app web=web:1",
			`prod/kustomization.yaml:3:3: "../../else" lies outside of the folder that is scanned: scan the folder that holds both`,
			`prod/kustomization.yaml:4:3: "/etc/passwd" is an absolute path: write it relative to the kustomization`}},
		{"missing and broken files", map[string]string{"prod/kustomization.yaml": "resources:\n- ../base\n- none.yaml\n- broken.yaml\n- ../empty\n", "prod/broken.yaml": "a: 1\nb: [\n", "empty/readme": ""}, "prod", []string{
			"Deployment default/app web=web:1",
			`prod/kustomization.yaml:3:3: "none.yaml" cannot be read: no such file or directory: correct the path`,
			"prod/broken.yaml:2:0: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)",
			"empty/kustomization.yaml:0:0: folder holds no kustomization.yaml: add one, or name a file in it"}},
		{"alias bomb", map[string]string{"prod/kustomization.yaml": "resources: [../base, bomb.yaml]\n", "prod/bomb.yaml": bomb()}, "prod", []string{
			"Deployment default/app web=web:1",
			"prod/bomb.yaml:2:45: document has more than 1000000 values, aliases expanded: remove the aliases or split it"}},
		{"file beside the folder", map[string]string{"prod/kustomization.yaml": "resources: [../base/app.yaml]\n"}, "prod", []string{"Deployment default/app web=web:1"}},
		{"broken kustomization", map[string]string{"prod/kustomization.yaml": "resources: [\n"}, "prod", []string{
			"prod/kustomization.yaml:1:0: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)"}},
		{"two kustomizations", map[string]string{"base/kustomization.yml": "resources: []\n"}, "base", []string{
			"base/kustomization.yaml:0:0: folder holds base/kustomization.yaml and base/kustomization.yml: kustomize wants one of them"}},
		{"unknown field", map[string]string{"prod/kustomization.yaml": "resources: [../base]\nresorces: [a]\n"}, "prod", []string{
			`prod/kustomization.yaml:0:0: kustomize cannot build: invalid Kustomization: json: unknown field "resorces"`}},
		{"cycle", map[string]string{"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"}, "a", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			for name, text := range base {
				files[name] = text
			}
			for name, text := range test.files {
				files[name] = text
			}
			got := show(NewTree(write(t, files), "", Options{Target: "t"}).Build(context.Background(), test.folder))
			if test.name == "cycle" {
				if len(got) != 1 || !strings.Contains(got[0], "cycle detected") || strings.Contains(got[0], os.TempDir()) {
					t.Errorf("got %q", got)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func bomb() string {
	text := "a0: &a0 [x, x]\n"
	for i := 1; i < 10; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return text
}

func TestLocate(t *testing.T) {
	root := write(t, map[string]string{
		"base/kustomization.yaml": "resources: [app.yaml]\ncommonLabels:\n  team: a\n",
		"base/app.yaml":           "# first\n---\n" + deployment + "        securityContext:\n          privileged: true\n      - name: side\n        image: side:1\n",
		"prod/kustomization.yaml": "resources: [../base]\nnamespace: shop\nnamePrefix: prod-\nimages:\n- name: side\n  newTag: '9'\npatches:\n- path: p.yaml\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/template/spec/hostNetwork\n      value: true\nconfigMapGenerator:\n- name: settings\n  literals: [a=b]\n",
		"prod/p.yaml":             "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: web:latest\n      - name: added\n        image: added\n",
	})
	built := NewTree(root, "show", Options{}).Build(context.Background(), "prod")
	if len(built.Errors) > 0 || len(built.Subjects) != 2 {
		t.Fatalf("got %q", show(built))
	}
	kinds := map[string]int{}
	for i, s := range built.Subjects {
		kinds[s.Kind] = i
	}
	tests := []struct{ kind, path, want string }{
		{"Deployment", "", "show/base/app.yaml:3"},
		{"Deployment", "metadata.name", "show/base/app.yaml:6"},
		{"Deployment", "metadata.namespace", "show/prod/kustomization.yaml:2"},
		{"Deployment", "metadata.labels.team", "show/base/kustomization.yaml:3"},
		{"Deployment", "spec.replicas", "show/base/app.yaml:8"},
		{"Deployment", "container web securityContext.privileged", "show/base/app.yaml:15"},
		{"Deployment", "container web image", "show/prod/p.yaml:9"},
		{"Deployment", "container side image", "show/prod/kustomization.yaml:6"},
		{"Deployment", "container side securityContext.runAsNonRoot", "show/base/app.yaml:16"},
		{"Deployment", "container added image", "show/prod/p.yaml:11"},
		{"Deployment", "spec.template.spec.hostNetwork", "show/prod/kustomization.yaml:10"},
		{"Deployment", "spec.template.spec.hostPID", "show/base/app.yaml:10"},
		{"ConfigMap", "data.a", "show/prod/kustomization.yaml:15"},
	}
	for _, test := range tests {
		s := built.Subjects[kinds[test.kind]]
		path := test.path
		if rest, found := strings.CutPrefix(path, "container "); found {
			name, field, _ := strings.Cut(rest, " ")
			for _, c := range s.Pod.Containers() {
				if c.Name == name {
					path = c.Node.Path() + "." + field
				}
			}
		}
		place, value := s.Source.Origin.Locate(int(s.Root.Line), path)
		if got := fmt.Sprintf("%s:%d", place.File, place.Line); got != test.want || value != nil {
			t.Errorf("%s %s: got %s, want %s", test.kind, path, got, test.want)
		}
	}
	for _, s := range built.Subjects {
		if s.Annotation("config.kubernetes.io/origin") != "" {
			t.Errorf("%s keeps the note of its origin", s.Name)
		}
	}
}

func TestEnvironmentStaysOutside(t *testing.T) {
	t.Setenv("KUBEPROOF_TEST_TOKEN", "very-secret")
	root := write(t, map[string]string{
		"kustomization.yaml": "secretGenerator:\n- name: a\n  envs: [a.env]\n- name: b\n  env: a.env\n",
		"a.env":              "# comment\nKEY=1\nKUBEPROOF_TEST_TOKEN\n",
	})
	built := NewTree(root, ".", Options{}).Build(context.Background(), ".")
	if len(built.Subjects) != 2 {
		t.Fatalf("got %q", show(built))
	}
	for _, s := range built.Subjects {
		want := map[string]any{"KEY": "MQ==", "KUBEPROOF_TEST_TOKEN": ""}
		if diff := cmp.Diff(want, s.Root.Get("data").Plain()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestLinksOutAreRefused(t *testing.T) {
	outside := write(t, map[string]string{"secret.yaml": deployment, "kustomization.yaml": "resources: [secret.yaml]\n", "a.txt": "secret"})
	root := write(t, map[string]string{"kustomization.yaml": "resources: [link.yaml, folder]\nconfigMapGenerator:\n- name: a\n  files: [a.txt]\n- name: b\n  literals: [a=b]\n"})
	for name, target := range map[string]string{"link.yaml": "secret.yaml", "folder": "", "a.txt": "a.txt"} {
		if err := os.Symlink(filepath.Join(outside, target), filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	got := show(NewTree(root, "", Options{}).Build(context.Background(), "."))
	if len(got) < 4 || strings.Contains(strings.Join(got, "\n"), "Deployment") || strings.Count(strings.Join(got, "\n"), "it lies outside of the folder that is scanned") != 3 {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
}

func TestBuildsThatTakeTooLongAreLeft(t *testing.T) {
	root := write(t, map[string]string{"kustomization.yaml": "resources: [app.yaml]\n", "app.yaml": deployment})
	tree := NewTree(root, "", Options{Timeout: -time.Second})
	want := []string{"kustomization.yaml:0:0: kustomize cannot build: it took longer than -1s: build a smaller part"}
	if diff := cmp.Diff(want, show(tree.Build(context.Background(), "."))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPowersOfBuildsAreRefused(t *testing.T) {
	files := map[string]string{}
	for i := range 20 {
		for _, side := range []string{"x", "y"} {
			files[fmt.Sprintf("%s%d/kustomization.yaml", side, i)] = fmt.Sprintf("namePrefix: %s\nresources: [../x%d, ../y%d]\n", side, i+1, i+1)
		}
	}
	files["x20/kustomization.yaml"], files["y20/kustomization.yaml"] = "namePrefix: a\n", "namePrefix: b\n"
	got := show(NewTree(write(t, files), "", Options{}).Build(context.Background(), "x0"))
	want := []string{"x0/kustomization.yaml:0:0: kustomization goes through more than 2000 others: simplify it"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStrictTreesKeepFilesInTheirFolders(t *testing.T) {
	root := write(t, map[string]string{"prod/kustomization.yaml": "resources: [../app.yaml]\n", "app.yaml": deployment})
	got := show(NewTree(root, "", Options{Strict: true}).Build(context.Background(), "prod"))
	if len(got) != 1 || !strings.Contains(got[0], "security; file 'app.yaml' is not in or below 'prod'") {
		t.Errorf("got %q", got)
	}
}

func TestParsePath(t *testing.T) {
	text := "a:\n  b.c/d:\n  - x: 1\n  \"q\\\"]\": 2\n"
	documents, _ := document.Read([]byte(text), document.DefaultLimits)
	documents[0].Root.Walk(func(n *document.Node) {
		if at, whole := follow(documents[0].Root, documents[0].Root, parsePath(n.Path())); !whole || at != n {
			t.Errorf("path %s does not lead back", n.Path())
		}
	})
	if got := parsePath("a[x].b"); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

package compose

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func read(t testing.TB, text string) document.Document {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(documents) != 1 || len(problems) > 0 {
		t.Fatalf("read gives %d documents, %v", len(documents), problems)
	}
	return documents[0]
}

// folder gives the subjects of one file of a folder, and the errors as lines.
func folder(t testing.TB, name string, files map[string]string) ([]*inventory.Subject, []string) {
	t.Helper()
	tree := fstest.MapFS{}
	for path, text := range files {
		tree[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return subjects(t, files[name], tree, name)
}

func subjects(t testing.TB, text string, files fs.FS, name string) ([]*inventory.Subject, []string) {
	source := &inventory.Source{Target: "t", File: name, Text: []byte(text)}
	found, errs := Subjects(read(t, text), source, files, name)
	var lines []string
	for _, e := range errs {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message))
	}
	return found, lines
}

func service(t testing.TB, name string, all []*inventory.Subject) *inventory.Subject {
	t.Helper()
	for _, s := range all {
		if s.Kind == ServiceKind && s.Name == name {
			return s
		}
	}
	t.Fatalf("service %s is missing", name)
	return nil
}

func TestRecognise(t *testing.T) {
	const plain = "services: {web: {image: nginx}}\n"
	for _, test := range []struct {
		name, text string
		want       bool
	}{
		{"compose.yaml", plain, true},
		{"a/docker-compose.prod.yml", "services: {web: {ports: ['80']}}\n", true},
		{"shop.compose.yaml", plain, true},
		{"compose.yaml", "include: [a.yaml]\n", true},
		{"stack.yml", "version: '3'\nx-log: {}\n" + plain, true},
		{"stack.yml", "services: {web: {build: .}, db: {extends: web}}\n", true},
		{"compose.yaml", "apiVersion: v1\nkind: ConfigMap\n", false},
		{"compose.yaml", "services: [a]\n", false},
		{"compose.yaml", "version: 1\n", false},
		{"values.yaml", "replicas: 1\n" + plain, false},
		{"values.yaml", "services: {web: {port: 80}}\n", false},
		{"values.yaml", "services: {web: {image: {repository: nginx}}}\n", false},
		{"values.yaml", "services: {}\n", false},
		{"list.yaml", "- a\n", false},
		{"compose.txt", "services: {web: {}}\n", false},
	} {
		if got := Recognise(test.name, read(t, test.text).Root); got != test.want {
			t.Errorf("Recognise(%s, %q) = %v", test.name, test.text, got)
		}
	}
}

func TestSubjectsHavePlaces(t *testing.T) {
	text := "services:\n  web:\n    image: nginx\n    ports:\n    - 80:80\n\n  db:\n    image: postgres\n    profiles: [debug]\n"
	found, errs := folder(t, "shop/compose.yaml", map[string]string{"shop/compose.yaml": text})
	if errs != nil {
		t.Fatal(errs)
	}
	var got []string
	for _, s := range found {
		got = append(got, fmt.Sprintf("%s %s %s %d-%d", s.Kind, s.APIVersion, s.Name, s.Root.Line, s.EndLine))
	}
	want := []string{"ComposeProject compose shop 1-9", "ComposeService compose web 3-6", "ComposeService compose db 8-9"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if port := found[1].Root.Get("ports").Children()[0]; port.Path() != "services.web.ports[0]" || port.Line != 5 {
		t.Errorf("port stands at %s, line %d", port.Path(), port.Line)
	}
}

func TestVariables(t *testing.T) {
	t.Setenv("LEAK", "leaked")
	v := variables{"TAG": "1.2", "EMPTY": ""}
	for text, want := range map[string]string{
		"a:$TAG": "a:1.2", "a:${TAG}": "a:1.2", "${NONE:-x}": "x", "${NONE-x}": "x", "${EMPTY-x}": "", "${EMPTY:-x}": "x",
		"${NONE}": "${NONE}", "$NONE/a": "$NONE/a", "${TAG:?no}": "1.2", "${NONE:?no}": "${NONE:?no}", "${TAG:+y}": "y", "${NONE+y}": "",
		"${NONE:-${TAG}}": "1.2", "$$TAG": "$TAG", "a$": "a$", "${": "${", "${}": "${}", "${TAG!}": "${TAG!}", "$1": "$1", "${LEAK}": "${LEAK}",
		"${A:-${B:-${C:-d}}}-$TAG": "d-1.2",
	} {
		if got := v.expand(text); got != want {
			t.Errorf("expand(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestInterpolation(t *testing.T) {
	found, errs := folder(t, "compose.yaml", map[string]string{
		"compose.yaml": "services:\n  web:\n    image: nginx:${TAG}\n    privileged: ${PRIV:-true}\n    user: \"${UID}\"\n    x: ${NONE}\n",
		".env":         "# versions\nTAG = 1.29 # fine\nexport UID='0'\n",
	})
	want := map[string]any{"image": "nginx:1.29", "privileged": true, "user": int64(0), "x": "${NONE}"}
	if diff := cmp.Diff(want, service(t, "web", found).Root.Plain()); diff != "" || errs != nil {
		t.Errorf("(-want +got):\n%s%v", diff, errs)
	}
	if got := found[0].Root.Get("services", "web", "image").Text(); got != "nginx:${TAG}" {
		t.Errorf("project must stay as written, image is %q", got)
	}
}

func TestExtends(t *testing.T) {
	found, errs := folder(t, "a/compose.yaml", map[string]string{
		"a/compose.yaml": "services:\n  base:\n    image: nginx\n    cap_add: [NET_ADMIN]\n    command: [a]\n    deploy: {resources: {limits: {cpus: '1'}}}\n" +
			"  web:\n    extends: base\n    cap_add: [SYS_ADMIN]\n    command: [b]\n    deploy: {resources: {limits: {memory: 1g}}}\n" +
			"  far:\n    image: b\n    extends:\n      file: ../common/base.yml\n      service: app\n",
		"common/base.yml": "services:\n  app:\n    extends: root\n    image: a\n  root:\n    privileged: true\n",
	})
	if errs != nil {
		t.Fatal(errs)
	}
	web := service(t, "web", found).Root
	want := map[string]any{"extends": "base", "image": "nginx", "cap_add": []any{"NET_ADMIN", "SYS_ADMIN"}, "command": []any{"b"},
		"deploy": map[string]any{"resources": map[string]any{"limits": map[string]any{"cpus": "1", "memory": "1g"}}}}
	if diff := cmp.Diff(want, web.Plain()); diff != "" {
		t.Errorf("web (-want +got):\n%s", diff)
	}
	if image := web.Get("image"); image.KeyLine != 3 || image.Path() != "services.web.image" {
		t.Errorf("inherited image stands at %s, line %d", image.Path(), image.KeyLine)
	}
	far := service(t, "far", found).Root
	if privileged := far.Get("privileged"); !privileged.Bool() || privileged.KeyLine != 14 || far.Get("image").Text() != "b" {
		t.Errorf("far is %v, privileged at line %d", far.Plain(), far.Get("privileged").KeyLine)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"missing base", "services: {web: {extends: base}}", `f/compose.yaml:1: service "web" extends "base", which f/compose.yaml does not have: correct the name`},
		{"circle", "services: {a: {extends: b}, b: {extends: a}}", `f/compose.yaml:1: service "a" extends services in a circle, or more than 16 in a row: break the circle`},
		{"outside", "services: {web: {extends: {file: ../../x.yml, service: a}}}",
			`f/compose.yaml:1: "../../x.yml" is outside of the scanned folder, so what it gives is not judged: scan the folder that holds both`},
		{"absolute", "include: [/etc/passwd]\nservices: {}", `f/compose.yaml:1: "/etc/passwd" is outside of the scanned folder, so what it gives is not judged: scan the folder that holds both`},
		{"remote include", "include:\n- path: [oci://a/b]\nservices: {}", `f/compose.yaml:2: "oci://a/b" is not fetched, so what it gives is not judged: copy it into the folder`},
		{"absent file", "include:\n- b.yaml\nservices: {}", `f/compose.yaml:2: cannot read "f/b.yaml", so what it gives is not judged: check that it is a file within the scanned folder, and scan that folder`},
		{"broken file", "include:\n- bad.yaml\nservices: {}", `f/compose.yaml:2: cannot read "f/bad.yaml": invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)`},
		{"variable", "include: ['${X}/b.yaml']\nservices: {}", `f/compose.yaml:1: "${X}/b.yaml" depends on a variable, so what it gives is not judged: write the path out`},
		{"service of a wrong type", "services: {web: [a]}", `f/compose.yaml:1: service "web" is no map (list), so it is not judged: correct it`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, errs := folder(t, "f/compose.yaml", map[string]string{"f/compose.yaml": test.text, "f/bad.yaml": "a: [\n"})
			if len(errs) == 0 || errs[0] != test.want {
				t.Errorf("got %q, want %q", errs, test.want)
			}
		})
	}
	if _, errs := subjects(t, "services: {web: {extends: {file: x.yml, service: a}}}", nil, "-"); len(errs) != 1 || !strings.Contains(errs[0], "scan the folder") {
		t.Errorf("without files: %q", errs)
	}
}

func TestIncluded(t *testing.T) {
	root := read(t, "include:\n- a.yaml\n- {path: [../b.yaml, ../../c.yaml]}\n- {path: d.yaml}\n- https://x/y.git\n").Root
	if diff := cmp.Diff([]string{"f/a.yaml", "b.yaml", "f/d.yaml"}, Included(root, "f/compose.yaml")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGrowthIsBounded(t *testing.T) {
	var text strings.Builder
	text.WriteString("services:\n  base: {image: a, ports: [" + strings.Repeat("1,", 50_000) + "1]}\n")
	for i := range 20 {
		fmt.Fprintf(&text, "  s%d: {extends: base, x: \"%s\"}\n", i, strings.Repeat("${A}", 100))
	}
	found, errs := folder(t, "compose.yaml", map[string]string{"compose.yaml": text.String(), ".env": "A=" + strings.Repeat("a", 60_000)})
	values, bytes := 0, 0
	for _, s := range found[1:] {
		s.Root.Walk(func(n *document.Node) { values++; bytes += len(n.Text()) })
	}
	if values > 2*mostCopied || bytes > 20<<20 || len(errs) == 0 || len(found) != 22 {
		t.Errorf("%d values, %d bytes, %d subjects, errors %q", values, bytes, len(found), errs)
	}
}

func FuzzSubjects(f *testing.F) {
	for _, seed := range []string{
		"services:\n  web:\n    image: nginx:${TAG:-1}\n    extends: {file: b.yaml, service: app}\n  b: {extends: web}\n",
		"include: [b.yaml, {path: [oci://x]}]\nservices: {a: null, b: [1], c: {extends: c}}\n",
		"x-a: &a {cap_add: [ALL]}\nservices: {web: {<<: *a, build: ., environment: [A=$$B, '${']}}\n",
	} {
		f.Add(seed, "A=b\nexport C='d'\n", "services: {app: {image: a, extends: app}}\n")
	}
	f.Fuzz(func(t *testing.T, text, env, other string) {
		files := fstest.MapFS{".env": {Data: []byte(env)}, "b.yaml": {Data: []byte(other)}}
		documents, _ := document.Read([]byte(text), document.Limits{FileBytes: 1 << 16, DocumentBytes: 1 << 16, Depth: 50, Nodes: 5000, FileNodes: 5000, Documents: 10})
		for _, doc := range documents {
			if !Recognise("compose.yaml", doc.Root) {
				continue
			}
			source := &inventory.Source{Target: "t", File: "compose.yaml", Text: []byte(text)}
			found, errs := Subjects(doc, source, files, "compose.yaml")
			for _, s := range found {
				if s.Name == "" && s.Kind == ProjectKind || s.Root.Kind != document.Map || s.Source != source {
					t.Errorf("%q: subject %+v is not whole", text, s)
				}
			}
			for _, e := range errs {
				if e.Message == "" || e.File == "" {
					t.Errorf("%q: error %+v is not whole", text, e)
				}
			}
		}
	})
}

//go:build unix

package collect

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// aliasBomb expands to 9^9 values.
func aliasBomb() string {
	text := "apiVersion: v1\nkind: ConfigMap\na0: &a0 [x, x]\n"
	for i := 1; i < 10; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return text
}

// TestBadInputCostsOnlyItself lays every kind of bad input beside a good file, which must
// still be read.
func TestBadInputCostsOnlyItself(t *testing.T) {
	file := func(name, content string) func(t *testing.T) {
		return func(t *testing.T) {
			t.Helper()
			if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	link := func(target, name string) func(t *testing.T) {
		return func(t *testing.T) {
			t.Helper()
			if err := os.Symlink(target, name); err != nil {
				t.Fatal(err)
			}
		}
	}
	const object = "apiVersion: v1\nkind: Pod\n"
	tests := []struct {
		name string
		make func(t *testing.T)
		want []string // beside the good file
	}{
		{"truncated", file("x.yaml", object+"spec: {containers: [{name: a"), []string{"! x.yaml:2: invalid YAML: did not find expected ',' or '}' (close brackets and quotes and line up the indentation)"}},
		{"truncated JSON", file("x.json", `{"apiVersion": "v1", "kind": "Pod", "spec": {`), []string{"! x.json:1: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)"}},
		{"tabs", file("x.yaml", object+"spec:\n\thostPID: true\n"), []string{
			"! x.yaml:4: invalid YAML: found character that cannot start any token (indent with spaces, not tabs, and quote values that begin with @, ` or %)"}},
		{"duplicate keys", file("x.yaml", object+"kind: Job\n"), []string{"x.yaml:1 Job default/", `! x.yaml:3: key "kind" stands twice in one map; the last one counts: remove the other`}},
		{"UTF-16", file("x.yaml", "\xff\xfe"+strings.Join(strings.Split(object, ""), "\x00")+"\x00"), []string{"x.yaml:1 Pod default/"}},
		{"Latin-1", file("x.yaml", object+"# gr\xfcn\n"), []string{"! x.yaml:3: file is not valid UTF-8: save it as UTF-8"}},
		{"NUL", file("x.yaml", object+"a: \x00\n"), []string{"! x.yaml:3: file holds a NUL byte, so it is not text: leave it out, or save it as UTF-8"}},
		{"binary", file("x.yaml", "\x7fELF\x02\x01\x01\x00\x00"), []string{"! x.yaml:1: file holds a NUL byte, so it is not text: leave it out, or save it as UTF-8"}},
		{"alias bomb", file("x.yaml", aliasBomb()), []string{"! x.yaml:3: document has more than 1000000 values, aliases expanded: remove the aliases or split it"}},
		{"anchor in itself", file("x.yaml", object+"spec: &a [*a]\n"), []string{`! x.yaml:3: anchor "a" contains itself: remove the alias`}},
		{"10,000 levels in flow", file("x.yaml", object+"spec: "+strings.Repeat("[", 10000)+strings.Repeat("]", 10000)), []string{"! x.yaml:3: nested deeper than 500 levels: flatten the document"}},
		{"20,000 levels in flow", file("x.yaml", object+"spec: "+strings.Repeat("{a: ", 20000)), []string{"! x.yaml:3: invalid YAML: exceeded max depth of 10000 (flatten the document)"}},
		{"10,000 levels in block", file("x.yaml", object+"spec:\n"+strings.Repeat("- ", 9990)+"a\n"), []string{"! x.yaml:4: nested deeper than 500 levels: flatten the document"}},
		{"20,000 levels in block", file("x.yaml", object+"spec:\n"+strings.Repeat("- ", 20000)+"a\n"), []string{"! x.yaml:3: invalid YAML: exceeded max depth of 10000 (flatten the document)"}},
		{"20,000 levels in JSON", file("x.json", strings.Repeat(`{"apiVersion":`, 20000)), []string{"! x.json:1: nested deeper than 500 levels: flatten the document"}},
		{"100 MB", func(t *testing.T) {
			file("x.yaml", "")(t)
			if err := os.Truncate("x.yaml", 100<<20); err != nil {
				t.Fatal(err)
			}
		}, []string{"! x.yaml:0: read: it is larger than the limit of 64 MiB (100 MiB): split it"}},
		{"link in a circle", link(".", "loop"), []string{`"link to what is read already"=1`}},
		{"link to itself", link("x.yaml", "x.yaml"), []string{"! x.yaml:0: follow link: it leads to itself or cannot be read: correct or remove it"}},
		{"link to nothing", link("none", "x.yaml"), []string{"! x.yaml:0: follow link: it points to nothing: restore its target or remove it"}},
		{"link out of the folder", link(os.TempDir(), "out"), []string{`"link that leaves the folder"=1`}},
		{"link to a file twice", link("good.yaml", "x.yaml"), []string{`"link to what is read already"=1`}},
		{"pipe", func(t *testing.T) {
			if err := syscall.Mkfifo("x.yaml", 0o644); err != nil {
				t.Skip(err)
			}
		}, []string{`"not a regular file"=1`}},
		{"link to a pipe", func(t *testing.T) {
			if err := syscall.Mkfifo("pipe", 0o644); err != nil {
				t.Skip(err)
			}
			link("pipe", "x.yaml")(t)
		}, []string{`"not a regular file"=2`}},
		{"folder named like a file", func(t *testing.T) {
			if err := os.MkdirAll("x.yaml/kustomization.yaml", 0o755); err != nil {
				t.Fatal(err)
			}
			file("x.yaml/y.yaml", object)(t)
		}, []string{"x.yaml/y.yaml:1 Pod default/"}},
		{"unreadable file", func(t *testing.T) {
			if os.Geteuid() == 0 {
				t.Skip("root can read every file")
			}
			file("x.yaml", object)(t)
			if err := os.Chmod("x.yaml", 0); err != nil {
				t.Fatal(err)
			}
		}, []string{"! x.yaml:0: read: permission denied: grant the right to read it, or list it in .kubeproofignore"}},
		{"broken chart", file("Chart.yaml", "apiVersion: [\n"), []string{"! Chart.yaml:1: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation): the chart is not rendered"}},
		{"broken kustomization", file("kustomization.yaml", "resources: [\n"), []string{"! kustomization.yaml:1: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)"}},
		{"unknown kind", file("x.yaml", "apiVersion: a/v1\nkind: What\n"), []string{"x.yaml:1 What default/"}},
		{"null in a list", file("x.yaml", "apiVersion: v1\nkind: List\nitems: [null]\n"), []string{"! x.yaml:3: items[0] is null: remove it"}},
		{"wrong types", file("x.yaml", object+"metadata: 5\nspec: {containers: true}\n"), []string{
			"x.yaml:1 Pod default/",
			`! x.yaml:3: metadata of Pod "" is an integer, not a map, so nothing below it is judged: correct it`,
			`! x.yaml:4: spec.containers of Pod "" is true or false, not a list, so nothing below it is judged: correct it`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			layOut(t, map[string]string{"good.yaml": pod("good")})
			test.make(t)
			started := time.Now()
			got := show(Collect(context.Background(), []string{"."}, Options{}))
			all := strings.Join(got, "\n")
			for _, want := range append(test.want, "good.yaml:1 Pod default/good") {
				if !strings.Contains(all, want) {
					t.Errorf("misses %s in\n%s", want, all)
				}
			}
			if took := time.Since(started); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestFileThatVanishes(t *testing.T) {
	layOut(t, map[string]string{"a.yaml": pod("a"), "b.yaml": pod("b")})
	r := &run{ctx: context.Background()}
	r.planPath(0, ".")
	if err := os.Remove("a.yaml"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove("b.yaml"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo("b.yaml", 0o644); err != nil {
		t.Skip(err)
	}
	r.work()
	var got []string
	for _, j := range r.jobs {
		for _, p := range j.parts {
			for _, e := range p.errors {
				got = append(got, e.File+": "+e.Message)
			}
		}
	}
	want := []string{"a.yaml: read: no such file or folder: check the path", "b.yaml: read: it is not a regular file: pipe it into `kubeproof scan -`"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestManyDocumentsAreBounded(t *testing.T) {
	layOut(t, map[string]string{"good.yaml": pod("good"), "many.yaml": strings.Repeat("---\na: 1\n", 1_000_000)})
	inv := Collect(context.Background(), []string{"."}, Options{})
	want := "! many.yaml:200001: file has more than 100000 documents: split it; the rest was not read"
	if all := strings.Join(show(inv), "\n"); !strings.Contains(all, want) || !strings.Contains(all, "good.yaml:1") {
		t.Errorf("misses %s in\n%s", want, all)
	}
}

// TestLargeFileIsNotRead measures that a file above the limit costs no memory of its size.
func TestLargeFileIsNotRead(t *testing.T) {
	layOut(t, map[string]string{"good.yaml": pod("good"), "large.yaml": ""})
	if err := os.Truncate("large.yaml", 1<<33); err != nil {
		t.Skip(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Collect(context.Background(), []string{"."}, Options{})
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("allocated %d MiB", grown>>20)
	}
}

func TestIgnoredByGitAndByDefault(t *testing.T) {
	root := layOut(t, map[string]string{
		".gitignore": "*.tmp.yaml\n/build/\n", "a.yaml": pod("a"), "b.tmp.yaml": pod("b"), "build/c.yaml": pod("c"), "node_modules/d.yaml": pod("d"),
		".hidden/e.yaml": pod("e"), ".github/f.yaml": pod("f"), "k8s/.kubeproofignore": "g.yaml\n!keep.tmp.yaml\n", "k8s/g.yaml": pod("g"), "k8s/keep.tmp.yaml": pod("keep"), ".git/h.yaml": pod("h"),
	})
	tests := []struct {
		target string
		all    bool
		want   []string
	}{
		{".", false, []string{".github/f.yaml:1 Pod default/f", "a.yaml:1 Pod default/a", "k8s/keep.tmp.yaml:1 Pod default/keep",
			`= path . files=3 documents=3 "folder node_modules"=1 "folder of git"=1 "hidden folder"=1 "listed in .gitignore"=2 "listed in .kubeproofignore"=1 "of no known kind"=2`}},
		{".", true, []string{".github/f.yaml:1 Pod default/f", ".hidden/e.yaml:1 Pod default/e", "a.yaml:1 Pod default/a", "b.tmp.yaml:1 Pod default/b", "build/c.yaml:1 Pod default/c",
			"k8s/keep.tmp.yaml:1 Pod default/keep", "node_modules/d.yaml:1 Pod default/d",
			`= path . files=7 documents=7 "folder of git"=1 "listed in .kubeproofignore"=1 "of no known kind"=2`}},
		{"build", false, []string{"build/c.yaml:1 Pod default/c", "= path build files=1 documents=1"}},
		{filepath.Join(root, "k8s"), false, nil},
	}
	for _, test := range tests {
		got := show(Collect(context.Background(), []string{test.target}, Options{All: test.all}))
		if test.want == nil {
			if len(got) != 2 || !strings.HasSuffix(got[0], "/k8s/keep.tmp.yaml:1 Pod default/keep") {
				t.Errorf("%s: got %q", test.target, got)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s, all %t (-want +got):\n%s", test.target, test.all, diff)
		}
	}
}

func TestLinksInsideAreRead(t *testing.T) {
	layOut(t, map[string]string{"..data_1/a.yaml": pod("a"), ".hidden/b/b.yaml": pod("b")})
	for name, target := range map[string]string{"..data": "..data_1", "a.yaml": "..data/a.yaml", "b": ".hidden/b"} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"..data/a.yaml:1 Pod default/a", "b/b.yaml:1 Pod default/b"}
	if diff := cmp.Diff(want, show(Collect(context.Background(), []string{"."}, Options{}))[:2]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

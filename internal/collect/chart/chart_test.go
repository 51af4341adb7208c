package chart

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

var update = flag.Bool("update", false, "write what the charts in testdata give as what they should give")

// TestCollect renders each chart of testdata. An archive holds the chart's files, optionally
// "flags" (a value set to a line: NAME [-f FILE] [--set X]), and what is wanted: "subjects",
// "errors", "skipped" and "origins", which shows for every rendered line its template line and
// the place of its value.
func TestCollect(t *testing.T) {
	root, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	archives, err := filepath.Glob(filepath.Join(root, "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatalf("archives: %v, %v", archives, err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir, options := unpack(t, archive)
			target := &inventory.Target{Name: "chart:chart"}
			options.Target, options.Show = target, "chart"
			t.Chdir(dir)
			subjects, errs := Collect(context.Background(), "chart", options)
			got := map[string]string{"subjects": listSubjects(subjects), "errors": listErrors(errs),
				"skipped": listSkipped(target), "origins": listOrigins(subjects)}
			if *update {
				rewrite(t, name, archive, got)
				return
			}
			for i, file := range archive.Files {
				text, wanted := got[file.Name]
				if !wanted {
					continue
				}
				if diff := cmp.Diff(string(archive.Files[i].Data), text); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file.Name, diff)
				}
			}
		})
	}
}

func unpack(t *testing.T, archive *txtar.Archive) (dir string, options Options) {
	t.Helper()
	dir = t.TempDir()
	for _, file := range archive.Files {
		switch file.Name {
		case "subjects", "errors", "skipped", "origins":
			continue
		case "flags":
			options.Sets = readFlags(t, string(file.Data))
			continue
		}
		name := filepath.Join(dir, file.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, options
}

func readFlags(t *testing.T, text string) (sets []ValueSet) {
	t.Helper()
	for row := range strings.Lines(text) {
		words := strings.Fields(row)
		set := ValueSet{Name: strings.TrimPrefix(words[0], "-")}
		for i := 1; i+1 < len(words); i += 2 {
			switch words[i] {
			case "-f":
				set.Files = append(set.Files, words[i+1])
			case "--set":
				set.Set = append(set.Set, words[i+1])
			case "--set-string":
				set.SetString = append(set.SetString, words[i+1])
			default:
				t.Fatalf("unknown flag %q", words[i])
			}
		}
		sets = append(sets, set)
	}
	return sets
}

func listSubjects(subjects []*inventory.Subject) string {
	var text strings.Builder
	for _, s := range subjects {
		fmt.Fprintf(&text, "%s %s/%s %s\n", s.Kind, s.Namespace, s.Name, s.Source.File)
	}
	return text.String()
}

func listErrors(errs []inventory.Error) string {
	var text strings.Builder
	for _, e := range errs {
		kind := "doubtful"
		if e.Lost {
			kind = "lost"
		}
		fmt.Fprintf(&text, "%s %s:%d: %s\n", kind, e.File, e.Line, e.Message)
	}
	return text.String()
}

func listSkipped(target *inventory.Target) string {
	var text strings.Builder
	for _, reason := range []string{"library chart", "helm test"} {
		if count := target.Skipped[reason]; count > 0 {
			fmt.Fprintf(&text, "%s: %d\n", reason, count)
		}
	}
	return text.String()
}

// listOrigins asks for every line that holds the beginning of a value, with the value's path.
func listOrigins(subjects []*inventory.Subject) string {
	var text strings.Builder
	var last *inventory.Source
	for _, s := range subjects {
		if s.Source.Origin == nil || s.Source == last {
			continue
		}
		last = s.Source
		paths := pathsByLine(subjects, s.Source)
		for i, row := range strings.Split(string(s.Source.Text), "\n") {
			if strings.TrimSpace(row) == "" {
				continue
			}
			place, value := s.Source.Origin.Locate(i+1, paths[i+1])
			fmt.Fprintf(&text, "%-44s %s:%d", row, strings.TrimPrefix(place.File, "chart/"), place.Line)
			if value != nil {
				fmt.Fprintf(&text, "  <- %s:%d %s", strings.TrimPrefix(value.File, "chart/"), value.Line, value.Path)
			}
			text.WriteByte('\n')
		}
	}
	return text.String()
}

func pathsByLine(subjects []*inventory.Subject, source *inventory.Source) map[int]string {
	paths := map[int]string{}
	for _, s := range subjects {
		if s.Source != source {
			continue
		}
		for nodes := s.Root.Children(); len(nodes) > 0; nodes = nodes[1:] {
			n := nodes[0]
			line := int(n.KeyLine)
			if line == 0 {
				line = int(n.Line)
			}
			paths[line] = n.Path() // the deepest value wins
			nodes = append(nodes, n.Children()...)
		}
	}
	return paths
}

func rewrite(t *testing.T, name string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	for i, file := range archive.Files {
		if text, wanted := got[file.Name]; wanted {
			archive.Files[i].Data = []byte(text)
		}
	}
	if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// build writes a chart into a new folder and gives its path.
func build(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "chart")
	if _, ok := files["Chart.yaml"]; !ok {
		files["Chart.yaml"] = "apiVersion: v2\nname: app\nversion: 1.0.0\n"
	}
	for name, text := range files {
		place := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(place, bytes.TrimPrefix([]byte(text), []byte("\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

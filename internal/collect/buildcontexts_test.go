package collect

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write lays files out in a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		name = filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestUnreadBuildContext: a name that no file system of Go takes stands for a folder without rights.
func TestUnreadBuildContext(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems refuse such names")
	}
	folder := write(t, map[string]string{"docker/Dockerfile": "FROM a\nCOPY main.go /\n", "main.go": "package main", "\xfe/a": "", "\xff/b": ""})
	t.Chdir(folder)
	var got []string
	for _, e := range Collect(context.Background(), []string{"."}, Options{}).Errors {
		if e.File == "docker/Dockerfile" && e.Lost {
			got = append(got, e.Message)
		}
	}
	want := []string{`not all of the build context was looked at: the folder "\xfe" was not read, where a build stops, nor were 1 more: invalid argument`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBuildContextsOfDockerfiles(t *testing.T) {
	t.Chdir(write(t, map[string]string{
		"Dockerfile": "FROM a\nCOPY . /app\nCOPY gone /\n", ".dockerignore": "*.md\n[b\n", ".env": "TOKEN=x", "main.go": "package main", "README.md": "# a",
		"docker/api.Dockerfile": "FROM a\nCOPY main.go /\n",
		"alone/Dockerfile":      "FROM a\nRUN make\n",
	}))
	inv := Collect(context.Background(), []string{"."}, Options{})
	got := map[string]any{}
	for _, s := range inv.Subjects {
		about := map[string]any{}
		for _, field := range []string{"folder", "certain", "files", "ignore"} {
			if node := s.Root.Get("context", field); node != nil {
				about[field] = node.Plain()
			}
		}
		got[s.Source.File] = about
		for _, instruction := range s.Root.Get("stages").Children()[0].Get("instructions").Children() {
			if takes := instruction.Get("takes"); takes != nil {
				got[s.Source.File+" "+instruction.Get("sources").Children()[0].Text()] = takes.Plain()
			}
		}
	}
	env := []any{map[string]any{"path": ".env", "what": "environment file", "likely": false}}
	ignore := map[string]any{"file": ".dockerignore", "patterns": int64(2)}
	want := map[string]any{
		"Dockerfile":                    map[string]any{"folder": ".", "certain": false, "files": int64(6), "ignore": ignore},
		"Dockerfile .":                  map[string]any{"files": int64(6), "bytes": int64(96), "whole": true, "sensitive": env},
		"Dockerfile gone":               map[string]any{"files": int64(0), "bytes": int64(0), "missing": []any{"gone"}},
		"docker/api.Dockerfile":         map[string]any{"folder": ".", "certain": true, "files": int64(6), "ignore": ignore},
		"docker/api.Dockerfile main.go": map[string]any{"files": int64(1), "bytes": int64(12)},
		"alone/Dockerfile":              map[string]any{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var errs []string
	for _, e := range inv.Errors {
		errs = append(errs, e.File+": "+e.Message)
	}
	if diff := cmp.Diff([]string{`.dockerignore: pattern "[b" is not valid, and a build stops where it is reached: correct it`}, errs); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestComposeTellsTheBuildContext(t *testing.T) {
	t.Chdir(write(t, map[string]string{
		"compose.yaml":          "services:\n  api: {build: {context: ., dockerfile: deploy/api/Dockerfile}}\n  web: {build: ./web}\n  far: {build: ../far}\n  x: {build: $X}\n",
		"deploy/api/Dockerfile": "FROM a\nCOPY . /app\n", "web/Dockerfile": "FROM a\nCOPY . /app\n", "other/docker/Dockerfile": "FROM a\nCOPY . /app\n",
		"broken/compose.yaml": "services: [", "broken/Dockerfile": "FROM a\nCOPY . /app\n",
	}))
	inv := Collect(context.Background(), []string{"."}, Options{})
	got := map[string]string{}
	for _, s := range inv.Subjects {
		if about := s.Root.Get("context"); about != nil {
			got[s.Source.File] = about.Get("folder").Text() + " " + about.Get("certain").Text()
		}
	}
	want := map[string]string{"deploy/api/Dockerfile": ". true", "web/Dockerfile": "web true", "other/docker/Dockerfile": "other/docker false", "broken/Dockerfile": "broken true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

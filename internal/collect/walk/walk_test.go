package walk

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// layOut makes empty files below a fresh folder and gives its real path.
func layOut(t *testing.T, names ...string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func shows(places []Place) []string {
	var all []string
	for _, at := range places {
		all = append(all, at.Show)
	}
	return all
}

func TestFolderSortsWhatItFinds(t *testing.T) {
	t.Chdir(layOut(t, "x/b.yaml", "x/a.JSON", "x/a/z.yml", "x/c/Chart.yaml", "x/c/values.yaml", "x/c/ci/v.yaml", "x/c/templates/t.yaml", "x/c/charts/s/Chart.yaml",
		"x/k/kustomization.yml", "x/k/p.yaml", "x/Kustomization", "x/main.go", "x/vendor/v.yaml", "x/.tekton/p.yaml", "x/.cache/c.yaml",
		"x/Dockerfile", "x/api/api.Dockerfile", "x/api/Containerfile.prod", "x/api/Dockerfile.j2", "x/api/Dockerfile.dockerignore", "x/dist/oci-layout", "x/dist/index.json"))
	found := Folder(context.Background(), "./x", false)
	want := map[string][]string{
		"files":          {"x/.tekton/p.yaml", "x/a.JSON", "x/a/z.yml", "x/b.yaml", "x/c/ci/v.yaml", "x/k/p.yaml"},
		"dockerfiles":    {"x/Dockerfile", "x/api/Containerfile.prod", "x/api/api.Dockerfile"},
		"layouts":        {"x/dist"},
		"charts":         {"x/c"},
		"kustomizations": {"x/Kustomization", "x/k/kustomization.yml"},
	}
	got := map[string][]string{"files": shows(found.Files), "charts": shows(found.Charts), "kustomizations": shows(found.Kustomizations),
		"dockerfiles": shows(found.Dockerfiles), "layouts": shows(found.Layouts)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	skipped := map[string]int{"of no known kind": 3, "folder vendor": 1, "hidden folder": 1}
	if diff := cmp.Diff(skipped, found.Skipped); diff != "" || len(found.Errors) > 0 {
		t.Errorf("errors %v, skipped (-want +got):\n%s", found.Errors, diff)
	}
}

func TestListsOfTheRepositoryHoldBelowIt(t *testing.T) {
	root := layOut(t, ".git/config", "k8s/a.yaml", "k8s/b.yaml", "k8s/deep/c.yaml", "k8s/deep/d.yaml", "out/e.yaml")
	list := func(name, text string) {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list(".gitignore", "/k8s/b.yaml\nc.yaml\n/out/\n")
	list("k8s/.gitignore", "!c.yaml\nd.yaml\n")
	for folder, want := range map[string][]string{"k8s": {"a.yaml", "deep/c.yaml"}, "k8s/deep": {"c.yaml"}, "out": {"e.yaml"}} {
		t.Chdir(filepath.Join(root, folder))
		if diff := cmp.Diff(want, shows(Folder(context.Background(), ".", false).Files)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", folder, diff)
		}
	}
}

func TestFolderThatIsNotThere(t *testing.T) {
	found := Folder(context.Background(), filepath.Join(t.TempDir(), "none"), false)
	if len(found.Errors) != 1 || found.Errors[0].Message != "open: no such file or folder: check the path" || !found.Errors[0].Lost {
		t.Errorf("got %+v", found.Errors)
	}
}

func TestReason(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{&fs.PathError{Op: "open", Path: "/secret/place", Err: fs.ErrPermission}, "permission denied: grant the right to read it, or list it in .kubeproofignore"},
		{&fs.PathError{Op: "open", Path: "/secret/place", Err: os.ErrClosed}, "file already closed"},
	} {
		if got := Reason(test.err); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestWithin(t *testing.T) {
	for path, want := range map[string]bool{"/a/b": true, "/a/b/c": true, "/a/bc": false, "/a": false, "/a/b/..c": true} {
		if got := Within("/a/b", path); got != want {
			t.Errorf("%s: got %t", path, got)
		}
	}
}

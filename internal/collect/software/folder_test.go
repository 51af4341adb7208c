package software

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// folderOf writes files by path.
func folderOf(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestFolder(t *testing.T) {
	root := folderOf(t, map[string]string{
		"app/node_modules/a/package.json": `{"name": "a", "version": "1"}`,
		"app/go.mod":                      "require x.org/a v1.0.0\nrequire x.org/b\n",
		"lib.jar":                         packed(pomProperties, mavenA),
		"old/go.mod":                      "require x.org/old v1.0.0\n",
		".git/go.mod":                     "require x.org/git v1.0.0\n",
		".gitignore":                      "node_modules\n",
		".kubeproofignore":                "old/\n",
	})
	if err := os.Symlink("..", filepath.Join(root, "app", "loop")); err != nil {
		t.Fatal(err)
	}
	packages, errs := Folder(context.Background(), root, DefaultLimits, nil)
	want := []string{"golang x.org/a v1.0.0 declared", "maven org.x:a 1.2", "npm a 1"}
	if diff := cmp.Diff(want, short(packages)); diff != "" {
		t.Error("packages (-want +got):\n", diff)
	}
	wantErrors := []inventory.Error{{File: "app/go.mod", Line: 2, Message: "requires a module without a version: it was passed over", Lost: true}}
	if diff := cmp.Diff(wantErrors, errs); diff != "" {
		t.Error("errors (-want +got):\n", diff)
	}
	if packages[0].Path != "app/go.mod" {
		t.Errorf("path %q", packages[0].Path)
	}
}

func TestFolderErrors(t *testing.T) {
	_, errs := Folder(context.Background(), filepath.Join(t.TempDir(), "nowhere"), DefaultLimits, nil)
	if len(errs) != 1 || errs[0].Message != "read: no such file or directory" {
		t.Errorf("no folder: %v", errs)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, errs = Folder(ctx, folderOf(t, map[string]string{"go.mod": "require a v1\n"}), DefaultLimits, nil)
	if len(errs) != 1 || errs[0].Message != "search: context canceled" {
		t.Errorf("cancelled: %v", errs)
	}
}

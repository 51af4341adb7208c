package walk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/ignore"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// foreignFolders hold what others wrote, or copies.
var foreignFolders = []string{"node_modules", "vendor", "bower_components", "__pycache__", "venv"}

// deploymentFolders are hidden and yet written by people to deploy something.
var deploymentFolders = []string{
	".github", ".gitlab", ".circleci", ".azure-pipelines", ".buildkite", ".tekton", ".argo", ".argocd", ".flux", ".helm",
	".werf", ".k8s", ".kube", ".kubernetes", ".kustomize", ".deploy", ".deployment", ".docker", ".devcontainer", ".ci", ".infra",
}

// leftOut says why a folder of that name is not searched; "" if it is.
func (w *walker) leftOut(name string) string {
	switch {
	case name == ".git":
		return "folder of git"
	case w.all:
		return ""
	case slices.Contains(foreignFolders, name):
		return "folder " + name
	case strings.HasPrefix(name, ".") && !slices.Contains(deploymentFolders, name):
		return "hidden folder"
	}
	return ""
}

// The files that say what to leave out; the later one wins.
const (
	gitignore       = ".gitignore"
	kubeproofignore = ".kubeproofignore"
)

// longestList in bytes is how much of a list is read.
const longestList = 1 << 20

// lists adds the lists that stand in a folder.
func (w *walker) lists(at place, entries []os.DirEntry, rules *ignore.Rules) *ignore.Rules {
	for _, name := range []string{gitignore, kubeproofignore} {
		if w.all && name == gitignore {
			continue
		}
		if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == name && e.Type().IsRegular() }) {
			continue
		}
		text, err := readList(filepath.Join(at.Path, name))
		if err != nil {
			w.fail(path.Join(at.Show, name), "read", err)
			continue
		}
		rules = rules.With(at.rel, name, text)
	}
	return rules
}

func readList(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, longestList))
}

// above gives the lists of the folders between the repository's top and the root, and the
// path of the root below the top. A root that is itself listed was named on purpose: then
// what stands above does not count.
func (w *walker) above(root string) (prefix string, rules *ignore.Rules) {
	top := Repository(root)
	if top == "" || top == root {
		return "", nil
	}
	prefix, err := filepath.Rel(top, root)
	if err != nil {
		return "", nil
	}
	prefix = filepath.ToSlash(prefix)
	steps := strings.Split(prefix, "/")
	for i := range steps {
		at := place{Place{filepath.Join(top, filepath.Join(steps[:i]...)), ""}, path.Join(steps[:i]...)}
		entries, err := os.ReadDir(at.Path)
		if err != nil {
			continue
		}
		rules = w.lists(at, entries, rules)
		if rules.Ignored(path.Join(steps[:i+1]...), true) != "" {
			return prefix, nil
		}
	}
	return prefix, rules
}

// Repository is the top of the git repository that holds a folder, given by its real path;
// "" if there is none.
func Repository(folder string) string {
	for {
		if _, err := os.Lstat(filepath.Join(folder, ".git")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return ""
		}
		folder = parent
	}
}

// fail records what could not be read. The path stands in the error already.
func (w *walker) fail(show, verb string, err error) {
	w.result.Errors = append(w.result.Errors, inventory.Error{File: show, Message: verb + ": " + Reason(err), Lost: true})
}

// Reason is an error of the file system without its path, with a way out.
func Reason(err error) string {
	var wrapped *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied: grant the right to read it, or list it in .kubeproofignore"
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder: check the path"
	case errors.As(err, &wrapped):
		return wrapped.Err.Error()
	}
	return err.Error()
}

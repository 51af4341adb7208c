package software

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kubeproof/kubeproof/internal/collect/ignore"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/software"
)

// Folder reads the packages that a folder on this machine holds: a repository, or the root of a
// system. Links are not followed, .git is left out, and so is what a .kubeproofignore in the top folder
// lists; .gitignore does not count, since installed packages stand there. Paths are those below the
// folder. What could not be read is an error, and the rest was. It ends early, with an error, when ctx is done.
// tell is told how many files were read so far; nil for nobody.
func Folder(ctx context.Context, root string, limits Limits, tell func(files int)) ([]software.Package, []inventory.Error) {
	w := &folderWalk{ctx: ctx, root: root, reader: NewReader(limits), tell: tell}
	if text, err := os.ReadFile(filepath.Join(root, kubeproofignore)); err == nil && len(text) < 1<<20 {
		w.rules = w.rules.With("", kubeproofignore, text)
	}
	if err := filepath.WalkDir(root, w.visit); err != nil {
		w.fail(".", "search", err)
	}
	return w.reader.Packages(), w.errors
}

const kubeproofignore = ".kubeproofignore"

type folderWalk struct {
	ctx    context.Context
	root   string
	rules  *ignore.Rules
	reader *Reader
	read   int // files
	tell   func(files int)
	errors []inventory.Error
}

func (w *folderWalk) fail(file, verb string, err error) {
	var wrapped *fs.PathError
	message := err.Error()
	switch {
	case errors.Is(err, fs.ErrPermission):
		message = "permission denied: grant the right to read it, or list it in " + kubeproofignore
	case errors.As(err, &wrapped):
		message = wrapped.Err.Error()
	}
	w.errors = append(w.errors, inventory.Error{File: file, Message: verb + ": " + message, Lost: true})
}

// visit is called for each entry, in the order of names.
func (w *folderWalk) visit(name string, entry fs.DirEntry, err error) error {
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	rel, relErr := filepath.Rel(w.root, name)
	if relErr != nil {
		return relErr
	}
	rel = filepath.ToSlash(rel)
	switch {
	case err != nil:
		w.fail(rel, "read", err)
	case rel == ".":
	case entry.IsDir() && (entry.Name() == ".git" || isKernels(name) || w.rules.Ignored(rel, true) != ""):
		return fs.SkipDir
	case entry.Type().IsRegular() && w.rules.Ignored(rel, false) == "":
		w.file(name, rel, entry)
	}
	return nil
}

// isKernels holds for the folders of a running system that are no files on a disk.
func isKernels(name string) bool { return name == "/proc" || name == "/sys" || name == "/dev" }

func (w *folderWalk) file(name, rel string, entry fs.DirEntry) {
	info, err := entry.Info()
	if err != nil {
		w.fail(rel, "read", err)
		return
	}
	if !w.reader.Wants(rel, info.Mode(), info.Size()) {
		return
	}
	file, err := os.Open(name)
	if err != nil {
		w.fail(rel, "read", err)
		return
	}
	defer file.Close()
	if w.read++; w.tell != nil {
		w.tell(w.read)
	}
	var faults Faults
	if err := w.reader.File(rel, 0, file, info.Size()); errors.As(err, &faults) {
		for _, fault := range faults {
			w.errors = append(w.errors, inventory.Error{File: fault.Path, Line: fault.Line, Message: fault.Message, Lost: true})
		}
	}
}

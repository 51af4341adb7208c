package walk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/ignore"
)

type link struct {
	at    place
	rules *ignore.Rules
}

// follow goes after the links once everything else is seen: a link then adds only what has
// not been read under its own name, so that loops end and nothing is read twice. Links in
// linked folders stand further down in the queue.
func (w *walker) follow() {
	for len(w.links) > 0 && w.ctx.Err() == nil {
		next := w.links[0]
		w.links = w.links[1:]
		w.followOne(next)
	}
}

func (w *walker) followOne(l link) {
	target, err := filepath.EvalSymlinks(l.at.Path)
	if err != nil {
		w.broken(l, err)
		return
	}
	if !Within(w.root, target) {
		w.skip("link that leaves the folder")
		return
	}
	info, err := os.Stat(target)
	to := l.at
	to.Path = target
	switch {
	case err != nil:
		w.broken(l, err)
	case info.IsDir() && w.folders[target], w.files[target]:
		w.skip("link to what is read already")
	case info.IsDir():
		w.folder(to, l.rules)
	case info.Mode().IsRegular():
		w.file(to)
	default:
		w.skip("not a regular file")
	}
}

// broken reports a link that should be a manifest and counts any other.
func (w *walker) broken(l link, err error) {
	switch {
	case !IsManifest(l.at.Show):
		w.skip("broken link")
	case errors.Is(err, fs.ErrNotExist):
		w.fail(l.at.Show, "follow link", errors.New("it points to nothing: restore its target or remove it"))
	default:
		w.fail(l.at.Show, "follow link", errors.New("it leads to itself or cannot be read: correct or remove it"))
	}
}

// Within reports whether a path is a folder or below it; both are real paths.
func Within(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

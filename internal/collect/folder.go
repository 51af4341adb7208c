package collect

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/kubeproof/kubeproof/internal/collect/kustomize"
	"github.com/kubeproof/kubeproof/internal/collect/walk"
)

// planFolder searches a folder and adds a job for every file and chart in it, and one for all
// of its kustomizations. Files that kustomizations name are judged as the builds give them.
func (r *run) planFolder(target int, name string) {
	found := walk.Folder(r.ctx, name, r.options.All)
	first := part{errors: found.Errors, skipped: found.Skipped}
	r.add(target, name, "", func() []part { return []part{first} })
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return // walk.Folder has said so
	}
	if real, err = filepath.Abs(real); err != nil {
		return
	}
	claimed := r.planOverlays(target, name, real, found.Kustomizations)
	for _, at := range found.Charts {
		r.add(target, name, at.Show, func() []part { return []part{r.readChart(name, at.Path, at.Show)} })
	}
	for _, at := range found.Layouts {
		r.add(target, name, at.Show, func() []part { return []part{r.readImage(name, at.Show)} })
	}
	files, err := os.OpenRoot(real)
	if err != nil {
		return
	}
	r.close = append(r.close, files)
	r.planDependencies(target, name, real)
	shared := newContexts(files.FS())
	for _, at := range slices.Concat(found.Files, found.Dockerfiles) {
		if claimed[at.Path] {
			continue
		}
		below, _ := filepath.Rel(real, at.Path)
		r.add(target, name, at.Show, func() []part {
			return []part{r.readFile(name, at, files.FS(), filepath.ToSlash(below), shared)}
		})
	}
}

// planOverlays adds the job that builds the kustomizations of a folder, and gives the real
// paths of the files that are judged through them.
func (r *run) planOverlays(target int, name, real string, found []walk.Place) map[string]bool {
	if len(found) == 0 {
		return nil
	}
	top := walk.Repository(real)
	if top == "" {
		top = real
	}
	o := newOverlays(r, name, r.tree(name, name, real, top, false))
	for _, at := range found {
		if below, ok := o.tree.Relative(filepath.Dir(at.Path)); ok {
			o.add(below)
		}
	}
	o.plan()
	r.add(target, name, o.tree.Show(""), o.build)
	claimed := map[string]bool{}
	for below := range o.claimed {
		claimed[filepath.Join(top, filepath.FromSlash(below))] = true
	}
	return claimed
}

// planKustomize builds the kustomization of one folder. Its bases may lie in the git
// repository that holds it; outside of a repository, up to two folders above it, as in
// overlays/production.
func (r *run) planKustomize(target int, name, place string) {
	show := filepath.ToSlash(place)
	r.add(target, name, show, func() []part {
		real, err := filepath.Abs(place)
		if err == nil {
			real, err = filepath.EvalSymlinks(real)
		}
		if err == nil {
			var info os.FileInfo
			if info, err = os.Stat(real); err == nil && !info.IsDir() {
				err = errors.New("it is a file: name the folder that holds kustomization.yaml")
			}
		}
		if err != nil {
			return failed(show, "open: "+walk.Reason(err))
		}
		top := walk.Repository(real)
		guessed := top == ""
		if guessed {
			top = above(above(real))
		}
		o := newOverlays(r, name, r.tree(name, place, real, top, guessed))
		below, _ := o.tree.Relative(real)
		o.add(below)
		o.plan()
		return o.build()
	})
}

// above is the folder above, but never the root of the file system.
func above(folder string) string {
	if parent := filepath.Dir(folder); filepath.Dir(parent) != parent {
		return parent
	}
	return folder
}

// tree confines builds to top, a folder above real or real itself, which people see as show.
func (r *run) tree(target, show, real, top string, strict bool) *kustomize.Tree {
	below, err := filepath.Rel(top, real)
	if err != nil || below == "." {
		below = ""
	}
	return kustomize.NewTree(top, show, kustomize.Options{
		Target: target, Below: below, Strict: strict, Namespace: r.options.Namespace, Templates: r.options.Templates, Limits: r.options.Limits})
}

// readBelow reads a file of a tree by itself.
func (r *run) readBelow(target string, tree *kustomize.Tree, below string) part {
	at := walk.Place{Path: tree.Real(below), Show: tree.Show(below)}
	return r.readFile(target, at, nil, below, nil)
}

// Package walk searches a folder for what can be assessed: manifests, charts, kustomizations, Dockerfiles.
// It leaves out what .gitignore, .kubeproofignore and a short built-in list name, counts all
// that it leaves out, and follows links only inside of the folder. Begin with Folder.
package walk

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/ignore"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Place is a file or a folder that was found.
type Place struct {
	// Path opens it; Show is the path as people see it, with forward slashes.
	Path, Show string
}

// Result is what a folder holds, each list sorted by Show.
type Result struct {
	Files          []Place // that may hold objects, judged by their endings
	Dockerfiles    []Place
	Layouts        []Place // folders that hold images in OCI layout
	Charts         []Place // folders that hold Chart.yaml
	Kustomizations []Place // the files kustomization.yaml, kustomization.yml and Kustomization
	// Skipped counts what was left out on purpose, by reason; a folder counts once.
	Skipped map[string]int
	Errors  []inventory.Error
}

// Folder searches a folder and all that is below it. With all, what .gitignore and the
// built-in list leave out is searched too; .kubeproofignore always holds. It stops early
// with an error when ctx is done.
func Folder(ctx context.Context, folder string, all bool) Result {
	w := &walker{ctx: ctx, all: all, folders: map[string]bool{}, files: map[string]bool{}}
	w.result.Skipped = map[string]int{}
	real, err := realPath(folder)
	if err != nil {
		w.fail(filepath.ToSlash(folder), "open", err)
		return w.result
	}
	w.root = real
	prefix, rules := w.above(real)
	w.folder(place{Place: Place{Path: real, Show: path.Clean(filepath.ToSlash(folder))}, rel: prefix}, rules)
	w.follow()
	if err := ctx.Err(); err != nil {
		w.fail(filepath.ToSlash(folder), "search", err)
	}
	for _, list := range [][]Place{w.result.Files, w.result.Dockerfiles, w.result.Layouts, w.result.Charts, w.result.Kustomizations} {
		slices.SortFunc(list, func(a, b Place) int { return strings.Compare(a.Show, b.Show) })
	}
	slices.SortStableFunc(w.result.Errors, func(a, b inventory.Error) int { return strings.Compare(a.File, b.File) })
	return w.result
}

func realPath(folder string) (string, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

// place is a Place with its path below the top that ignore lists count from.
type place struct {
	Place
	rel string
}

func (p place) below(name string) place {
	return place{Place{filepath.Join(p.Path, name), path.Join(p.Show, name)}, path.Join(p.rel, name)}
}

type walker struct {
	ctx    context.Context
	all    bool
	root   string
	result Result
	// folders and files are the real paths that were seen, so that links read nothing twice.
	folders, files map[string]bool
	links          []link
}

func (w *walker) skip(reason string) { w.result.Skipped[reason]++ }

func (w *walker) folder(at place, rules *ignore.Rules) {
	if w.folders[at.Path] || w.ctx.Err() != nil {
		return
	}
	w.folders[at.Path] = true
	entries, err := os.ReadDir(at.Path)
	if err != nil {
		w.fail(at.Show, "read folder", err)
	}
	rules = w.lists(at, entries, rules)
	if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == "oci-layout" && e.Type().IsRegular() }) {
		w.result.Layouts = append(w.result.Layouts, at.Place)
		return // all that is in it belongs to the images
	}
	chart := slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == "Chart.yaml" && !e.IsDir() })
	if chart {
		w.result.Charts = append(w.result.Charts, at.Place)
	}
	for _, entry := range entries {
		name := entry.Name()
		next := at.below(name)
		if list := rules.Ignored(next.rel, entry.IsDir()); list != "" {
			w.skip("listed in " + list)
			continue
		}
		switch kind := entry.Type(); {
		case kind.IsDir():
			if chart && slices.Contains(chartFolders, name) {
				continue // read with the chart
			}
			if reason := w.leftOut(name); reason != "" {
				w.skip(reason)
				continue
			}
			w.folder(next, rules)
		case kind&os.ModeSymlink != 0:
			w.links = append(w.links, link{next, rules})
		case kind.IsRegular():
			if chart && slices.Contains(chartFiles, name) {
				continue // read with the chart
			}
			w.file(next)
		default:
			w.skip("not a regular file")
		}
	}
}

// file sorts a regular file into the lists, once for each real path.
func (w *walker) file(at place) {
	switch {
	case w.files[at.Path]:
		return
	case IsKustomization(path.Base(at.Show)):
		w.result.Kustomizations = append(w.result.Kustomizations, at.Place)
	case IsDockerfile(at.Show):
		w.result.Dockerfiles = append(w.result.Dockerfiles, at.Place)
	case IsManifest(at.Show):
		w.result.Files = append(w.result.Files, at.Place)
	default:
		w.skip("of no known kind")
	}
	w.files[at.Path] = true
}

// IsManifest reports whether a file's ending is that of YAML or JSON.
func IsManifest(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// IsKustomization reports whether a name is one that kustomize knows.
func IsKustomization(name string) bool {
	return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization"
}

// chartFolders and chartFiles are what belongs to a chart; other folders in it, as deploy/, may
// hold anything and are searched.
var (
	chartFolders = []string{"templates", "charts", "crds"}
	chartFiles   = []string{"Chart.yaml", "values.yaml", "values.schema.json"}
)

// Package kustomize builds kustomizations into subjects, and remembers for every built object
// the file it came from, so that a finding points at what people edit.
//
// kustomize itself builds, but only what was looked at before: every kustomization file that a
// build can reach is read first, what it names is checked, and kustomize sees the checked texts
// and nothing else. So a build never uses the network, never runs anything, reads no variable of
// the environment and never leaves the folder it is confined to. What is refused is reported
// with its line and left out; the rest is built.
//
// Begin with NewTree and Build; reference.go says what a kustomization can name.
package kustomize

import (
	"context"
	"path"
	"path/filepath"
	"time"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Options say how kustomizations become subjects.
type Options struct {
	// Target is the name of the target that sources and errors carry.
	Target string
	// Namespace is that of objects that name none after the build; "" means "default".
	Namespace string
	// Templates are further places of pod templates by kind, as for inventory.NewSubject.
	Templates map[string][]string
	// Limits bound each file; document.DefaultLimits where zero.
	Limits document.Limits
	// Strict lets kustomizations name only files in or below their own folders, as kustomize
	// does by itself; otherwise all files of the tree, as with --load-restrictor.
	Strict bool
	// Below is the path below the root of the folder that people see as show; "" is the root.
	Below string
	// Timeout bounds one build; DefaultTimeout where zero.
	Timeout time.Duration
}

// DefaultTimeout is how long one build may take.
const DefaultTimeout = 60 * time.Second

// Tree is a folder that builds are confined to. It reads every file once. A tree is not for
// use by several goroutines at once.
type Tree struct {
	root    string // real path
	show    string // how people see options.Below
	options Options
	texts   map[string]*text
	files   map[string]*file
	stuck   bool // a build was left behind, and holds what others need
}

// NewTree confines builds to a folder, given by its real path. show is the folder, or that of
// options.Below, as people see it; "" or "." shows paths below it alone.
func NewTree(root, show string, options Options) *Tree {
	if options.Limits == (document.Limits{}) {
		options.Limits = document.DefaultLimits
	}
	if options.Timeout == 0 {
		options.Timeout = DefaultTimeout
	}
	options.Below = filepath.ToSlash(options.Below)
	return &Tree{root: root, show: filepath.ToSlash(show), options: options, texts: map[string]*text{}, files: map[string]*file{}}
}

// Built is what one kustomization gave.
type Built struct {
	Subjects []*inventory.Subject
	Errors   []inventory.Error
	// Done is false if kustomize could not build, so that nothing was judged through the build.
	Done bool
}

// Build builds the kustomization of a folder, given by its path below the tree's root.
func (t *Tree) Build(ctx context.Context, folder string) Built {
	f := t.file(folder)
	r := t.reach(f)
	built := Built{Errors: r.errors}
	if f.broken {
		return built
	}
	objects, err := t.run(ctx, f, r)
	if err == nil {
		built.Subjects, err = t.subjects(f, r, objects, &built.Errors)
	}
	switch {
	case err == nil:
		built.Done = true
	case len(r.errors) == 0:
		built.Errors = append(built.Errors, t.fail(f, nil, "kustomize cannot build: %s", t.clean(err.Error())))
	default: // what was refused is missing, and that is what is wrong
		built.Errors = append(built.Errors, t.fail(f, nil, "kustomize cannot build without what was refused: %s", t.clean(err.Error())))
	}
	return built
}

// Uses are what a kustomization names directly and can be read, as paths below the root.
type Uses struct {
	Folders    []string // of other kustomizations, which can be built alone too
	Components []string // folders that are built only as a part of others
	Resources  []string // files of whole objects
	Parts      []string // files that make sense only within a build: patches, settings, data
}

// Uses says what the kustomization of a folder names directly.
func (t *Tree) Uses(folder string) Uses {
	var uses Uses
	for _, ref := range t.file(folder).references {
		list := &uses.Parts
		switch {
		case ref.target == "" || ref.refused:
			continue
		case ref.isFolder && ref.use == component:
			list = &uses.Components
		case ref.isFolder:
			list = &uses.Folders
		case ref.use == resource:
			list = &uses.Resources
		}
		*list = append(*list, ref.target)
	}
	return uses
}

// Show is a path below the root as people see it.
func (t *Tree) Show(name string) string {
	rel, err := filepath.Rel("/"+t.options.Below, "/"+name)
	if err != nil {
		rel = name
	}
	return path.Join(t.show, filepath.ToSlash(rel))
}

// Real is the real path of a path below the root that Uses gave.
func (t *Tree) Real(name string) string { return filepath.Join(t.root, filepath.FromSlash(name)) }

// Relative gives the path below the root of a real path; false if it lies outside.
func (t *Tree) Relative(real string) (string, bool) { return t.relative(real) }

// IsComponent reports whether the kustomization of a folder is a component, which is built
// only as a part of others.
func (t *Tree) IsComponent(folder string) bool { return t.file(folder).component }

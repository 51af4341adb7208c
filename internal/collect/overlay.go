package collect

import (
	"maps"
	"slices"

	"github.com/kubeproof/kubeproof/internal/collect/kustomize"
)

// overlays are the kustomizations of a folder. Each that no other one uses is built; what
// others use is judged through them and not twice. Where a build is impossible, what it names
// is judged alone.
type overlays struct {
	run     *run
	target  string
	tree    *kustomize.Tree
	folders []string
	roots   []string
	claimed map[string]bool // files below the tree's root that are judged through builds, or only make sense there
	unused  int             // components
}

func newOverlays(r *run, target string, tree *kustomize.Tree) *overlays {
	return &overlays{run: r, target: target, tree: tree, claimed: map[string]bool{}}
}

func (o *overlays) add(folder string) { o.folders = append(o.folders, folder) }

// plan finds the kustomizations to build and the files that they name.
func (o *overlays) plan() {
	slices.Sort(o.folders)
	o.folders = slices.Compact(o.folders)
	used := map[string]bool{}
	for _, folder := range o.folders {
		uses := o.tree.Uses(folder)
		for _, other := range slices.Concat(uses.Folders, uses.Components) {
			used[other] = used[other] || other != folder
		}
	}
	reached := map[string]bool{}
	for _, folder := range o.folders {
		if !used[folder] && !o.tree.IsComponent(folder) {
			o.root(folder, reached)
		}
	}
	for _, folder := range o.folders { // those that use each other in a circle
		if !reached[folder] && !o.tree.IsComponent(folder) {
			o.root(folder, reached)
		}
	}
	for _, folder := range o.folders {
		if !reached[folder] {
			o.unused++
			o.claim(o.tree.Uses(folder).Parts)
		}
	}
	for folder := range reached {
		uses := o.tree.Uses(folder)
		o.claim(uses.Resources)
		o.claim(uses.Parts)
	}
}

func (o *overlays) claim(files []string) {
	for _, file := range files {
		o.claimed[file] = true
	}
}

func (o *overlays) root(folder string, reached map[string]bool) {
	o.roots = append(o.roots, folder)
	o.reach(folder, reached)
}

// reach marks a kustomization and all that it uses.
func (o *overlays) reach(folder string, reached map[string]bool) {
	if reached[folder] {
		return
	}
	reached[folder] = true
	uses := o.tree.Uses(folder)
	for _, other := range slices.Concat(uses.Folders, uses.Components) {
		o.reach(other, reached)
	}
}

// build builds the roots, and then, one by one, what failed builds would have judged.
func (o *overlays) build() []part {
	parts := []part{{files: len(o.claimed)}}
	if o.unused > 0 {
		parts[0].skipped = map[string]int{"component that no kustomization uses": o.unused}
	}
	tried, covered := map[string]bool{}, map[string]bool{}
	for queue := o.roots; len(queue) > 0; {
		var broken []string
		for _, folder := range queue {
			if tried[folder] {
				continue
			}
			tried[folder] = true
			built := o.tree.Build(o.run.ctx, folder)
			parts = append(parts, part{show: o.tree.Show(folder), subjects: built.Subjects, errors: built.Errors,
				files: 1, documents: len(built.Subjects)})
			if built.Done {
				o.reach(folder, covered)
			} else {
				broken = append(broken, folder)
			}
		}
		queue = o.instead(broken, covered)
	}
	return append(parts, o.alone(tried, covered)...)
}

// instead lists the kustomizations that broken ones use and no good one does.
func (o *overlays) instead(broken []string, covered map[string]bool) []string {
	var next []string
	for _, folder := range broken {
		for _, other := range o.tree.Uses(folder).Folders {
			if !covered[other] {
				next = append(next, other)
			}
		}
	}
	return next
}

// alone reads the resources that only broken kustomizations name.
func (o *overlays) alone(tried, covered map[string]bool) []part {
	good := map[string]bool{}
	for folder := range covered {
		for _, file := range o.tree.Uses(folder).Resources {
			good[file] = true
		}
	}
	files := map[string]bool{}
	for folder := range tried {
		for _, file := range o.tree.Uses(folder).Resources {
			if !covered[folder] && !good[file] {
				files[file] = true
			}
		}
	}
	var parts []part
	for _, file := range slices.Sorted(maps.Keys(files)) {
		p := o.run.readBelow(o.target, o.tree, file)
		p.files = 0 // counted already
		parts = append(parts, p)
	}
	return parts
}

package bundle

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// folder is manifests that are applied as they are, below one folder of a target.
type folder struct {
	subjects []*inventory.Subject
	paths    []string // of their files, from this folder on
}

func (f *folder) add(s *inventory.Subject) {
	f.subjects, f.paths = append(f.subjects, s), append(f.paths, shownIn(s.Source))
}

// divide names the bundles of the folder: it is one unless it holds alternatives. Those lie in
// different folders, or in different files of one.
func (f *folder) divide(name string, names map[*inventory.Source]string) {
	if !f.holdsAlternatives() {
		for _, s := range f.subjects {
			names[s.Source] = name
		}
		return
	}
	here, below := &folder{}, map[string]*folder{}
	for i, s := range f.subjects {
		first, rest, deeper := strings.Cut(f.paths[i], "/")
		if !deeper {
			here.subjects, here.paths = append(here.subjects, s), append(here.paths, first)
			continue
		}
		if below[first] == nil {
			below[first] = &folder{}
		}
		below[first].subjects, below[first].paths = append(below[first].subjects, s), append(below[first].paths, rest)
	}
	for first, part := range below {
		part.divide(path.Join(name, first), names)
	}
	apart := here.holdsAlternatives()
	for i, s := range here.subjects {
		names[s.Source] = name
		if apart {
			names[s.Source] = path.Join(name, here.paths[i])
		}
	}
}

// holdsAlternatives reports whether a workload or binding of one name stands in several files.
func (f *folder) holdsAlternatives() bool {
	type identity struct{ kind, namespace, name string }
	fileOf := map[identity]string{}
	for i, s := range f.subjects {
		if s.Pod == nil && !strings.HasSuffix(s.Kind, "RoleBinding") || s.Name == "" {
			continue
		}
		id := identity{s.Kind, s.Namespace, s.Name}
		if file, known := fileOf[id]; known && file != f.paths[i] {
			return true
		}
		fileOf[id] = f.paths[i]
	}
	return false
}

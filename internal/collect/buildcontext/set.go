package buildcontext

import (
	"cmp"
	"iter"
	"path"
	"slices"
	"strings"
)

// Set is some of the files that a context sends.
type Set struct {
	Files int   // files, links and others that are no folders
	Bytes int64 // of the regular files, by their size

	tree *tree
	in   []bool // by the index of the tree's entries
}

func (s *Set) add(i int, e entry) {
	if s.in[i] {
		return
	}
	s.in[i] = true
	s.Files++
	s.Bytes += e.size
}

// Paths gives the files' paths below the context's folder, in the order of a walk.
func (s Set) Paths() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, in := range s.in {
			if in && !yield(s.tree.entries[i].path) {
				return
			}
		}
	}
}

// Folder is a folder at the top of the context; "." stands for the files that lie there.
type Folder struct {
	Path  string
	Files int
	Bytes int64
}

// Largest gives the n folders at the top of the context that hold the most bytes.
func (s Set) Largest(n int) []Folder {
	sums := map[string]*Folder{}
	for i, in := range s.in {
		if !in {
			continue
		}
		e := s.tree.entries[i]
		top, _, below := strings.Cut(e.path, "/")
		if !below {
			top = "."
		}
		if sums[top] == nil {
			sums[top] = &Folder{Path: top}
		}
		sums[top].Files++
		sums[top].Bytes += e.size
	}
	folders := make([]Folder, 0, len(sums))
	for _, f := range sums {
		folders = append(folders, *f)
	}
	slices.SortFunc(folders, func(a, b Folder) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Path, b.Path))
	})
	return folders[:min(n, len(folders))]
}

// Has reports whether a file, or any file below a folder, is in the set.
func (s Set) Has(name string) bool {
	i, found := s.tree.at(path.Clean(name))
	return found && (s.in[i] || s.hasBelow(i))
}

// hasBelow reports whether any file of a folder is in the set.
func (s Set) hasBelow(folder int) bool {
	for i := folder + 1; i < s.tree.entries[folder].end; i++ {
		if s.in[i] {
			return true
		}
	}
	return false
}

package buildcontext

import "path"

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

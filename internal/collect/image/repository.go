package image

import (
	"slices"
	"strings"
)

// Repository is the folder of a version control system, which holds what was ever committed. Layer
// is the first that has it. Deleted is true if a later layer removes it, so that everybody who has
// the image can still read it though no container shows it.
type Repository struct {
	Path    string `json:"path"`
	Layer   int    `json:"layer"`
	Deleted bool   `json:"deleted,omitempty"`
}

// repositoryParts are what tells the folder of a version control system from another of its name:
// https://git-scm.com/docs/gitrepository-layout, https://wiki.mercurial-scm.org/FileFormats, and the
// working copies of Subversion before and since 1.7.
var repositoryParts = []struct {
	folder string
	parts  []string
}{
	{"/.git", []string{"HEAD", "objects"}},
	{"/.hg", []string{"requires", "store"}},
	{"/.svn", []string{"entries", "wc.db"}},
}

// mayBeRepository is what costs next to nothing for the many entries that are none.
func mayBeRepository(name string) bool {
	return strings.Contains(name, ".git/") || strings.Contains(name, ".hg/") || strings.Contains(name, ".svn/")
}

// repositoryIn gives the folder of a version control system that a path shows to be one; "" if none.
func repositoryIn(name string) string {
	for _, kind := range repositoryParts {
		at := strings.Index(name, kind.folder+"/")
		if at < 0 {
			continue
		}
		end := at + len(kind.folder)
		part, _, _ := strings.Cut(name[end+1:], "/")
		if slices.Contains(kind.parts, part) {
			return name[:end]
		}
	}
	return ""
}

// seeRepository keeps the first layer of a folder of a version control system.
func (r *reading) seeRepository(name string) {
	folder := repositoryIn(name)
	if folder == "" || len(r.repositories) >= mostListed {
		return
	}
	if r.repositories == nil {
		r.repositories = map[string]int{}
	}
	if _, known := r.repositories[folder]; !known {
		r.repositories[strings.Clone(folder)] = r.number
	}
}

// tellRepositories lists what was seen. Without a whole file system it is not known what later layers
// deleted, and that nothing was seen proves nothing.
func (r *reading) tellRepositories(whole bool) {
	i := r.image
	for folder, number := range r.repositories {
		i.Repositories = append(i.Repositories, Repository{folder, number, whole && !r.hasRepository(folder)})
	}
	slices.SortFunc(i.Repositories, func(a, b Repository) int { return strings.Compare(a.Path, b.Path) })
	if i.Repositories == nil && whole {
		i.Repositories = []Repository{}
	}
}

// hasRepository reports whether the finished file system has what tells that a folder is a repository.
func (r *reading) hasRepository(folder string) bool {
	for _, kind := range repositoryParts {
		if !strings.HasSuffix(folder, kind.folder) {
			continue
		}
		for _, part := range kind.parts {
			if _, found := r.tree.Lookup(folder + "/" + part); found {
				return true
			}
		}
	}
	return false
}

package buildcontext

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Sensitive is a file, or a folder of a version control, that does not belong into an image.
type Sensitive struct {
	Path string
	What string // as in "private key", without an article
	// Likely is false for what may be harmless: samples and tests, what comes with a dependency, settings
	// in which no secret was recognised, databases.
	Likely bool
}

// Bounds of a search for sensitive files.
const (
	mostSensitive = 50
	mostLooks     = 2000
	mostLooked    = 16 << 10 // bytes of a file that are looked at
)

// Sensitives is what was found in a set, the likely ones first, each in the order of a walk.
type Sensitives struct {
	List     []Sensitive // at most 50
	Likely   int         // of Total
	Total    int
	Unlooked int // candidates that were not looked into: they are too many or cannot be read
}

// Sensitive finds what looks like a secret, by name first; only what a name makes a candidate is looked into.
func (s Set) Sensitive() Sensitives {
	var found Sensitives
	looks := 0
	for _, n := range s.tree.noted {
		name := s.tree.entries[n.at].path
		if n.isRepository {
			if s.holdsHistory(n.at) {
				found.add(Sensitive{name, n.what, !isSample(name)})
			}
			continue
		}
		if !s.in[n.at] {
			continue
		}
		if n.look != nil {
			looks++
		}
		v := unlooked
		if looks <= mostLooks {
			v = s.tree.judge(n.at, n.suspect)
		}
		switch v {
		case unlooked:
			found.Unlooked++
		case likely, doubtful:
			found.add(Sensitive{name, n.what, v == likely && !isSample(name)})
		}
	}
	slices.SortStableFunc(found.List, func(a, b Sensitive) int { return cmp.Compare(order(a), order(b)) })
	found.List = found.List[:min(len(found.List), mostSensitive)]
	return found
}

// noted is an entry whose name makes it a candidate, at an index of the tree's entries.
type noted struct {
	suspect
	at           int
	isRepository bool
}

// note lists the candidates once for all sets of a tree: Dockerfiles that share a folder ask for many.
func (t *tree) note() {
	for i := 0; i < len(t.entries); i++ {
		e := t.entries[i]
		if what := repository(e.path); e.isDir() && what != "" {
			t.noted = append(t.noted, noted{suspect{what: what}, i, true})
			i = e.end - 1 // what is in it is its own
		} else if s, isSuspect := suspectOf(e); isSuspect {
			t.noted = append(t.noted, noted{s, i, false})
		}
	}
}

func order(s Sensitive) int {
	if s.Likely {
		return 0
	}
	return 1
}

// add keeps up to 50 of each sort, so that those in doubt never displace likely ones.
func (f *Sensitives) add(s Sensitive) {
	f.Total++
	kept := f.Total - f.Likely
	if s.Likely {
		f.Likely++
		kept = f.Likely
	}
	if kept <= mostSensitive {
		f.List = append(f.List, s)
	}
}

// repository says of what version control a folder is.
func repository(name string) string {
	switch path.Base(name) {
	case ".git":
		return "git repository with its history"
	case ".svn":
		return "working copy of Subversion"
	case ".hg":
		return "repository of Mercurial"
	}
	return ""
}

// holdsHistory wants more of a repository than what stamps a version: .git/HEAD and refs are
// often copied for that, and a file .git that points elsewhere is no folder.
func (s Set) holdsHistory(folder int) bool {
	e := s.tree.entries[folder]
	if path.Base(e.path) != ".git" {
		return s.hasBelow(folder)
	}
	return s.Has(e.path+"/objects") || s.Has(e.path+"/config")
}

// sampleFolders hold what is made for tests and examples, or comes with a dependency.
var sampleFolders = []string{
	"testdata", "test", "tests", "test-fixtures", "testing", "__tests__", "__fixtures__", "__mocks__", "spec", "specs", "e2e", "fixture", "fixtures",
	"mock", "mocks", "example", "examples", "_examples", "sample", "samples", "demo", "demos", "doc", "docs", "node_modules", "bower_components",
	"vendor", "third_party", "third-party", "site-packages", "dist-packages",
}

// sampleWords in a name say the same of one file.
var sampleWords = []string{"example", "sample", "template", "dummy", "fake", "mock", "testdata", "fixture", "placeholder", "snakeoil"}

// isSample reports whether a path is that of a sample or of somebody else's file.
func isSample(name string) bool {
	name = strings.ToLower(name)
	steps := strings.Split(name, "/")
	if slices.ContainsFunc(steps[:len(steps)-1], func(step string) bool { return slices.Contains(sampleFolders, step) }) {
		return true
	}
	base := steps[len(steps)-1]
	if slices.ContainsFunc(sampleWords, func(word string) bool { return strings.Contains(base, word) }) {
		return true
	}
	return slices.Contains(strings.FieldsFunc(base, isBetweenWords), "test")
}

func isBetweenWords(r rune) bool { return r == '.' || r == '-' || r == '_' }

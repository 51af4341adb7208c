package buildcontext

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/moby/patternmatcher"
)

// Bounds of a walk.
const (
	mostEntries = 200_000 // seen, sent or not
	mostDepth   = 64
	mostUnread  = 50
)

// tree holds what a context sends, each folder before what is in it, in the order of names.
type tree struct {
	files  fs.FS
	folder string

	once    sync.Once
	entries []entry // the first is the folder itself
	noted   []noted
	unread  []Unread
	cut     string

	indexing sync.Once
	index    map[string]int

	looking sync.Mutex // guards looked
	looked  map[int]verdict
}

// entry is a file or a folder that is sent.
type entry struct {
	path string // below the context's folder
	mode fs.FileMode
	size int64 // of a regular file
	end  int   // the index behind the last entry within a folder
}

func (e entry) isDir() bool { return e.mode.IsDir() }

// walker walks once. It does what fsutil does with ExcludePatterns (filter.go, Walk).
type walker struct {
	*tree
	matcher *matcher
	seen    int
	stop    bool
}

func (t *tree) walk(m *matcher) {
	if m != nil {
		m.work = 0
	}
	t.looked = map[int]verdict{}
	t.entries = append(t.entries, entry{path: ".", mode: fs.ModeDir})
	w := &walker{tree: t, matcher: m}
	w.enter(0, 0, false, patternmatcher.MatchInfo{})
	t.entries[0].end = len(t.entries)
	t.entries = slices.Clip(t.entries)
	t.note()
}

// enter walks what is in the folder at an index; out means that the folder itself is left out.
func (w *walker) enter(at, depth int, out bool, info patternmatcher.MatchInfo) {
	folder := w.entries[at].path
	if depth >= mostDepth {
		w.tell(fmt.Sprintf("folders deeper than %d levels are not looked at", mostDepth))
		return
	}
	children, err := w.list(folder)
	if err != nil && !out && len(w.unread) < mostUnread {
		w.unread = append(w.unread, Unread{folder, reason(err)})
	}
	for _, child := range children {
		if w.stop {
			return
		}
		w.visit(path.Join(folder, child.Name()), child, depth, info)
	}
}

func (w *walker) visit(name string, child fs.DirEntry, depth int, above patternmatcher.MatchInfo) {
	w.seen++
	if w.seen > mostEntries {
		w.halt(fmt.Sprintf("of the context only the first %d files and folders are looked at", mostEntries))
		return
	}
	if !w.matcher.afford(name) {
		w.halt(fmt.Sprintf("the list of patterns is too long for this context: only the first %d files and folders are looked at", w.seen-1))
		return
	}
	out, info := w.matcher.match(name, above)
	if !child.IsDir() {
		if !out {
			w.entries = append(w.entries, entry{path: name, mode: child.Type(), size: sizeOf(child)})
		}
		return
	}
	if out && w.matcher.prunes(name) {
		return
	}
	at := len(w.entries)
	w.entries = append(w.entries, entry{path: name, mode: fs.ModeDir})
	w.enter(at, depth+1, out, info)
	w.entries[at].end = len(w.entries)
	if out && len(w.entries) == at+1 {
		w.entries = w.entries[:at]
	}
}

func sizeOf(child fs.DirEntry) int64 {
	if !child.Type().IsRegular() {
		return 0
	}
	info, err := child.Info()
	if err != nil {
		return 0
	}
	return info.Size()
}

// list reads a folder, sorted by name, and no more of it than may still be seen.
func (w *walker) list(folder string) ([]fs.DirEntry, error) {
	file, err := w.files.Open(path.Join(w.folder, folder))
	if err != nil {
		return nil, err
	}
	defer file.Close() // read only
	dir, ok := file.(fs.ReadDirFile)
	if !ok {
		return nil, errors.New("not a folder")
	}
	var children []fs.DirEntry
	for len(children) <= mostEntries-w.seen {
		var batch []fs.DirEntry
		batch, err = dir.ReadDir(1024)
		children = append(children, batch...)
		if err != nil {
			break
		}
	}
	if err == io.EOF {
		err = nil
	}
	slices.SortFunc(children, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return children, err
}

func (w *walker) halt(why string) {
	w.stop = true
	w.tell(why)
}

// tell adds to what is cut, once each.
func (t *tree) tell(why string) {
	switch {
	case t.cut == "":
		t.cut = why
	case !strings.Contains(t.cut, why):
		t.cut += "; " + why
	}
}

// at finds an entry by its path.
func (t *tree) at(name string) (int, bool) {
	t.indexing.Do(func() {
		t.index = make(map[string]int, len(t.entries))
		for i, e := range t.entries {
			t.index[e.path] = i
		}
	})
	i, found := t.index[name]
	return i, found
}

// Package software reads which packages a file system holds, from a stream of its files: the
// databases of operating systems, what the package tools of languages leave beside the code, Go
// programs, archives of Java, and lock files. It takes the files of an image's layers in any order, or
// those of a folder. Nothing is executed, and nothing but the one file is held in memory.
// Begin with Reader; formats.go lists what is read.
package software

import (
	"cmp"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// Reader gathers the packages of one file system. It is not for several goroutines at once.
type Reader struct {
	limits       Limits
	files        map[string]*reading // by path
	removed      map[string]int      // by path, the topmost layer that took it away
	count        int                 // packages of all files
	distribution distribution
	windows      windows
}

// reading is what a file gave, in the topmost layer that held it.
type reading struct {
	layer    int
	packages []software.Package
}

// NewReader gives a reader that has seen nothing yet.
func NewReader(limits Limits) *Reader {
	return &Reader{limits: limits, files: map[string]*reading{}, removed: map[string]int{}, distribution: distribution{}}
}

// Wants reports whether File can read packages, or the name of the distribution, from a file. It
// looks at the path (slashes, none in front, as usr/lib/x), the mode and the size in bytes only, so
// that an executable is wanted even if it turns out not to be written in Go.
func (r *Reader) Wants(path string, mode fs.FileMode, size int64) bool {
	_, ok := formatOf(path, mode, size)
	return ok && mode.IsRegular()
}

// File reads one file that Wants named, of the layer with that number (0 for folders and for the
// lowest layer). Of a path that several layers hold the topmost counts, whatever the order in which
// they come. If content is also an io.ReaderAt it is not copied. The error is a Faults, which lists what could
// not be read; the rest was.
func (r *Reader) File(path string, layer int, content io.Reader, size int64) error {
	known := r.files[path]
	if known != nil && known.layer > layer || r.gone(path, layer) {
		return nil
	}
	f, ok := formatOf(path, 0o111, size)
	if !ok {
		return nil
	}
	if known != nil {
		r.count -= len(known.packages)
	}
	s := &source{path: path, layer: layer, size: size, content: content, limits: &r.limits, room: r.limits.Packages - r.count,
		distribution: r.distribution, windows: &r.windows}
	f.read(s)
	r.count += len(s.packages)
	r.files[path] = &reading{layer, s.packages}
	return s.errorOrNil()
}

// Remove says that a layer takes away a file, or a folder with all that the layers beneath hold
// in it: what a whiteout tells. "" is the whole file system.
func (r *Reader) Remove(path string, layer int) {
	if known, there := r.removed[path]; !there || layer > known {
		r.removed[path] = layer
	}
}

// gone reports whether a layer above took away a file, or a folder in which it stands.
func (r *Reader) gone(path string, layer int) bool {
	for at := path; ; at, _ = cutLast(at) {
		if above, there := r.removed[at]; there && layer < above {
			return true
		}
		if at == "" {
			return false
		}
	}
}

// Packages lists what was read so far, in the order of software.Compare. A package of the operating
// system that two databases name stands there once.
func (r *Reader) Packages() []software.Package {
	id, version := r.Distribution()
	var all []software.Package
	for path, one := range r.files {
		if r.gone(path, one.layer) {
			continue
		}
		for _, p := range one.packages {
			if p.Type.OfSystem() {
				p.Distribution, p.DistributionVersion = id, version
			}
			all = append(all, p)
		}
	}
	slices.SortFunc(all, compare)
	return slices.CompactFunc(all, func(a, b software.Package) bool {
		if !a.Type.OfSystem() {
			return compare(a, b) == 0
		}
		return a.Type == b.Type && a.Name == b.Name && a.Version == b.Version && a.Architecture == b.Architecture
	})
}

// compare settles what software.Compare leaves open, so that the order never depends on chance.
func compare(a, b software.Package) int {
	if order := software.Compare(a, b); order != 0 {
		return order
	}
	return cmp.Or(strings.Compare(a.Architecture, b.Architecture), cmp.Compare(a.Layer, b.Layer),
		strings.Compare(a.Source, b.Source), strings.Compare(a.SourceVersion, b.SourceVersion),
		strings.Compare(strconv.FormatBool(a.Declared), strconv.FormatBool(b.Declared)), slices.Compare(a.Licenses, b.Licenses))
}

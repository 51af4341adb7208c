package kustomize

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// file is one kustomization file.
type file struct {
	folder, path string // below the root
	root         *document.Node
	references   []*reference
	component    bool
	broken       bool // it cannot be read, so that nothing can be built from it
	errors       []inventory.Error
}

// names are those that kustomize knows, in its order.
var names = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// file reads the kustomization of a folder.
func (t *Tree) file(folder string) *file {
	folder = path.Clean(folder)
	if known, seen := t.files[folder]; seen {
		return known
	}
	f := &file{folder: folder, path: path.Join(folder, names[0])}
	t.files[folder] = f
	var present []string
	for _, name := range names {
		if t.isFile(path.Join(folder, name)) {
			present = append(present, path.Join(folder, name))
		}
	}
	if len(present) > 0 {
		f.path = present[0]
	}
	switch {
	case len(present) == 0:
		f.stop(t, nil, "folder holds no kustomization.yaml: add one, or name a file in it")
	case len(present) > 1:
		f.stop(t, nil, "folder holds %s: kustomize wants one of them", strings.Join(present, " and "))
	default:
		f.read(t)
	}
	return f
}

func (f *file) read(t *Tree) {
	read := t.text(f.path)
	for _, problem := range read.problems {
		f.errors = append(f.errors, t.problem(f.path, problem))
		f.broken = f.broken || problem.Lost
	}
	switch {
	case f.broken:
	case len(read.documents) == 0 || read.documents[0].Root.Kind != document.Map:
		f.stop(t, nil, "kustomization is empty or no map: name resources in it")
	default:
		f.root = read.documents[0].Root
		f.component = f.field("kind").Text() == "Component"
		f.findReferences(t)
	}
}

// field gives a field of the kustomization. kustomize does not tell large letters from small
// ones in names of fields, so neither does this.
func (f *file) field(name string) *document.Node { return field(f.root, name) }

func field(at *document.Node, name string) *document.Node {
	var last *document.Node
	if at != nil && at.Kind == document.Map {
		for _, child := range at.Children() {
			if strings.EqualFold(child.Key(), name) && child.Kind != document.Null {
				last = child
			}
		}
	}
	return last
}

func (f *file) stop(t *Tree, at *document.Node, format string, args ...any) {
	f.broken = true
	f.errors = append(f.errors, t.fail(f, at, format, args...))
}

// fail is an error at a place of a kustomization file, or at the file as a whole.
func (t *Tree) fail(f *file, at *document.Node, format string, args ...any) inventory.Error {
	e := inventory.Error{Target: t.options.Target, File: t.Show(f.path), Lost: true, Message: fmt.Sprintf(format, args...)}
	if at != nil {
		e.Line, e.Column = int(at.Line), int(at.Column)
	}
	return e
}

func (t *Tree) problem(file string, problem document.Problem) inventory.Error {
	return inventory.Error{Target: t.options.Target, File: t.Show(file), Line: problem.Line, Column: problem.Column,
		Lost: problem.Lost, Message: problem.Message}
}

// literal is what kustomize repeats of a generator's literals, which may be secrets.
var literal = regexp.MustCompile(`(literal sources? )(\[.*\]|.*?)(: invalid|, expected)`)

// clean takes the paths of this machine and the texts of literals out of a message of kustomize.
func (t *Tree) clean(message string) string {
	message = literal.ReplaceAllString(message, "$1***$3")
	before, rest, found := strings.Cut(message, t.root)
	for message = before; found; message += before {
		end := strings.IndexAny(rest, " '\":;,\n")
		if end < 0 {
			end = len(rest)
		}
		message += t.Show(strings.Trim(rest[:end], "/"))
		before, rest, found = strings.Cut(rest[end:], t.root)
	}
	lines := strings.FieldsFunc(message, func(r rune) bool { return r == '\n' })
	return strings.Join(slices.Compact(lines), "; ")
}

package kustomize

import (
	"sort"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// origin finds the places of a built text in the files that people edit.
type origin struct {
	tree    *Tree
	top     *file
	files   []*file // kustomizations of the build, the top first
	objects []*made
}

// made is one built object.
type made struct {
	first, last int // lines of the built text
	root        *document.Node
	kind, name  string // as built
	file        string // where it came from, below the root; "" if unknown
	configured  bool   // a generator made it, and file configures the generator
	source      *document.Node
	looked      bool
}

// Locate gives the file and the line where the value at a path of a built object is written:
// in the resource itself, else in the patch or the field of a kustomization that decided it,
// else the deepest part of the resource that holds it. The second result is always nil.
func (o *origin) Locate(line int, at string) (inventory.Place, *inventory.Place) {
	m := o.object(line)
	if m == nil {
		return o.place(o.top.path, nil), nil
	}
	steps := parsePath(at)
	source := o.source(m)
	if source == nil {
		return o.generated(m), nil
	}
	built, whole := follow(m.root, m.root, steps)
	found, reached := follow(source, m.root, steps)
	if reached && (!whole || same(found, built)) {
		return o.place(m.file, found), nil
	}
	if whole {
		if place, ok := o.patched(m, steps, built); ok {
			return place, nil
		}
		if place, ok := o.transformed(steps, built); ok {
			return place, nil
		}
	}
	return o.place(m.file, found), nil
}

// object is what stands on a line of the built text; nil between objects.
func (o *origin) object(line int) *made {
	i := sort.Search(len(o.objects), func(i int) bool { return o.objects[i].last >= line })
	if i < len(o.objects) && o.objects[i].first <= line {
		return o.objects[i]
	}
	return nil
}

// place is where a value begins: its key, or the dash of a list's element.
func (o *origin) place(file string, n *document.Node) inventory.Place {
	p := inventory.Place{File: o.tree.Show(file)}
	if n == nil {
		return p
	}
	p.Line, p.Column, p.Path = int(n.Line), int(n.Column), n.Path()
	if n.KeyLine > 0 {
		p.Line, p.Column = int(n.KeyLine), int(n.KeyColumn)
	}
	p.EndLine = max(p.Line, n.EndLine())
	return p
}

// source is the object as its file has it; nil if a generator made it or it cannot be found.
func (o *origin) source(m *made) *document.Node {
	if !m.looked && m.file != "" && !m.configured {
		var candidates []*document.Node
		for _, found := range o.tree.text(m.file).documents {
			candidates = append(candidates, objectsOf(found.Root, m.kind)...)
		}
		m.source = original(candidates, m.name)
		if m.source == nil && len(candidates) == 1 {
			m.source = candidates[0] // a patch has renamed it
		}
	}
	m.looked = true
	return m.source
}

// objectsOf lists the objects of a kind in a document, also in a list.
func objectsOf(root *document.Node, kind string) []*document.Node {
	own := root.Get("kind").Text()
	if items := root.Get("items"); items != nil && strings.HasSuffix(own, "List") {
		var all []*document.Node
		for _, item := range items.Children() {
			all = append(all, objectsOf(item, kind)...)
		}
		return all
	}
	if own == kind {
		return []*document.Node{root}
	}
	return nil
}

// original is the candidate with the longest name that is a part of the built one: a build
// adds prefixes, suffixes and hashes.
func original(candidates []*document.Node, name string) *document.Node {
	var best *document.Node
	longest := 0
	for _, candidate := range candidates {
		own := field(candidate, "name").Text()
		if metadata := candidate.Get("metadata"); metadata != nil {
			own = metadata.Get("name").Text()
		}
		if len(own) > longest && strings.Contains(name, own) {
			best, longest = candidate, len(own)
		}
	}
	return best
}

// generated is the entry of a generator that made an object, or the file that configures it.
func (o *origin) generated(m *made) inventory.Place {
	for _, f := range o.files {
		if f.path != m.file {
			continue
		}
		for _, name := range []string{"configMapGenerator", "secretGenerator"} {
			if !strings.EqualFold(name, m.kind+"Generator") {
				continue
			}
			if entry := original(f.field(name).Children(), m.name); entry != nil {
				return o.place(f.path, entry)
			}
		}
	}
	if m.file == "" {
		return o.place(o.top.path, nil)
	}
	return o.place(m.file, nil)
}

package kustomize

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// reached is all that one build can read.
type reached struct {
	files  []*file // kustomizations, the built one first
	errors []inventory.Error
	// served are the contents that kustomize sees, by path below the root.
	served map[string][]byte
}

// mostBuilds is how many kustomizations one build may go through, counted each time.
const mostBuilds = 2000

// reach follows the references of a kustomization to all that its build would read.
func (t *Tree) reach(top *file) *reached {
	r := &reached{served: map[string][]byte{}}
	t.visit(r, top)
	if count := t.builds(top, map[*file]int{}, nil); count > mostBuilds {
		top.stop(t, nil, "kustomization goes through more than %d others: simplify it", mostBuilds)
		r.errors = append(r.errors, top.errors[len(top.errors)-1])
	}
	for _, f := range r.files {
		if f.root != nil {
			r.served[f.path] = t.encode(f, f == top)
		}
	}
	return r
}

func (t *Tree) visit(r *reached, f *file) {
	if slices.Contains(r.files, f) {
		return
	}
	r.files = append(r.files, f)
	for _, e := range f.errors {
		if !slices.Contains(r.errors, e) {
			r.errors = append(r.errors, e)
		}
	}
	for _, ref := range f.references {
		switch {
		case ref.refused || ref.target == "":
		case ref.isFolder:
			t.visit(r, t.file(ref.target))
		case ref.use == data || ref.use == variables:
			if content, err := t.bytes(ref.target); err == nil {
				if ref.use == variables {
					content = withoutEnvironment(content)
				}
				r.served[ref.target] = content
			}
		default:
			r.served[ref.target] = t.text(ref.target).bytes
		}
	}
}

// builds counts how often kustomize would build, which grows as a power where kustomizations
// share others. Cycles count once: kustomize itself refuses them.
func (t *Tree) builds(f *file, known map[*file]int, open []*file) int {
	if count, ok := known[f]; ok {
		return count
	}
	if slices.Contains(open, f) || len(open) > mostBuilds {
		return 1
	}
	count := 1
	for _, ref := range f.references {
		if ref.isFolder && !ref.refused {
			count = min(count+t.builds(t.file(ref.target), known, append(open, f)), mostBuilds+1)
		}
	}
	known[f] = count
	return count
}

// encode writes the kustomization without what was refused. At the top of a build it asks for
// origins, from which the places of findings come.
func (t *Tree) encode(f *file, top bool) []byte {
	dropped := map[*document.Node]bool{}
	for _, ref := range f.references {
		if ref.refused || ref.isFolder && t.file(ref.target).broken {
			dropped[ref.node] = true
		}
	}
	value := plain(f.root, dropped).(map[string]any)
	if top {
		var metadata []any
		for _, element := range f.field("buildMetadata").Children() {
			metadata = append(metadata, element.Plain())
		}
		if !slices.Contains(metadata, any(originAnnotations)) {
			metadata = append(metadata, originAnnotations)
		}
		if old := f.field("buildMetadata"); old != nil {
			delete(value, old.Key())
		}
		value["buildMetadata"] = metadata
	}
	modernise(value)
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil // numbers that JSON does not have: kustomize then says that the file is empty
	}
	return encoded
}

const originAnnotations = "originAnnotations"

// modernise writes fields that are only old names as their new ones, exactly as kustomize
// does after a warning on standard error.
func modernise(value map[string]any) {
	for name, content := range value {
		list, isList := content.([]any)
		switch {
		case strings.EqualFold(name, "bases") && isList:
			move(value, name, "resources", list)
		case strings.EqualFold(name, "imageTags") && isList:
			move(value, name, "images", list)
		case strings.EqualFold(name, "commonLabels"):
			move(value, name, "labels", []any{map[string]any{"pairs": content, "includeSelectors": true}})
		}
	}
}

// move adds entries to a list under its name as it is written, and takes away the old field.
func move(value map[string]any, from, to string, entries []any) {
	for name := range value {
		if strings.EqualFold(name, to) {
			to = name
		}
	}
	present, isList := value[to].([]any)
	if _, there := value[to]; there && !isList {
		return // of a wrong type: kustomize says so
	}
	value[to] = append(present, entries...)
	delete(value, from)
}

// plain is the tree as Go values without the dropped nodes. A map that loses a name loses all:
// a patch without its file would be another patch.
func plain(n *document.Node, dropped map[*document.Node]bool) any {
	switch n.Kind {
	case document.List:
		list := []any{}
		for _, child := range n.Children() {
			if !dropped[child] && !lost(child, dropped) {
				list = append(list, plain(child, dropped))
			}
		}
		return list
	case document.Map:
		fields := map[string]any{}
		for _, child := range n.Children() {
			if !dropped[child] {
				fields[child.Key()] = plain(child, dropped)
			}
		}
		return fields
	}
	return n.Plain()
}

func lost(element *document.Node, dropped map[*document.Node]bool) bool {
	for _, child := range element.Children() {
		if element.Kind == document.Map && dropped[child] && child.Key() != "env" {
			return true
		}
	}
	return false
}

// withoutEnvironment gives lines without a value an empty one: kustomize would take it from
// the environment of the scan.
func withoutEnvironment(content []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(content) {
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) > 0 && trimmed[0] != '#' && !bytes.ContainsRune(trimmed, '=') {
			line = append(slices.Clone(trimmed), '=', '\n')
		}
		out.Write(line)
	}
	return out.Bytes()
}

package kustomize

import (
	"path"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// patched looks for the patch that wrote a value. The outermost kustomization has the last
// word, and of its patches the last.
func (o *origin) patched(m *made, steps []step, built *document.Node) (inventory.Place, bool) {
	for _, f := range o.files {
		for i := len(f.references) - 1; i >= 0; i-- {
			ref := f.references[i]
			if ref.use != setting || ref.refused || ref.target == "" {
				continue
			}
			for _, found := range o.tree.text(ref.target).documents {
				if at := inPatch(found.Root, m, steps, built); at != nil {
					return o.place(ref.target, at), true
				}
			}
		}
		if at := inlinePatch(f, m, steps, built); at != nil {
			return o.place(f.path, at), true
		}
	}
	return inventory.Place{}, false
}

// inlinePatch finds the entry of a patch that stands in the kustomization itself.
func inlinePatch(f *file, m *made, steps []step, built *document.Node) *document.Node {
	for _, name := range []string{"patches", "patchesJson6902", "patchesStrategicMerge"} {
		for _, entry := range f.field(name).Children() {
			text := entry
			if entry.Kind == document.Map {
				text = field(entry, "patch")
			}
			if text == nil || text.Kind != document.String || !isInline(text.Text()) {
				continue
			}
			documents, _ := document.Read([]byte(text.Text()), document.DefaultLimits)
			for _, found := range documents {
				if inPatch(found.Root, m, steps, built) != nil {
					return text
				}
			}
		}
	}
	return nil
}

// inPatch finds a value in a patch: one that merges, or a list of JSON operations (RFC 6902).
func inPatch(patch *document.Node, m *made, steps []step, built *document.Node) *document.Node {
	if patch.Kind == document.List {
		return inOperations(patch, m.root, steps, built)
	}
	if kind := patch.Get("kind"); kind != nil && kind.Text() != m.kind {
		return nil
	}
	if at, whole := follow(patch, m.root, steps); whole && same(at, built) && at != patch {
		return at
	}
	return nil
}

func inOperations(patch, root *document.Node, steps []step, built *document.Node) *document.Node {
	operations := patch.Children()
	for i := len(operations) - 1; i >= 0; i-- {
		value := operations[i].Get("value")
		if value == nil {
			continue
		}
		depth, ok := below(operations[i].Get("path").Text(), root, steps)
		if !ok {
			continue
		}
		start, _ := follow(root, root, steps[:depth])
		if at, whole := follow(value, start, steps[depth:]); whole && same(at, built) {
			return at
		}
	}
	return nil
}

// below reports whether a JSON pointer leads to the steps or above them, and how many of them
// it takes. A pointer that ends in "-" adds the last element of a list.
func below(pointer string, root *document.Node, steps []step) (int, bool) {
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if len(tokens) > len(steps) {
		return 0, false
	}
	for i, token := range tokens {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch s := steps[i]; {
		case s.key != "":
			if token != s.key {
				return 0, false
			}
		case token == "-":
			list, _ := follow(root, root, steps[:i])
			if s.index != list.Len()-1 {
				return 0, false
			}
		case token != strconv.Itoa(s.index):
			return 0, false
		}
	}
	return len(tokens), true
}

// transformed finds the field of a kustomization that sets such a value for all objects.
func (o *origin) transformed(steps []step, built *document.Node) (inventory.Place, bool) {
	for _, f := range o.files {
		if at := transformer(f, steps, built); at != nil {
			return o.place(f.path, at), true
		}
	}
	return inventory.Place{}, false
}

func transformer(f *file, steps []step, built *document.Node) *document.Node {
	if len(steps) == 0 {
		return nil
	}
	last := steps[len(steps)-1].key
	switch {
	case last == "namespace" && f.field("namespace").Text() == built.Text():
		return f.field("namespace")
	case last == "replicas":
		return entryWith(f.field("replicas"), built.Text(), "count")
	case last == "image":
		for _, name := range []string{"images", "imageTags"} {
			if at := entryWith(f.field(name), path.Base(built.Text()), "newTag", "digest", "newName"); at != nil {
				return at
			}
		}
	case len(steps) >= 2 && (steps[len(steps)-2].key == "labels" || steps[len(steps)-2].key == "annotations"):
		return common(f, last, built)
	}
	return nil
}

// entryWith is the entry of a list one of whose fields stands in a text.
func entryWith(list *document.Node, text string, fields ...string) *document.Node {
	for _, entry := range list.Children() {
		for _, name := range fields {
			if value := field(entry, name); value != nil && value.Text() != "" && strings.Contains(text, path.Base(value.Text())) {
				return value
			}
		}
	}
	return nil
}

// common finds a label or annotation that a kustomization gives to all its objects.
func common(f *file, key string, built *document.Node) *document.Node {
	candidates := []*document.Node{f.field("commonLabels"), f.field("commonAnnotations")}
	for _, entry := range f.field("labels").Children() {
		candidates = append(candidates, field(entry, "pairs"))
	}
	for _, candidate := range candidates {
		if value := candidate.Get(key); same(value, built) {
			return value
		}
	}
	return nil
}

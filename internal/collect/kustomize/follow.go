package kustomize

import (
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// step is one step of a path: a key, or an index where key is "".
type step struct {
	key   string
	index int
}

// parsePath takes a path apart as document.Node.Path writes it: spec.containers[0].image,
// metadata.labels["a.b/c"].
func parsePath(path string) []step {
	var steps []step
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case strings.HasPrefix(path, `["`):
			quoted, err := strconv.QuotedPrefix(path[1:])
			if err != nil {
				return steps
			}
			key, _ := strconv.Unquote(quoted)
			steps = append(steps, step{key: key})
			path = strings.TrimPrefix(path[1+len(quoted):], "]")
		case path[0] == '[':
			number, rest, _ := strings.Cut(path[1:], "]")
			index, err := strconv.Atoi(number)
			if err != nil {
				return steps
			}
			steps = append(steps, step{index: index})
			path = rest
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			steps = append(steps, step{key: path[:end]})
			path = path[end:]
		}
	}
	return steps
}

// follow walks a path of a built object in another tree: its source or a patch. Elements of
// lists are found by the names that they have in the built object, as kustomize merges them.
// It gives the deepest value on the way and whether that is the end of the way.
func follow(at, built *document.Node, steps []step) (*document.Node, bool) {
	for i, s := range steps {
		var next, nextBuilt *document.Node
		if s.key != "" {
			next, nextBuilt = at.Get(s.key), built.Get(s.key)
		} else {
			nextBuilt = element(built, s.index)
			next = counterpart(at, built, nextBuilt, s.index)
		}
		if next == nil {
			return at, false
		}
		at, built = next, nextBuilt
		if built == nil && i < len(steps)-1 {
			return at, false
		}
	}
	return at, true
}

func element(list *document.Node, index int) *document.Node {
	if list == nil || list.Kind != document.List || index < 0 || index >= list.Len() {
		return nil
	}
	return list.Children()[index]
}

// mergeKeys tell the elements of the lists of Kubernetes apart.
var mergeKeys = []string{"name", "mountPath", "containerPort", "port", "key", "ip", "devicePath", "topologyKey", "uid"}

// counterpart is the element of a list that is the same as one of the built list.
func counterpart(list, builtList, built *document.Node, index int) *document.Node {
	if list == nil || list.Kind != document.List {
		return nil
	}
	for _, key := range mergeKeys {
		value := built.Get(key)
		if value == nil {
			continue
		}
		for _, candidate := range list.Children() {
			if same(candidate.Get(key), value) {
				return candidate
			}
		}
		return nil
	}
	if at := element(list, index); at != nil && same(at, built) {
		return at
	}
	for _, candidate := range list.Children() {
		if same(candidate, built) {
			return candidate
		}
	}
	if list.Len() == builtList.Len() {
		return element(list, index)
	}
	return nil
}

// same reports whether two scalars have one value. Of maps and lists it asks only that both
// are such: what is below is looked up by itself.
func same(a, b *document.Node) bool {
	switch {
	case a == nil || b == nil:
		return false
	case a.Kind == document.Map || a.Kind == document.List || b.Kind == document.Map || b.Kind == document.List:
		return a.Kind == b.Kind
	}
	return a.Text() == b.Text()
}

package engine

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types/ref"

	"github.com/kubeproof/kubeproof/internal/document"
)

// scoped binds one more name, for the elements of a comprehension. It knows where the value
// stands, also if that is a scalar, which does not know it itself.
type scoped struct {
	cel.Activation
	name  string
	value ref.Val
	node  *document.Node
}

// ResolveName implements cel.Activation.
func (s *scoped) ResolveName(name string) (any, bool) {
	if name == s.name {
		return s.value, true
	}
	return s.Activation.ResolveName(name)
}

// Parent implements cel.Activation; ResolveName has asked the outer names already.
func (s *scoped) Parent() cel.Activation { return nil }

// bind names one element of a comprehension: value, and with two variables its key or index too.
func bind(loop ast.ComprehensionExpr, names cel.Activation, key, value ref.Val, node *document.Node) cel.Activation {
	if loop.HasIterVar2() {
		names = &scoped{names, loop.IterVar2(), value, node}
		return &scoped{names, loop.IterVar(), key, node}
	}
	return &scoped{names, loop.IterVar(), value, node}
}

// nodeOf gives the place of a name; nil if it has none.
func nodeOf(names cel.Activation, name string) *document.Node {
	for {
		inner, ok := names.(*scoped)
		if !ok {
			break
		}
		if inner.name == name {
			return inner.node
		}
		names = inner.Activation
	}
	value, _ := names.ResolveName(name)
	v, _ := value.(ref.Val)
	return toNode(v)
}

func keyText(key ref.Val) string {
	if s, ok := key.Value().(string); ok {
		return s
	}
	return fmt.Sprint(key.Value())
}

// joinPath appends a key to a path as document paths are written.
func joinPath(path, key string) string {
	switch {
	case key == "" || strings.ContainsAny(key, ".[]/\" "):
		return path + fmt.Sprintf("[%q]", key)
	case path == "":
		return key
	}
	return path + "." + key
}

package engine

import (
	"strconv"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/kubeproof/kubeproof/internal/document"
)

// reads gives the places that an expression read to get its value, in the order written.
func (x *explainer) reads(e ast.Expr, names cel.Activation) []place {
	if found, ok := x.chain(e, names); ok {
		if found.node == nil {
			return nil
		}
		return []place{found}
	}
	switch e.Kind() {
	case ast.CallKind:
		return x.readsOfCall(e.AsCall(), names)
	case ast.SelectKind:
		return x.reads(e.AsSelect().Operand(), names)
	case ast.ListKind:
		return x.readsOfAll(e.AsList().Elements(), names)
	case ast.ComprehensionKind:
		return x.readsOfLoop(e.AsComprehension(), names)
	}
	return nil
}

func (x *explainer) readsOfAll(parts []ast.Expr, names cel.Activation) []place {
	var places []place
	for _, part := range parts {
		places = append(places, x.reads(part, names)...)
	}
	return places
}

func (x *explainer) readsOfCall(call ast.CallExpr, names cel.Activation) []place {
	switch call.FunctionName() {
	case operators.Conditional:
		branch := call.Args()[2]
		if x.expr.value(call.Args()[0], names) == types.True {
			branch = call.Args()[1]
		}
		return append(x.reads(branch, names), weakened(x.reads(call.Args()[0], names))...)
	case "orValue", "or":
		return x.readsOfDefault(call, names)
	}
	var places []place
	if call.IsMemberFunction() {
		places = x.reads(call.Target(), names)
	}
	return append(places, x.readsOfAll(call.Args(), names)...)
}

// readsOfDefault reads a.orValue(b): the value of a if there is one, else what b reads and the
// absence of a.
func (x *explainer) readsOfDefault(call ast.CallExpr, names cel.Activation) []place {
	target := x.reads(call.Target(), names)
	if value, ok := x.expr.value(call.Target(), names).(*types.Optional); ok && value.HasValue() {
		return target
	}
	var inherited []place
	for _, p := range x.readsOfAll(call.Args(), names) {
		if p.missing == "" {
			inherited = append(inherited, p)
		}
	}
	return append(inherited, target...)
}

// readsOfLoop reads the range of a comprehension, and what its body read of the elements.
func (x *explainer) readsOfLoop(loop ast.ComprehensionExpr, names cel.Activation) []place {
	var places []place
	x.each(loop, names, func(element place, inner cel.Activation) {
		if element.node != nil && len(places) < 8 {
			places = append(places, element)
		}
	})
	return append(places, x.reads(loop.IterRange(), names)...)
}

// chain follows a name and the fields, indexes and defaults behind it as far as the document has
// them. It reports false for anything else.
func (x *explainer) chain(e ast.Expr, names cel.Activation) (place, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return place{node: nodeOf(names, e.AsIdent())}, true
	case ast.SelectKind:
		return x.step(e.AsSelect().Operand(), e.AsSelect().FieldName(), names)
	case ast.CallKind:
		return x.chainCall(e.AsCall(), names)
	}
	return place{}, false
}

func (x *explainer) chainCall(call ast.CallExpr, names cel.Activation) (place, bool) {
	switch call.FunctionName() {
	case operators.OptSelect, operators.Index, operators.OptIndex:
		key := x.key(call.Args()[1], names)
		if key == nil {
			return place{}, false
		}
		return x.step(call.Args()[0], keyText(key), names)
	case "orValue":
		if !x.isEmptyDefault(call.Args()[0]) {
			return place{}, false
		}
		return x.chain(call.Target(), names)
	case "value", "string", "int", "lowerAscii", "trim":
		if call.IsMemberFunction() {
			return x.chain(call.Target(), names)
		}
		return x.chain(call.Args()[0], names)
	}
	return place{}, false
}

// isEmptyDefault reports whether a default reads nothing: a literal, or an empty list or map.
func (x *explainer) isEmptyDefault(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		return true
	case ast.ListKind:
		return e.AsList().Size() == 0
	case ast.MapKind:
		return e.AsMap().Size() == 0
	}
	return false
}

func (x *explainer) key(e ast.Expr, names cel.Activation) ref.Val {
	if e.Kind() == ast.LiteralKind {
		return e.AsLiteral()
	}
	return x.expr.value(e, names)
}

// step goes one field or index further; what is absent becomes part of the missing path.
func (x *explainer) step(operand ast.Expr, key string, names cel.Activation) (place, bool) {
	at, ok := x.chain(operand, names)
	if !ok || at.node == nil {
		return place{}, ok
	}
	if at.missing != "" {
		return place{node: at.node, missing: joinPath(at.missing, key)}, true
	}
	if at.node.Kind == document.List {
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < at.node.Len() {
			return place{node: at.node.Children()[i]}, true
		}
	}
	if next := at.node.Get(key); next != nil {
		return place{node: next}, true
	}
	if at.node.Kind != document.Map && at.node.Kind != document.List {
		return at, true // a scalar where a map is expected: the scalar is what is wrong
	}
	return place{node: at.node, missing: joinPath("", key)}, true
}

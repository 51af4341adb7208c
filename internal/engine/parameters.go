package engine

import (
	"maps"
	"slices"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"

	"github.com/kubeproof/kubeproof/internal/control"
)

// putParameters replaces every params.NAME in a parsed expression by the parameter's value. Other
// uses of params (a name that is computed, or unknown) stay and are resolved at evaluation.
func putParameters(tree *ast.AST, values control.Values) {
	p := &parameterWriter{factory: ast.NewExprFactory(), next: ast.MaxID(tree) + 1}
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.SelectKind || e.AsSelect().IsTestOnly() {
			return
		}
		operand := e.AsSelect().Operand()
		if operand.Kind() != ast.IdentKind || operand.AsIdent() != "params" {
			return
		}
		if value, known := values[e.AsSelect().FieldName()]; known {
			e.SetKindCase(p.literal(value))
		}
	}))
}

type parameterWriter struct {
	factory ast.ExprFactory
	next    int64
}

func (p *parameterWriter) id() int64 {
	p.next++
	return p.next
}

func (p *parameterWriter) literal(value any) ast.Expr {
	switch v := value.(type) {
	case []string:
		elements := make([]ast.Expr, len(v))
		for i, element := range v {
			elements[i] = p.literal(element)
		}
		return p.factory.NewList(p.id(), elements, nil)
	case map[string]string:
		entries := make([]ast.EntryExpr, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			entries = append(entries, p.factory.NewMapEntry(p.id(), p.literal(key), p.literal(v[key]), false))
		}
		return p.factory.NewMap(p.id(), entries)
	}
	return p.factory.NewLiteral(p.id(), types.DefaultTypeAdapter.NativeToValue(value))
}

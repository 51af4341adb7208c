package engine

import (
	"fmt"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types/ref"
)

// expression is a compiled check with what the explainer needs: its syntax tree, and programs
// for parts of it, made when an explanation first asks for their value.
type expression struct {
	program cel.Program
	tree    *ast.AST
	env     *cel.Env
	options []cel.ProgramOption

	mutex sync.Mutex
	parts map[int64]cel.Program
}

func (r *rule) newExpression(env *cel.Env, text string) (*expression, error) {
	compiled, err := r.compileText(env, text)
	if err != nil {
		return nil, err
	}
	if got := compiled.OutputType(); !got.IsExactType(cel.BoolType) && !got.IsExactType(cel.DynType) {
		return nil, fmt.Errorf("gives %s, but true or false is needed", got)
	}
	program, err := env.Program(compiled, r.programOptions()...)
	if err != nil {
		return nil, err
	}
	return &expression{program: program, tree: compiled.NativeRep(), env: env,
		options: r.programOptions(), parts: map[int64]cel.Program{}}, nil
}

// value evaluates a part of the expression with the names that are bound there; nil if it
// cannot be evaluated.
func (e *expression) value(part ast.Expr, names cel.Activation) ref.Val {
	program := e.part(part)
	if program == nil {
		return nil
	}
	value, _, err := program.Eval(names)
	if err != nil {
		return nil
	}
	return value
}

func (e *expression) part(part ast.Expr) cel.Program {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	program, known := e.parts[part.ID()]
	if known {
		return program
	}
	tree := ast.NewCheckedAST(ast.NewAST(part, e.tree.SourceInfo()), e.tree.TypeMap(), e.tree.ReferenceMap())
	program, err := e.env.PlanProgram(tree, e.options...)
	if err != nil {
		program = nil
	}
	e.parts[part.ID()] = program
	return program
}

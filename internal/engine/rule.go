package engine

import (
	"fmt"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types/ref"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// costLimit bounds what one expression that users wrote may cost on one element; interrupts are
// checked every so many steps of a loop. It is the API server's limit for one expression.
const (
	costLimit      = 1_000_000
	interruptEvery = 100
)

// rule is a control made ready to judge. Its programs are compiled when a subject first needs them.
type rule struct {
	control *control.Control
	scope   control.Scope
	values  control.Values
	params  ref.Val
	check   assessment.Check // nil for CEL
	bounded bool             // a user's expression: cost and time are limited
	envs    *environments

	once   sync.Once
	failed error
	expr   *expression
	when   cel.Program
	// message makes the message's program; most rules never need theirs.
	message func() (*message, error)
	// reads are the paths that when and cel read, if verdicts can be remembered by their values.
	reads     []dependency
	memorable bool
	// variables are the names bound in the scope, the narrowest first.
	variables []string
}

// message is the text of a failure as CEL, with the paths that it reads.
type message struct {
	program   cel.Program
	reads     []dependency
	memorable bool
}

// compile makes the programs, once; the error is the same at every call.
func (r *rule) compile() error {
	r.once.Do(func() { r.failed = r.build() })
	return r.failed
}

// compileAll makes the message's program too, so that every mistake in the control is found.
func (r *rule) compileAll() error {
	if err := r.compile(); err != nil || r.check != nil {
		return err
	}
	_, err := r.message()
	return err
}

func (r *rule) build() error {
	if r.check != nil {
		return nil
	}
	env, err := r.envs.of(r.scope)
	if err != nil {
		return err
	}
	check := r.control.Check
	if r.expr, err = r.newExpression(env, check.CEL); err != nil {
		return r.wrong("cel", err)
	}
	r.message = sync.OnceValues(func() (*message, error) {
		program, tree, err := r.program(env, check.Message, cel.StringType)
		if err != nil {
			return nil, r.wrong("message", err)
		}
		m := &message{program: program}
		m.reads, m.memorable = dependencies(tree.Expr())
		return m, nil
	})
	r.reads, r.memorable = dependencies(r.expr.tree.Expr())
	if check.When == "" {
		return nil
	}
	var tree *ast.AST
	if r.when, tree, err = r.program(env, check.When, cel.BoolType); err != nil {
		return r.wrong("when", err)
	}
	more, memorable := dependencies(tree.Expr())
	r.reads, r.memorable = append(r.reads, more...), r.memorable && memorable
	return nil
}

func (r *rule) wrong(field string, err error) error {
	return fmt.Errorf("%s: compile check.%s of %s: %w", r.control.File, field, r.control.ID, err)
}

// program compiles text, whose result must be of the type wanted (or not known before it runs).
func (r *rule) program(env *cel.Env, text string, want *cel.Type) (cel.Program, *ast.AST, error) {
	compiled, err := r.compileText(env, text)
	if err != nil {
		return nil, nil, err
	}
	if got := compiled.OutputType(); !got.IsExactType(want) && !got.IsExactType(cel.DynType) {
		return nil, nil, fmt.Errorf("gives %s, but %s is needed", got, want)
	}
	program, err := env.Program(compiled, r.programOptions()...)
	return program, compiled.NativeRep(), err
}

// compileText parses and checks text, with the parameters put in as constants, so that patterns
// and lists are prepared once and not at every evaluation.
func (r *rule) compileText(env *cel.Env, text string) (*cel.Ast, error) {
	parsed, issues := env.Parse(text)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	putParameters(parsed.NativeRep(), r.values)
	keepPatterns(parsed.NativeRep())
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	return checked, nil
}

func (r *rule) programOptions() []cel.ProgramOption {
	if !r.bounded {
		return []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	}
	return []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit), cel.InterruptCheckFrequency(interruptEvery)}
}

package engine

import (
	"regexp"
	"sync"
	"sync/atomic"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/overloads"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// The library compiles the pattern of matches() at every call unless it is a literal. Patterns
// that are put together from parameters come again and again, so such calls go to a function
// that keeps them.
const matchesKept = "@matches_kept"

// keepPatterns turns every x.matches(PATTERN) whose pattern is no literal into a call of it.
func keepPatterns(tree *ast.AST) {
	factory := ast.NewExprFactory()
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != overloads.Matches || !e.AsCall().IsMemberFunction() {
			return
		}
		if call := e.AsCall(); call.Args()[0].Kind() != ast.LiteralKind {
			e.SetKindCase(factory.NewMemberCall(e.ID(), matchesKept, call.Target(), call.Args()...))
		}
	}))
}

func matchesKeptFunction() cel.EnvOption {
	patterns := &patternCache{}
	return cel.Function(matchesKept, cel.MemberOverload(matchesKept+"_string",
		[]*cel.Type{cel.StringType, cel.StringType}, cel.BoolType, cel.BinaryBinding(patterns.match)))
}

// mostPatterns bounds the cache: patterns may be made from what is scanned.
const mostPatterns = 1000

type patternCache struct {
	compiled sync.Map // pattern → *regexp.Regexp
	size     atomic.Int64
}

func (c *patternCache) match(text, pattern ref.Val) ref.Val {
	s, isString := text.(types.String)
	p, isPattern := pattern.(types.String)
	if !isString || !isPattern {
		return types.NewErr("no such overload")
	}
	if known, found := c.compiled.Load(string(p)); found {
		return types.Bool(known.(*regexp.Regexp).MatchString(string(s)))
	}
	expression, err := regexp.Compile(string(p))
	if err != nil {
		return types.WrapErr(err)
	}
	if c.size.Add(1) <= mostPatterns {
		c.compiled.Store(string(p), expression)
	}
	return types.Bool(expression.MatchString(string(s)))
}

package engine

import (
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/traits"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// place is something an expression read: a value, or a path below it that is absent.
type place struct {
	node    *document.Node
	missing string
	// weak is set for what only decided which branch of ?: was taken.
	weak bool
}

// explainer finds which values decided an expression. It runs on failures only; the author of
// the expression annotates nothing.
type explainer struct {
	expr    *expression
	element *document.Node
}

// blame gives the places that made e evaluate to got, following only the operands and elements
// that decided.
func (x *explainer) blame(e ast.Expr, names cel.Activation, got bool) []place {
	switch e.Kind() {
	case ast.CallKind:
		call := e.AsCall()
		switch call.FunctionName() {
		case operators.LogicalNot:
			return x.blame(call.Args()[0], names, !got)
		case operators.LogicalAnd:
			return x.blameJunction(call.Args(), names, got, false)
		case operators.LogicalOr:
			return x.blameJunction(call.Args(), names, got, true)
		case operators.Conditional:
			return x.blameConditional(call.Args(), names, got)
		}
	case ast.ComprehensionKind:
		return x.blameElements(e.AsComprehension(), names, got)
	}
	return x.reads(e, names)
}

// blameJunction handles && (decisive false) and || (decisive true): where the decisive value
// came out, the operands that have it are guilty, else all are.
func (x *explainer) blameJunction(args []ast.Expr, names cel.Activation, got, decisive bool) []place {
	var places []place
	for _, arg := range args {
		if got != decisive || x.expr.value(arg, names) == types.Bool(decisive) {
			places = append(places, x.blame(arg, names, got)...)
		}
	}
	return places
}

// blameConditional handles ?: — the branch taken decided; what the condition read is weaker.
func (x *explainer) blameConditional(args []ast.Expr, names cel.Activation, got bool) []place {
	condition := x.expr.value(args[0], names) == types.True
	branch := args[2]
	if condition {
		branch = args[1]
	}
	return append(x.blame(branch, names, got), weakened(x.blame(args[0], names, condition))...)
}

// blameElements handles all and exists: the elements that decided are guilty, or the range
// itself where none did.
func (x *explainer) blameElements(loop ast.ComprehensionExpr, names cel.Activation, got bool) []place {
	predicate, decisive, ok := quantifier(loop)
	if !ok {
		return x.reads(loop.IterRange(), names)
	}
	ranges := x.reads(loop.IterRange(), names)
	if got != decisive {
		return ranges // nothing decided: the elements as a whole did
	}
	var places []place
	x.each(loop, names, func(element place, inner cel.Activation) {
		if x.expr.value(predicate, inner) != types.Bool(decisive) {
			return
		}
		found := x.blame(predicate, inner, got)
		if len(found) == 0 && element.node != nil {
			found = []place{element}
		}
		places = append(places, found...)
	})
	if len(places) == 0 {
		return ranges
	}
	return places
}

// quantifier recognises what the macros all (decided by false) and exists (by true) expand to.
func quantifier(loop ast.ComprehensionExpr) (predicate ast.Expr, decisive, ok bool) {
	if loop.LoopStep().Kind() != ast.CallKind {
		return nil, false, false
	}
	step := loop.LoopStep().AsCall()
	switch step.FunctionName() {
	case operators.LogicalAnd:
		return step.Args()[1], false, true
	case operators.LogicalOr:
		return step.Args()[1], true, true
	}
	return nil, false, false
}

// each binds every element of a comprehension's range in turn.
func (x *explainer) each(loop ast.ComprehensionExpr, names cel.Activation, do func(place, cel.Activation)) {
	if loop.IterRange().Kind() == ast.ListKind {
		x.eachWritten(loop, names, do)
		return
	}
	value := x.expr.value(loop.IterRange(), names)
	node := toNode(value)
	switch v := value.(type) {
	case traits.Mapper:
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			element, _ := v.Find(key)
			if !loop.HasIterVar2() {
				element = key // over a map one variable is the key
			}
			at := node.Get(keyText(key))
			do(place{node: at}, bind(loop, names, key, element, at))
		}
	case traits.Lister:
		i := 0
		for it := v.Iterator(); it.HasNext() == types.True; i++ {
			element := it.Next()
			at := toNode(element)
			if node != nil {
				at = node.Children()[i]
			}
			do(place{node: at}, bind(loop, names, types.Int(i), element, at))
		}
	}
}

// eachWritten binds the elements of a list that the expression itself writes, as in
// [pod.securityContext, container.securityContext].all(...): each stands where it was read.
func (x *explainer) eachWritten(loop ast.ComprehensionExpr, names cel.Activation, do func(place, cel.Activation)) {
	for i, element := range loop.IterRange().AsList().Elements() {
		value := x.expr.value(element, names)
		if value == nil {
			continue
		}
		var at place
		if read := x.reads(element, names); len(read) > 0 && read[0].missing == "" {
			at = read[0]
		}
		do(at, bind(loop, names, types.Int(i), value, at.node))
	}
}

func weakened(places []place) []place {
	for i := range places {
		places[i].weak = true
	}
	return places
}

// pick chooses the place to show: the best by rank, the first of equals, the element if none.
func (x *explainer) pick(places []place) assessment.Verdict {
	best, rank := place{node: x.element}, -1
	for _, p := range places {
		if p.node == nil || p.node.Root() != x.element.Root() {
			continue // nowhere, or in another object such as the Namespace
		}
		if now := x.rank(p); now > rank {
			best, rank = p, now
		}
	}
	return assessment.Verdict{Node: best.node, Missing: best.missing}
}

// rank prefers a value that is there to one that is absent, one inside the judged element to one
// outside, and what decided to what only chose the branch. What kind an object has is why a rule
// applies and never what is wrong.
func (x *explainer) rank(p place) int {
	inside := 0
	if within(p.node, x.element) {
		inside = 1
	}
	switch there := p.missing == ""; {
	case isType(p.node):
		return 0
	case there && !p.weak:
		return 6 + inside
	case inside == 1 && !there && !p.weak:
		return 5
	case inside == 1 && !there:
		return 4
	case !there && !p.weak:
		return 3
	case there:
		return 2
	}
	return 1
}

func isType(n *document.Node) bool {
	return n != nil && n.Parent() != nil && n.Parent().Parent() == nil && (n.Key() == "kind" || n.Key() == "apiVersion")
}

func within(node, element *document.Node) bool {
	for ; node != nil; node = node.Parent() {
		if node == element {
			return true
		}
	}
	return false
}

// fieldOf gives the place of a dotted path below the element, as far as it is there.
func fieldOf(element *document.Node, path string) assessment.Verdict {
	node, steps := element, strings.Split(path, ".")
	for i, step := range steps {
		next := node.Get(step)
		if next == nil {
			return assessment.Verdict{Node: node, Missing: strings.Join(steps[i:], ".")}
		}
		node = next
	}
	return assessment.Verdict{Node: node}
}

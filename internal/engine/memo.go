package engine

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// An expression is pure: the same values at the paths that it reads give the same verdict. Most
// controls read a few short values (privileged: absent, true or false), so that nearly every
// verdict can be looked up instead of evaluated. Keys are the values themselves, written out:
// two different inputs never share a key.

const (
	longestKey = 512  // bytes; longer values are evaluated, since they hardly come twice
	mostKeys   = 4096 // per rule and worker
)

// dependency is one path that an expression reads, from one of its variables.
type dependency struct {
	variable string
	path     []string
}

// dependencies finds all paths that an expression reads. It reports false if the expression looks
// at a whole pod or object, so that remembering its verdicts would not pay.
func dependencies(e ast.Expr) ([]dependency, bool) {
	d := &dependencyFinder{known: map[string]bool{}, whole: true}
	d.visit(e, nil)
	return d.found, d.whole
}

type dependencyFinder struct {
	found []dependency
	known map[string]bool
	whole bool
}

// scopeVariables are the names that loops bind around a part of the expression.
type scopeVariables struct {
	names [3]string
	outer *scopeVariables
}

func (s *scopeVariables) has(name string) bool {
	for ; s != nil; s = s.outer {
		if name == s.names[0] || name == s.names[1] || name == s.names[2] {
			return true
		}
	}
	return false
}

func (d *dependencyFinder) visit(e ast.Expr, local *scopeVariables) {
	if variable, path, ok := constantPath(e); ok {
		d.add(variable, path, local)
		return
	}
	switch e.Kind() {
	case ast.SelectKind:
		d.visit(e.AsSelect().Operand(), local)
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			d.visit(call.Target(), local)
		}
		for _, arg := range call.Args() {
			d.visit(arg, local)
		}
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			d.visit(element, local)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			d.visit(entry.AsMapEntry().Key(), local)
			d.visit(entry.AsMapEntry().Value(), local)
		}
	case ast.ComprehensionKind:
		d.visitLoop(e.AsComprehension(), local)
	case ast.StructKind:
		d.whole = false
	}
}

func (d *dependencyFinder) visitLoop(loop ast.ComprehensionExpr, local *scopeVariables) {
	d.visit(loop.IterRange(), local)
	d.visit(loop.AccuInit(), local)
	inner := &scopeVariables{[3]string{loop.IterVar(), loop.IterVar2(), loop.AccuVar()}, local}
	d.visit(loop.LoopCondition(), inner)
	d.visit(loop.LoopStep(), inner)
	d.visit(loop.Result(), inner)
}

func (d *dependencyFinder) add(variable string, path []string, local *scopeVariables) {
	if variable == "params" || local.has(variable) {
		return
	}
	if len(path) == 0 && variable != "volume" && variable != "env" {
		d.whole = false
	}
	key := variable
	for _, step := range path {
		key += "\x00" + step
	}
	if !d.known[key] {
		d.known[key] = true
		d.found = append(d.found, dependency{variable, path})
	}
}

// constantPath reads a chain of fields with constant names behind a variable.
func constantPath(e ast.Expr) (variable string, path []string, ok bool) {
	var operand ast.Expr
	var step string
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), nil, true
	case ast.SelectKind:
		operand, step = e.AsSelect().Operand(), e.AsSelect().FieldName()
	case ast.CallKind:
		call := e.AsCall()
		switch call.FunctionName() {
		case operators.OptSelect, operators.OptIndex, operators.Index:
		default:
			return "", nil, false
		}
		if call.Args()[1].Kind() != ast.LiteralKind {
			return "", nil, false
		}
		name, isString := call.Args()[1].AsLiteral().Value().(string)
		if !isString {
			return "", nil, false
		}
		operand, step = call.Args()[0], name
	default:
		return "", nil, false
	}
	if variable, path, ok = constantPath(operand); !ok {
		return "", nil, false
	}
	return variable, append(path[:len(path):len(path)], step), true
}

// memo remembers what one rule gave in one worker.
type memo struct {
	verdicts map[string]remembered
	messages map[string]string
}

// remembered is an outcome and, of a failure, where it stood; nil if that must be explained anew.
type remembered struct {
	outcome assessment.Outcome
	place   *relative
}

// keep remembers a verdict as long as there is room.
func (m *memo) keep(key string, verdict remembered) {
	if m.verdicts == nil {
		m.verdicts = map[string]remembered{}
	}
	if len(m.verdicts) < mostKeys {
		m.verdicts[key] = verdict
	}
}

func (m *memo) keepMessage(key, message string) {
	if m.messages == nil {
		m.messages = map[string]string{}
	}
	if len(m.messages) < mostKeys {
		m.messages[key] = message
	}
}

// relative is a guilty value as seen from a variable: the same values have it at the same place.
type relative struct {
	variable string
	steps    []step
	missing  string
}

type step struct {
	key   string
	index int
}

// relativeTo describes the node from the nearest variable above it; nil if none is above it.
func (w *worker) relativeTo(r *rule, n *document.Node, missing string) *relative {
	at := &relative{missing: missing}
	for ; n != nil; n = n.Parent() {
		for _, name := range r.variables {
			if toNode(w.frame.named(name)) == n {
				at.variable = name
				slices.Reverse(at.steps)
				return at
			}
		}
		at.steps = append(at.steps, step{n.Key(), n.Index()})
	}
	return nil
}

// resolve finds the value again, in the object that is judged now.
func (w *worker) resolve(at *relative) *document.Node {
	n := toNode(w.frame.named(at.variable))
	for _, s := range at.steps {
		switch {
		case n == nil:
			return nil
		case n.Kind == document.Map:
			n = n.Get(s.key)
		case s.index < n.Len():
			n = n.Children()[s.index]
		default:
			return nil
		}
	}
	return n
}

// key writes the values that the rule reads. It reports false where the rule must be evaluated:
// the values are too long, or something on the way to them is no map, which is an error.
func (w *worker) key(dependencies []dependency) ([]byte, bool) {
	key := w.keyBytes[:0]
	for _, d := range dependencies {
		n := toNode(w.frame.named(d.variable))
		if n == nil {
			return nil, false
		}
		for depth, step := range d.path {
			if n.Kind != document.Map {
				return nil, false
			}
			if n = n.Get(step); n == nil {
				// How far the path goes matters: object.spec.?rules is an error without spec.
				key = append(key, byte(depth))
				break
			}
		}
		var ok bool
		if key, ok = appendValue(key, n); !ok {
			return nil, false
		}
	}
	w.keyBytes = key
	return key, true
}

// appendValue writes a value so that different values never look alike: kind, length, content.
func appendValue(key []byte, n *document.Node) ([]byte, bool) {
	switch {
	case n == nil:
		return append(key, 'n'), true
	case len(key) > longestKey:
		return nil, false
	}
	key = append(key, 'A'+byte(n.Kind))
	switch n.Kind {
	case document.Null:
	case document.Bool:
		if n.Bool() {
			return append(key, 1), true
		}
		return append(key, 0), true
	case document.Int:
		return binary.BigEndian.AppendUint64(key, uint64(n.Int64())), true
	case document.Float:
		return binary.BigEndian.AppendUint64(key, math.Float64bits(n.Float64())), true
	case document.String:
		if len(n.Text()) > longestKey {
			return nil, false
		}
		key = binary.AppendUvarint(key, uint64(len(n.Text())))
		return append(key, n.Text()...), true
	default:
		return appendChildren(key, n)
	}
	return key, true
}

func appendChildren(key []byte, n *document.Node) ([]byte, bool) {
	key = binary.AppendUvarint(key, uint64(n.Len()))
	for _, child := range n.Children() {
		if n.Kind == document.Map {
			key = binary.AppendUvarint(key, uint64(len(child.Key())))
			key = append(key, child.Key()...)
		}
		var ok bool
		if key, ok = appendValue(key, child); !ok {
			return nil, false
		}
	}
	return key, true
}

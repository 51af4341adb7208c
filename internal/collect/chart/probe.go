package chart

import (
	"strconv"
	"text/template/parse"
)

// probeName is the function that probes call. It is added to templates after they were parsed, so
// that charts cannot name it.
const probeName = "kubeproofProbe"

// probe is one place of a template that reports to the trace when execution comes by: before
// every action, branch, loop and turn of a loop. It hands over the values that the place reads.
type probe struct {
	site site
	refs []reference
	// binds is true if what is read here becomes the dot or a variable.
	binds bool
	// plain is true if what is read here may go through fmt as a whole.
	plain bool
}

// reference is one reading of a value in an action: .Values.image.tag, $root.Values.x, $tag.
type reference struct {
	base  int      // index into the values that the probe hands over; 0 is the dot
	chain []string // names below it
	bound int      // probe that bound the base, by "with" or a declaration; -1 if unknown
}

// planter puts probes into one parsed template.
type planter struct {
	*rendering
	text     *lines
	file     int32           // index of the file; 0 for text that is in no file
	assigned map[string]bool // variables that are assigned to after their declaration
}

// bindings tell, at one point of a template, which probe bound the dot and the variables.
type bindings struct {
	dot  int
	vars map[string]int
}

func (b bindings) inner() bindings {
	vars := make(map[string]int, len(b.vars))
	for name, by := range b.vars {
		vars[name] = by
	}
	return bindings{b.dot, vars}
}

func (p *planter) plant(tree *parse.Tree) {
	if tree == nil || tree.Root == nil || p.planted[tree] {
		return
	}
	p.planted[tree] = true
	p.assigned = map[string]bool{}
	findAssigned(tree.Root, p.assigned)
	p.list(tree.Root, bindings{-1, map[string]int{}}, nil)
}

// list plants a probe before every node that runs code, and registers the texts. turn is the loop
// whose body the list is; nil if it is none.
func (p *planter) list(list *parse.ListNode, b bindings, turn *parse.RangeNode) {
	if list == nil {
		return
	}
	nodes := make([]parse.Node, 0, 2*len(list.Nodes)+1)
	if turn != nil {
		nodes = append(nodes, p.call(p.add(probe{site: p.site(turn.Pos)}), nil))
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			if p.file != 0 && len(n.Text) > 0 {
				p.texts[&n.Text[0]] = text{len(n.Text), p.file, int32(n.Pos), p.text}
			}
		case *parse.ActionNode:
			nodes = append(nodes, p.action(n, b))
		case *parse.IfNode:
			nodes = append(nodes, p.call(p.reading(n.Pipe, b, n.Pos)))
			p.branch(&n.BranchNode, b, nil)
		case *parse.RangeNode:
			nodes = append(nodes, p.rangeOver(n, b))
		case *parse.WithNode:
			nodes = append(nodes, p.with(n, b))
		case *parse.TemplateNode:
			before := p.add(probe{})
			var vars []string
			if n.Pipe != nil {
				before, vars = p.reading(n.Pipe, b, n.Pos)
			}
			nodes = append(nodes, p.call(before, vars, deeper), node, p.call(p.add(probe{}), nil, shallower))
			continue
		}
		nodes = append(nodes, node)
	}
	list.Nodes = nodes
}

func (p *planter) branch(n *parse.BranchNode, b bindings, turn *parse.RangeNode) {
	inner := b.inner()
	for _, declared := range n.Pipe.Decl {
		inner.vars[declared.Ident[0]] = -1
	}
	p.list(n.List, inner, turn)
	p.list(n.ElseList, b.inner(), nil)
}

func (p *planter) action(n *parse.ActionNode, b bindings) parse.Node {
	id, vars := p.reading(n.Pipe, b, n.Pos)
	p.probes[id].binds = len(n.Pipe.Decl) > 0
	for _, declared := range n.Pipe.Decl {
		if !n.Pipe.IsAssign {
			b.bind(declared.Ident[0], id, p.assigned)
		}
	}
	return p.call(id, vars)
}

func (b bindings) bind(name string, id int, assigned map[string]bool) {
	if assigned[name] {
		id = -1
	}
	b.vars[name] = id
}

func (p *planter) with(n *parse.WithNode, b bindings) parse.Node {
	id, vars := p.reading(n.Pipe, b, n.Pos)
	p.probes[id].binds = true
	inner := b.inner()
	inner.dot = id
	for _, declared := range n.Pipe.Decl {
		inner.bind(declared.Ident[0], id, p.assigned)
	}
	p.list(n.List, inner, nil)
	p.list(n.ElseList, b.inner(), nil)
	return p.call(id, vars)
}

func (p *planter) rangeOver(n *parse.RangeNode, b bindings) parse.Node {
	inner := b
	inner.dot = -1 // an element, not the list
	id, vars := p.reading(n.Pipe, b, n.Pos)
	p.branch(&n.BranchNode, inner, n)
	return p.call(id, vars)
}

// reading plants a probe for what a pipeline reads.
func (p *planter) reading(pipe *parse.PipeNode, b bindings, at parse.Pos) (int, []string) {
	r := &reader{bindings: b}
	r.pipe(pipe)
	return p.add(probe{site: p.site(at), refs: r.refs, plain: !quiet(pipe)}), r.vars
}

func (p *planter) site(at parse.Pos) site {
	if p.file == 0 {
		return site{}
	}
	return site{p.file, p.text.at(int(at))}
}

func (p *planter) add(made probe) int {
	p.probes = append(p.probes, made)
	return len(p.probes) - 1
}

// The depth that a probe adds before a template and takes away after it.
const (
	deeper    = 1
	shallower = -1
)

// call makes the action {{ kubeproofProbe ID DEPTH . $a $b }}.
func (p *planter) call(id int, vars []string, depth ...int) parse.Node {
	by := 0
	for _, step := range depth {
		by += step
	}
	args := []parse.Node{parse.NewIdentifier(probeName), number(id), number(by), &parse.DotNode{NodeType: parse.NodeDot}}
	for _, name := range vars {
		args = append(args, &parse.VariableNode{NodeType: parse.NodeVariable, Ident: []string{name}})
	}
	command := &parse.CommandNode{NodeType: parse.NodeCommand, Args: args}
	pipe := &parse.PipeNode{NodeType: parse.NodePipe, Cmds: []*parse.CommandNode{command}}
	return &parse.ActionNode{NodeType: parse.NodeAction, Pipe: pipe}
}

func number(value int) parse.Node {
	return &parse.NumberNode{NodeType: parse.NodeNumber, IsInt: true, Int64: int64(value), Text: strconv.Itoa(value)}
}

package chart

import (
	"text/template/parse"
)

// reader lists what a pipeline reads.
type reader struct {
	bindings
	refs []reference
	vars []string // the variables to hand over, in the order of their index from 1
}

func (r *reader) pipe(pipe *parse.PipeNode) {
	if pipe == nil {
		return
	}
	for _, command := range pipe.Cmds {
		r.command(command)
	}
}

// command reads the arguments. index and get with constant names are readings of what they name.
func (r *reader) command(command *parse.CommandNode) {
	args := command.Args
	if name, ok := args[0].(*parse.IdentifierNode); ok && (name.Ident == "index" || name.Ident == "get") && len(args) > 2 {
		if chain, constant := constants(args[2:]); constant {
			if ref, ok := r.reference(args[1]); ok {
				ref.chain = append(ref.chain[:len(ref.chain):len(ref.chain)], chain...)
				r.refs = append(r.refs, ref)
				return
			}
		}
	}
	for _, arg := range args {
		if ref, ok := r.reference(arg); ok {
			r.refs = append(r.refs, ref)
		} else if inner, ok := arg.(*parse.PipeNode); ok {
			r.pipe(inner)
		} else if chain, ok := arg.(*parse.ChainNode); ok {
			if inner, ok := chain.Node.(*parse.PipeNode); ok {
				r.pipe(inner) // what stands below is not followed: the reading is of the whole
			}
		}
	}
}

func constants(args []parse.Node) (chain []string, ok bool) {
	for _, arg := range args {
		switch a := arg.(type) {
		case *parse.StringNode:
			chain = append(chain, a.Text)
		case *parse.NumberNode:
			chain = append(chain, a.Text)
		default:
			return nil, false
		}
	}
	return chain, true
}

// reference is what an argument reads, if it is a plain path from the dot or a variable. Paths in
// parentheses are followed: ((.Values.a).b).
func (r *reader) reference(arg parse.Node) (reference, bool) {
	switch a := arg.(type) {
	case *parse.DotNode:
		return reference{bound: r.dot}, true
	case *parse.FieldNode:
		return reference{chain: a.Ident, bound: -1}, true
	case *parse.VariableNode:
		bound := -1
		if by, known := r.bindings.vars[a.Ident[0]]; known && len(a.Ident) == 1 {
			bound = by
		}
		return reference{base: r.handOver(a.Ident[0]), chain: a.Ident[1:], bound: bound}, true
	case *parse.ChainNode:
		ref, ok := r.reference(a.Node)
		if !ok {
			return ref, false
		}
		ref.chain, ref.bound = append(ref.chain[:len(ref.chain):len(ref.chain)], a.Field...), -1
		return ref, true
	case *parse.PipeNode:
		if len(a.Cmds) == 1 && len(a.Cmds[0].Args) == 1 && len(a.Decl) == 0 {
			return r.reference(a.Cmds[0].Args[0])
		}
	}
	return reference{}, false
}

func (r *reader) handOver(name string) int {
	for i, have := range r.vars {
		if have == name {
			return i + 1
		}
	}
	r.vars = append(r.vars, name)
	return len(r.vars)
}

// findAssigned lists the variables that change after their declaration: their value says nothing
// about the declaration.
func findAssigned(node parse.Node, into map[string]bool) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			findAssigned(child, into)
		}
	case *parse.ActionNode:
		if n.Pipe.IsAssign {
			for _, variable := range n.Pipe.Decl {
				into[variable.Ident[0]] = true
			}
		}
	case *parse.IfNode:
		findAssigned(n.List, into)
		findAssigned(n.ElseList, into)
	case *parse.RangeNode:
		findAssigned(n.List, into)
		findAssigned(n.ElseList, into)
	case *parse.WithNode:
		findAssigned(n.List, into)
		findAssigned(n.ElseList, into)
	}
}

// unprinted are functions that do not follow a value to its end, or that notice when it has none.
var unprinted = map[string]bool{
	"include": true, "tpl": true, "toYaml": true, "toJson": true, "set": true, "unset": true, "get": true, "hasKey": true,
	"index": true, "dict": true, "list": true, "tuple": true, "default": true, "empty": true, "kindIs": true, "typeIs": true,
	"kindOf": true, "typeOf": true, "and": true, "or": true, "not": true, "ternary": true, "coalesce": true, "required": true,
	"keys": true, "len": true, "omit": true, "pick": true, "nindent": true, "indent": true, "trim": true, "eq": true, "ne": true,
}

// quiet reports whether running a pipeline cannot send what it reads, as a whole, through fmt or
// a copying function. Those never end on a value that holds itself.
func quiet(pipe *parse.PipeNode) bool {
	for _, command := range pipe.Cmds {
		name, isCall := command.Args[0].(*parse.IdentifierNode)
		if isCall && !unprinted[name.Ident] {
			return false
		}
		for _, arg := range command.Args {
			if chain, ok := arg.(*parse.ChainNode); ok {
				arg = chain.Node
			}
			if inner, ok := arg.(*parse.PipeNode); ok && !quiet(inner) {
				return false
			}
		}
	}
	if len(pipe.Decl) > 0 {
		return true
	}
	last, isCall := pipe.Cmds[len(pipe.Cmds)-1].Args[0].(*parse.IdentifierNode)
	return isCall && textual[last.Ident]
}

// textual are the unprinted functions that give text, so that an action may end with them.
var textual = map[string]bool{"include": true, "tpl": true, "toYaml": true, "toJson": true, "nindent": true, "indent": true,
	"trim": true, "kindOf": true, "typeOf": true, "len": true, "hasKey": true, "eq": true, "ne": true, "not": true, "kindIs": true,
	"typeIs": true, "empty": true}

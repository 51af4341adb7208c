package dockerfile

import (
	"errors"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/kubeproof/kubeproof/internal/document"
)

// shellReader parses scripts. Parsers are reused.
type shellReader struct {
	bash, posix *syntax.Parser
}

// parse reads a script as bash does, and if that fails as POSIX has it: what runs it may be either.
func (r *shellReader) parse(script string) (*syntax.File, error) {
	if r.bash == nil {
		r.bash, r.posix = syntax.NewParser(syntax.Variant(syntax.LangBash)), syntax.NewParser(syntax.Variant(syntax.LangPOSIX))
	}
	file, err := r.bash.Parse(strings.NewReader(script), "")
	if err != nil {
		if again, second := r.posix.Parse(strings.NewReader(script), ""); second == nil {
			return again, nil
		}
	}
	return file, err
}

// Bounds of one instruction; a script of more is read no further, which is told.
const (
	mostCommands  = 2000
	deepestScript = 4 // sh -c within sh -c
	// deepestSubstitution is how deep $(...) may stand in one another.
	deepestSubstitution = 10
)

// shellCommands gives the commands of a script that the stage's shell reads.
func (s *step) shellCommands(source *text) []*document.Node {
	if shell := s.interpreter(); isPowerShell(shell) || shell == "cmd" {
		return windowsCommands(source, shell)
	}
	w := &scriptWalk{step: s, known: variables{}}
	for name, value := range s.in.known {
		w.known[name] = value
	}
	w.script(source, nil, 0)
	return w.found
}

// scriptWalk gathers the commands of one instruction.
type scriptWalk struct {
	*step
	known     variables
	found     []*document.Node
	pipelines int
	cut       bool
}

// script adds the commands of a script. A script that no shell can read is told, with the commands
// before the mistake.
func (w *scriptWalk) script(source *text, v via, depth int) {
	file, err := w.shells.parse(source.string)
	if err != nil {
		line, message := source.begin.Line, err.Error()
		var wrong syntax.ParseError
		if errors.As(err, &wrong) && wrong.Pos.IsValid() {
			line, message = source.place(int(wrong.Pos.Offset())).Line, wrong.Text
		}
		message, _, _ = strings.Cut(message, "\n")
		w.fail(line, "the shell commands: %s", message)
	}
	if file == nil {
		return
	}
	f := &scriptFile{scriptWalk: w, source: source, depth: depth}
	f.statements(file.Stmts, around{via: v})
}

// scriptFile is one script; sh -c holds another.
type scriptFile struct {
	*scriptWalk
	source *text
	depth  int
	deep   int // substitutions around what is read
}

// around is what stands around a command.
type around struct {
	via      via
	pipeline int // 0 for none
	step     int
	ignored  bool // || true
	nested   bool // in $(...), a function, a branch or a loop
}

// via are the programs through which a command is called, as sudo.
type via []argument

// with adds one more; the others may be shared.
func (v via) with(at document.At, name string) via {
	return append(slices.Clone(v), argument{value: name, at: at})
}

func (f *scriptFile) at(pos syntax.Pos) document.At {
	if !pos.IsValid() {
		return f.source.begin
	}
	return f.source.place(int(pos.Offset()))
}

func (f *scriptFile) statements(all []*syntax.Stmt, a around) {
	for _, stmt := range all {
		f.statement(stmt, a)
	}
}

func (f *scriptFile) statement(stmt *syntax.Stmt, a around) {
	if stmt == nil || len(f.found) >= mostCommands {
		f.limit()
		return
	}
	nested := a
	nested.nested = true
	switch c := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		f.call(c, stmt, a)
	case *syntax.BinaryCmd:
		f.binary(c, a)
	case *syntax.Block:
		f.statements(c.Stmts, a)
	case *syntax.Subshell:
		f.statements(c.Stmts, a)
	case *syntax.IfClause:
		for clause := c; clause != nil; clause = clause.Else {
			f.statements(clause.Cond, nested)
			f.statements(clause.Then, nested)
		}
	case *syntax.WhileClause:
		f.statements(c.Cond, nested)
		f.statements(c.Do, nested)
	case *syntax.ForClause:
		f.statements(c.Do, nested)
	case *syntax.CaseClause:
		for _, item := range c.Items {
			f.statements(item.Stmts, nested)
		}
	case *syntax.FuncDecl:
		f.statement(c.Body, nested)
	case *syntax.TimeClause:
		f.statement(c.Stmt, a)
	case *syntax.CoprocClause:
		f.statement(c.Stmt, nested)
	case *syntax.DeclClause:
		f.declare(c)
	}
}

func (f *scriptFile) limit() {
	if len(f.found) >= mostCommands && !f.cut {
		f.cut = true
		f.fail(f.source.begin.Line, "more than %d commands", mostCommands)
	}
}

func (f *scriptFile) binary(c *syntax.BinaryCmd, a around) {
	left, right := a, a
	switch c.Op {
	case syntax.Pipe, syntax.PipeAll:
		if a.pipeline == 0 {
			f.pipelines++
			left.pipeline = f.pipelines
		}
		right.pipeline, left.step, right.step = left.pipeline, a.step, a.step+steps(c.X)
	case syntax.OrStmt:
		left.ignored = a.ignored || isTrue(c.Y)
	}
	f.statement(c.X, left)
	f.statement(c.Y, right)
}

// steps is how many commands of a pipeline a statement is.
func steps(stmt *syntax.Stmt) int {
	if c, ok := stmt.Cmd.(*syntax.BinaryCmd); ok && (c.Op == syntax.Pipe || c.Op == syntax.PipeAll) {
		return steps(c.X) + steps(c.Y)
	}
	return 1
}

// isTrue reports whether a statement is true or : and so hides that another one failed.
func isTrue(stmt *syntax.Stmt) bool {
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	name := call.Args[0].Lit()
	return name == "true" || name == ":"
}

// declare reads export A=b and the like.
func (f *scriptFile) declare(c *syntax.DeclClause) {
	f.assign(c.Args)
	var env []*document.Node
	for _, assign := range c.Args {
		if assign.Name == nil || assign.Value == nil {
			continue
		}
		env = append(env, f.pair(assign))
	}
	if len(env) == 0 {
		return
	}
	node := fields{at: f.at(c.Pos())}
	node.text("name", c.Variant.Value)
	node.list("words", []*document.Node{document.PlacedText(node.at, c.Variant.Value)})
	node.list("env", env)
	f.found = append(f.found, node.tree())
}

func (f *scriptFile) pair(assign *syntax.Assign) *document.Node {
	at := f.at(assign.Pos())
	return document.PlacedMap(at, document.Field{Key: "name", Value: document.PlacedText(at, assign.Name.Value)},
		document.Field{Key: "value", Value: document.PlacedText(f.at(assign.Value.Pos()), f.word(assign.Value))})
}

// assign remembers variables that a script sets to a plain text.
func (f *scriptFile) assign(assigns []*syntax.Assign) {
	for _, assign := range assigns {
		if assign.Name == nil || assign.Append || assign.Index != nil {
			continue
		}
		if value := f.word(assign.Value); assign.Value != nil && !strings.ContainsAny(value, "$`") && len(value) < longestValue {
			f.known.set(assign.Name.Value, value)
		} else {
			delete(f.known, assign.Name.Value)
		}
	}
}

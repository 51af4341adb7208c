package dockerfile

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/kubeproof/kubeproof/internal/document"
)

// argument is a word of a command.
type argument struct {
	value string
	at    document.At
	word  *syntax.Word // nil in exec form
}

// call adds a simple command, and those that stand in its words.
func (f *scriptFile) call(c *syntax.CallExpr, stmt *syntax.Stmt, a around) {
	if len(c.Args) == 0 {
		f.assign(c.Assigns)
	}
	args := make([]argument, len(c.Args))
	for i, word := range c.Args {
		args[i] = argument{f.word(word), f.at(word.Pos()), word}
	}
	inner := a
	if f.feeds(c) && substitutes(c) {
		if inner.pipeline == 0 {
			f.pipelines++
			inner.pipeline = f.pipelines
		}
		a.pipeline, a.step = inner.pipeline, inner.step+1
	}
	inner.nested = true
	f.substitutions(c, stmt, inner)
	f.simple(args, f.surroundings(c, stmt), a)
}

// feeds reports whether a command runs what another one prints: sh -c "$(curl ...)", bash <(curl ...).
func (f *scriptFile) feeds(c *syntax.CallExpr) bool {
	if len(c.Args) == 0 {
		return false
	}
	name := path.Base(c.Args[0].Lit())
	if name == "sudo" && len(c.Args) > 1 {
		name = path.Base(c.Args[1].Lit())
	}
	return isShell(name) || name == "eval" || name == "source" || name == "." || strings.HasPrefix(name, "python") || name == "perl" || name == "node"
}

// substitutes reports whether a word of a command holds another command.
func substitutes(c *syntax.CallExpr) bool {
	found := false
	syntax.Walk(c, func(node syntax.Node) bool {
		switch node.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			found = true
		}
		return !found
	})
	return found
}

// substitutions adds the commands that stand in $(...), `...` and <(...).
func (f *scriptFile) substitutions(c *syntax.CallExpr, stmt *syntax.Stmt, a around) {
	visit := func(node syntax.Node) bool {
		switch part := node.(type) {
		case *syntax.CmdSubst:
			f.substituted(part.Stmts, a)
			return false
		case *syntax.ProcSubst:
			f.substituted(part.Stmts, a)
			return false
		}
		return true
	}
	syntax.Walk(c, visit)
	for _, redirect := range stmt.Redirs {
		syntax.Walk(redirect, visit)
	}
}

// substituted adds the commands of one substitution, to a certain depth: each word holds all that
// stands in it, so that deep ones take the square of their length.
func (f *scriptFile) substituted(all []*syntax.Stmt, a around) {
	if f.deep >= deepestSubstitution {
		if !f.cut {
			f.cut = true
			f.fail(f.source.begin.Line, "commands in one another more than %d deep", deepestSubstitution)
		}
		return
	}
	f.deep++
	f.statements(all, a)
	f.deep--
}

// surroundings are the fields that a command has beside its words: variables that are set for it,
// what it writes to, what it is fed.
func (f *scriptFile) surroundings(c *syntax.CallExpr, stmt *syntax.Stmt) []document.Field {
	extra := fields{at: f.at(c.Pos())}
	var env, writes []*document.Node
	for _, assign := range c.Assigns {
		if assign.Name != nil && assign.Value != nil {
			env = append(env, f.pair(assign))
		}
	}
	for _, redirect := range stmt.Redirs {
		switch redirect.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll, syntax.RdrClob:
			if redirect.N == nil || redirect.N.Value == "1" {
				writes = append(writes, document.PlacedText(f.at(redirect.Word.Pos()), f.word(redirect.Word)))
			}
		case syntax.Hdoc, syntax.DashHdoc:
			if redirect.Hdoc != nil {
				extra.add("input", document.PlacedText(f.at(redirect.Hdoc.Pos()), f.slice(redirect.Hdoc)))
			}
		}
	}
	extra.list("env", env)
	extra.list("writes", writes)
	return extra.all
}

// simple adds a command, or the one that a wrapper such as sudo calls.
func (f *scriptFile) simple(args []argument, extra []document.Field, a around) {
	for len(args) > 0 {
		name := commandName(args[0].value)
		rest, ok := unwrap(name, args)
		if !ok {
			break
		}
		a.via = a.via.with(args[0].at, name)
		args = rest
	}
	if len(args) == 0 && len(extra) == 0 && len(a.via) == 0 {
		return
	}
	f.found = append(f.found, f.node(args, extra, a))
	if script := inlineScript(args); script != nil && f.depth < deepestScript && !isPrinted(script.value) {
		f.inline(*script, args[0], a)
	}
}

// isPrinted reports whether a script is what another command prints.
func isPrinted(script string) bool {
	return strings.HasPrefix(script, "$(") && strings.HasSuffix(script, ")") || strings.HasPrefix(script, "`") && strings.HasSuffix(script, "`")
}

// inline adds the commands of sh -c '...'.
func (f *scriptFile) inline(script, shell argument, a around) {
	source := &text{string: script.value, file: f.file, begin: script.at}
	if start, whole := f.quoted(script); whole {
		source = f.source.from(start)
		source.string = source.string[:len(script.value)]
	}
	f.script(source, a.via.with(shell.at, commandName(shell.value)), f.depth+1)
}

// quoted is where the text of a word begins if it stands in the source as it is, in one pair of quotes.
func (f *scriptFile) quoted(script argument) (int, bool) {
	if script.word == nil || len(script.word.Parts) != 1 {
		return 0, false
	}
	start := int(script.word.Pos().Offset()) + 1
	end := start + len(script.value)
	return start, end <= len(f.source.string) && f.source.string[start:end] == script.value
}

func (f *scriptFile) node(args []argument, extra []document.Field, a around) *document.Node {
	node := fields{at: f.source.begin}
	if len(args) > 0 {
		node.at = args[0].at
		node.text("name", commandName(args[0].value))
	} else if len(extra) > 0 {
		node.at = document.At{Line: int(extra[0].Value.Line), Column: int(extra[0].Value.Column)}
	}
	node.list("words", placed(args))
	node.all = append(node.all, extra...)
	node.list("via", placed(a.via))
	if a.pipeline > 0 {
		node.number("pipeline", a.pipeline)
		node.number("step", a.step)
	}
	node.flag("ignored", a.ignored)
	node.flag("nested", a.nested)
	return node.tree()
}

func placed(args []argument) []*document.Node {
	nodes := make([]*document.Node, len(args))
	for i, arg := range args {
		nodes[i] = document.PlacedText(arg.at, arg.value)
	}
	return nodes
}

// commandName is a program without its folder.
func commandName(word string) string {
	if at := strings.LastIndexByte(word, '/'); at >= 0 && at+1 < len(word) && !strings.ContainsAny(word, "`(") {
		return word[at+1:]
	}
	return word
}

// execCommands gives the command of an exec form, and those of the script that it may hold.
func (s *step) execCommands(words []string) []*document.Node {
	if len(words) == 0 {
		return nil
	}
	w := &scriptWalk{step: s, known: variables{}}
	f := &scriptFile{scriptWalk: w, source: &text{file: s.file, begin: s.fields.at}}
	args := make([]argument, len(words))
	places := finder{in: s.st.text, at: min(len(s.st.name), len(s.st.text.string))}
	for i, word := range words {
		args[i] = argument{value: word, at: places.find(word)}
	}
	f.simple(args, nil, around{})
	return w.found
}

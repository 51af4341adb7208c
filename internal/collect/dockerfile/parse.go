package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/command"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/util/suggest"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// statement is one instruction as the reference parser reads it.
type statement struct {
	name   string // in capitals
	parsed any    // *instructions.Stage or an instructions.Command
	text   *text  // the whole instruction
	end    int    // its last line
	// heredocs are the lines, from 1, on which the texts of the heredocs begin.
	heredocs []int
	comments []string
}

// problem is a part of a file that could not be read.
type problem struct {
	line    int
	message string
}

// mostProblems bounds how often a file is parsed anew.
const mostProblems = 20

// parsed is a file taken apart.
type parsed struct {
	statements []*statement
	escape     rune
	problems   []problem
}

// parse reads a Dockerfile with the reference parser. What that refuses is a problem, and the
// rest is read without it: one bad line must not hide the others.
func parse(content []byte) *parsed {
	p := &parsed{escape: parser.DefaultEscapeToken}
	result := p.tree(bytes.Clone(content))
	if result == nil {
		return p
	}
	p.escape = result.EscapeToken
	file := linesOf(content)
	for _, node := range result.AST.Children {
		read, err := instructions.ParseInstruction(node)
		if err != nil {
			p.fail(node.StartLine, err)
			continue
		}
		p.statements = append(p.statements, p.statement(node, read, file))
	}
	return p
}

// tree parses the file, without the lines that the parser refuses.
func (p *parsed) tree(content []byte) *parser.Result {
	for range mostProblems {
		result, err := parser.Parse(bytes.NewReader(content))
		if err == nil {
			return result
		}
		first, last, found := refused(err)
		if !found || !blank(content, first, last) {
			p.fail(max(first, 1), err)
			return nil
		}
		p.fail(first, err)
	}
	p.fail(1, errors.New("more of it is broken: it was not read"))
	return nil
}

// refused tells which lines the parser did not take.
func refused(err error) (first, last int, found bool) {
	var located *parser.LocationError
	if !errors.As(err, &located) || len(located.Locations) == 0 || len(located.Locations[0]) == 0 {
		return 0, 0, false
	}
	ranges := located.Locations[0]
	return ranges[0].Start.Line, max(ranges[len(ranges)-1].End.Line, ranges[0].Start.Line), ranges[0].Start.Line > 0
}

// blank empties lines in place; false if there was nothing to empty, so that parsing again would
// fail again.
func blank(content []byte, first, last int) bool {
	number, emptied := 1, false
	for i, b := range content {
		if b == '\n' {
			number++
			continue
		}
		if number >= first && number <= last && b != ' ' {
			content[i], emptied = ' ', true
		}
	}
	return emptied
}

// toldProblems is how many of a file's problems are told one by one; a template has one on each line.
const toldProblems = 5

func (p *parsed) fail(line int, err error) {
	p.problems = append(p.problems, problem{line, reasonOf(err)})
}

// told are the first problems, and how many more there are.
func told(problems []problem) []problem {
	if len(problems) <= toldProblems {
		return problems
	}
	parts := "one more part"
	if n := len(problems) - toldProblems; n > 1 {
		parts = fmt.Sprintf("%d more parts", n)
	}
	rest := problem{problems[toldProblems].line, parts + ", from here on: is this a template?"}
	return append(slices.Clone(problems[:toldProblems]), rest)
}

// reasonOf is the innermost error on one line: the parser wraps its own with places, which stand
// beside the message.
func reasonOf(err error) string {
	message, _, _ := strings.Cut(err.Error(), "\n")
	if _, rest, found := strings.Cut(message, "dockerfile parse error on line "); found {
		if _, inner, found := strings.Cut(rest, ": "); found {
			message = inner
		}
	}
	message = suggested(message, err)
	const longest = 200
	if len(message) > longest {
		message = strings.ToValidUTF8(message[:longest], "") + "..."
	}
	return secret.Mask(message)
}

// suggested makes a suggestion the same in every run: the parser searches a map, and gives any one of several
// that are as near.
func suggested(message string, err error) string {
	message, _, _ = strings.Cut(message, " (did you mean ")
	var unknown *instructions.UnknownInstructionError
	if errors.As(err, &unknown) {
		if like, found := suggest.Search(unknown.Instruction, slices.Sorted(maps.Keys(command.Commands)), false); found {
			return message + " (did you mean " + like + "?)"
		}
	}
	return message
}

func (p *parsed) statement(node *parser.Node, read any, file lines) *statement {
	joined, next := join(file, node.StartLine, p.escape)
	if joined.string != node.Original {
		// Only the line of the instruction is sure.
		joined = &text{string: node.Original, file: file, begin: joined.begin}
	}
	s := &statement{name: strings.ToUpper(node.Value), parsed: read, text: joined, end: node.EndLine, comments: node.PrevComment}
	for _, heredoc := range node.Heredocs {
		s.heredocs = append(s.heredocs, next)
		next += strings.Count(heredoc.Content, "\n") + 1
	}
	return s
}

func (p problem) String() string { return fmt.Sprintf("line %d: %s", p.line, p.message) }

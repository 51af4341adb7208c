package dockerfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// reading is one Dockerfile while its instructions are read in their order.
type reading struct {
	source   *inventory.Source
	options  Options
	file     lines
	escape   rune
	expand   *expander
	shells   shellReader
	problems []problem
	doubts   []problem

	globals variables // ARG before the first FROM
	args    []*document.Node
	stages  []*stage
	copied  []copied
	context *document.Node
	// ignored are hadolint's rules that the file switches off as a whole.
	ignored []string
}

// platform are the variables that every build has, for the platform that most clusters run.
var platform = variables{"TARGETPLATFORM": "linux/amd64", "TARGETOS": "linux", "TARGETARCH": "amd64", "TARGETVARIANT": "",
	"BUILDPLATFORM": "linux/amd64", "BUILDOS": "linux", "BUILDARCH": "amd64", "BUILDVARIANT": "", "TARGETSTAGE": ""}

func newReading(source *inventory.Source, p *parsed, options Options) *reading {
	return &reading{source: source, options: options, file: linesOf(source.Text), escape: p.escape, expand: newExpander(p.escape),
		problems: p.problems, globals: variables{}, ignored: globalIgnores(linesOf(source.Text))}
}

func (r *reading) fail(line int, format string, args ...any) {
	r.problems = append(r.problems, problem{line, secret.Mask(fmt.Sprintf(format, args...))})
}

// errors are what could not be read, which a person may take for judged.
func (r *reading) errors() []inventory.Error {
	var all []inventory.Error
	for _, p := range told(r.problems) {
		all = append(all, inventory.Error{File: r.source.File, Line: p.line, Lost: true,
			Message: "this part of the Dockerfile was not read: " + p.message + ": correct it"})
	}
	for _, p := range r.doubts {
		all = append(all, inventory.Error{File: r.source.File, Line: p.line, Message: p.message})
	}
	return all
}

// statement adds one instruction to the stage that it stands in.
func (r *reading) statement(s *statement) {
	if from, ok := s.parsed.(*instructions.Stage); ok {
		r.from(s, from)
		return
	}
	if len(r.stages) == 0 {
		if arg, ok := s.parsed.(*instructions.ArgCommand); ok {
			r.globalArgs(s, arg)
			return
		}
		r.fragment(s)
	}
	r.stages[len(r.stages)-1].add(r.instruction(s))
}

// fragment begins a stage for the instructions of a file that has no FROM, as one that others
// include.
func (r *reading) fragment(s *statement) {
	r.doubts = append(r.doubts, problem{s.text.begin.Line, "no FROM stands before this instruction, so the base image is not known: the rest was judged"})
	r.stages = append(r.stages, &stage{at: s.text.begin, known: variables{}, fragment: true})
}

func (r *reading) globalArgs(s *statement, arg *instructions.ArgCommand) {
	words := finder{in: s.text, at: len("ARG")}
	for _, pair := range arg.Args {
		at := words.find(pair.Key)
		node := document.Field{}
		if pair.Value != nil {
			value, _ := r.expand.word(*pair.Value, r.forImages())
			r.globals.set(pair.Key, value)
			node = document.Field{Key: "default", Value: document.PlacedText(at, value)}
		}
		r.args = append(r.args, document.PlacedMap(at, document.Field{Key: "name", Value: document.PlacedText(at, pair.Key)}, node))
	}
}

// forImages are the variables that FROM may use.
func (r *reading) forImages() variables {
	all := make(variables, len(platform)+len(r.globals))
	for name, value := range platform {
		all[name] = value
	}
	for name, value := range r.globals {
		all[name] = value
	}
	return all
}

// tree puts everything together.
func (r *reading) tree() *document.Node {
	at := document.At{Line: 1, Column: 1}
	r.reach()
	var stages, problems []*document.Node
	for i, s := range r.stages {
		stages = append(stages, r.stageTree(i, s))
	}
	for _, p := range told(r.problems) {
		problems = append(problems, document.PlacedText(document.At{Line: p.line, Column: 1}, p.String()))
	}
	all := []document.Field{
		{Key: "apiVersion", Value: document.PlacedText(at, inventory.FactVersion)},
		{Key: "kind", Value: document.PlacedText(at, inventory.FactDockerfile)},
		{Key: "metadata", Value: document.PlacedMap(at, document.Field{Key: "name", Value: document.PlacedText(at, r.source.File)})},
		{Key: "observed", Value: r.observed(at)},
		{Key: "syntax", Value: r.syntax()},
		{Key: "args", Value: document.PlacedList(at, r.args)},
		{Key: "stages", Value: document.PlacedList(at, stages)},
		{Key: "context", Value: r.context},
	}
	if len(r.ignored) > 0 {
		ignores := (&fields{at: at})
		ignores.texts("ignores", r.ignored)
		all = append(all, ignores.all...)
	}
	if len(problems) > 0 {
		all = append(all, document.Field{Key: "unread", Value: document.PlacedList(at, problems)})
	}
	return document.PlacedMap(at, all...)
}

// observed is the time of the run; nil if it is not told.
func (r *reading) observed(at document.At) *document.Node {
	if r.options.Observed == "" {
		return nil
	}
	return document.PlacedText(at, r.options.Observed)
}

// syntax is the frontend that the file asks for; nil if none.
func (r *reading) syntax() *document.Node {
	_, value, ranges, found := parser.ParseDirective("syntax", r.source.Text)
	if !found || len(ranges) == 0 {
		return nil
	}
	return document.PlacedText(document.At{Line: ranges[0].Start.Line, Column: 1}, value)
}

// errNoStage is why a stage that is named cannot be built.
var errNoStage = errors.New("no stage has that name")

// target is the index of the stage that is built.
func (r *reading) target() int {
	if r.options.Target != "" {
		if i := r.stage(r.options.Target, len(r.stages)); i >= 0 {
			return i
		}
		r.doubts = append(r.doubts, problem{1, fmt.Sprintf("target %q: %v: the last one is taken", r.options.Target, errNoStage)})
	}
	return len(r.stages) - 1
}

// stage finds one of the first n stages by its name or number; -1 if there is none.
func (r *reading) stage(name string, n int) int {
	for i := n - 1; i >= 0; i-- {
		if r.stages[i].name != "" && strings.EqualFold(r.stages[i].name, name) {
			return i
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < n {
		return i
	}
	return -1
}

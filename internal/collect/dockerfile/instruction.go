package dockerfile

import (
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/kubeproof/kubeproof/internal/document"
)

// step is one instruction while its node is made.
type step struct {
	*reading
	fields
	in    *stage
	st    *statement
	words finder
}

// instruction makes the node of one instruction, and lets what it sets last for those behind it.
func (r *reading) instruction(st *statement) *fields {
	in := r.stages[len(r.stages)-1]
	s := &step{reading: r, fields: fields{at: st.text.begin}, in: in, st: st}
	s.fields.text("instruction", st.name)
	s.fields.texts("ignores", ignoresIn(st.comments))
	s.setting("user", in.user)
	s.setting("workdir", in.workdir)
	s.dispatch(st.parsed)
	return &s.fields
}

func (s *step) dispatch(parsed any) {
	s.words = finder{in: s.st.text, at: min(len(s.st.name), len(s.st.text.string))}
	switch c := parsed.(type) {
	case *instructions.RunCommand:
		s.run(c)
	case *instructions.CopyCommand:
		s.copies(c.SourcesAndDest, taking{c.Chown, c.Chmod, c.From, c.ExcludePatterns, c.Parents, c.Link, ""})
	case *instructions.AddCommand:
		s.copies(c.SourcesAndDest, taking{c.Chown, c.Chmod, "", c.ExcludePatterns, false, c.Link, c.Checksum})
	case *instructions.EnvCommand:
		s.pairs(c.Env, true)
	case *instructions.LabelCommand:
		s.pairs(c.Labels, false)
	case *instructions.ArgCommand:
		s.arguments(c)
	case *instructions.UserCommand:
		s.in.user = s.one(c.User)
	case *instructions.WorkdirCommand:
		s.in.workdir = s.one(c.Path)
	case *instructions.StopSignalCommand:
		s.one(c.Signal)
	case *instructions.MaintainerCommand:
		s.one(c.Maintainer)
	case *instructions.ExposeCommand:
		s.list("words", s.each(strings.Fields(s.st.text.string)[1:])) // the parser sorts them
	case *instructions.VolumeCommand:
		s.list("words", s.each(c.Volumes))
	case *instructions.ShellCommand:
		s.in.shell = c.Shell
		s.list("words", s.exact(c.Shell))
	case *instructions.CmdCommand:
		s.command(c.ShellDependantCmdLine)
	case *instructions.EntrypointCommand:
		s.command(c.ShellDependantCmdLine)
	case *instructions.HealthCheckCommand:
		s.health(c)
	case *instructions.OnbuildCommand:
		s.onBuild(c)
	}
}

// one is the instruction's only word, filled in.
func (s *step) one(word string) *setting {
	value, _ := s.expand.word(word, s.in.known)
	at := s.words.find(word)
	s.list("words", []*document.Node{document.PlacedText(at, value)})
	return &setting{value, at}
}

// each are words with their variables filled in.
func (s *step) each(words []string) []*document.Node {
	var nodes []*document.Node
	for _, word := range words {
		value, _ := s.expand.word(word, s.in.known)
		nodes = append(nodes, document.PlacedText(s.words.find(word), value))
	}
	return nodes
}

// exact are words in which nothing is filled in.
func (s *step) exact(words []string) []*document.Node {
	var nodes []*document.Node
	for _, word := range words {
		nodes = append(nodes, document.PlacedText(s.words.find(word), word))
	}
	return nodes
}

func (s *step) pairs(pairs instructions.KeyValuePairs, set bool) {
	var nodes []*document.Node
	before := s.in.known
	if set {
		// All pairs of one instruction see what was set before it.
		before = variables{}
		for name, value := range s.in.known {
			before[name] = value
		}
	}
	for _, pair := range pairs {
		name, _ := s.expand.word(pair.Key, before)
		value, _ := s.expand.word(pair.Value, before)
		at := s.words.find(pair.Key)
		valueAt := s.words.find(pair.Value)
		if pair.Value == "" || valueAt == s.words.in.begin {
			valueAt = at
		}
		nodes = append(nodes, document.PlacedMap(at, document.Field{Key: "name", Value: document.PlacedText(at, name)},
			document.Field{Key: "value", Value: document.PlacedText(valueAt, value)}))
		if set {
			s.in.known.set(name, value)
		}
	}
	s.list("pairs", nodes)
}

func (s *step) arguments(c *instructions.ArgCommand) {
	var nodes []*document.Node
	for _, arg := range c.Args {
		at := s.words.find(arg.Key)
		fields := []document.Field{{Key: "name", Value: document.PlacedText(at, arg.Key)}}
		switch {
		case arg.Value != nil:
			value, _ := s.expand.word(*arg.Value, s.in.known)
			fields = append(fields, document.Field{Key: "value", Value: document.PlacedText(at, value)})
			if _, isSet := s.in.known[arg.Key]; !isSet { // ENV wins over ARG
				s.in.known.set(arg.Key, value)
			}
		default:
			if value, found := s.forImages()[arg.Key]; found {
				s.in.known[arg.Key] = value
			}
		}
		nodes = append(nodes, document.PlacedMap(at, fields...))
	}
	s.list("pairs", nodes)
}

// command is that of CMD and ENTRYPOINT.
func (s *step) command(c instructions.ShellDependantCmdLine) {
	s.flag("exec", !c.PrependShell)
	if !c.PrependShell {
		s.list("words", s.exact(c.CmdLine))
		s.list("commands", s.execCommands(c.CmdLine))
		return
	}
	s.list("commands", s.shellCommands(s.rest(strings.Join(c.CmdLine, " "))))
}

func (s *step) health(c *instructions.HealthCheckCommand) {
	if c.Health == nil || len(c.Health.Test) == 0 {
		return
	}
	test := c.Health.Test
	s.list("words", s.exact(test))
	switch test[0] {
	case "CMD":
		s.list("commands", s.execCommands(test[1:]))
	case "CMD-SHELL":
		s.list("commands", s.shellCommands(s.rest(strings.Join(test[1:], " "))))
	}
}

// rest is the end of the instruction's text, with its places.
func (s *step) rest(end string) *text {
	whole := strings.TrimRight(s.st.text.string, " \t")
	if end = strings.TrimRight(end, " \t"); strings.HasSuffix(whole, end) {
		return s.st.text.from(len(whole) - len(end))
	}
	return &text{string: end, file: s.file, begin: s.st.text.begin}
}

// onBuild reads the instruction that builds on this image will run. It sets nothing here.
func (s *step) onBuild(c *instructions.OnbuildCommand) {
	result, err := parser.Parse(strings.NewReader(c.Expression))
	if err != nil || len(result.AST.Children) != 1 {
		return
	}
	node := result.AST.Children[0]
	parsed, err := instructions.ParseInstruction(node)
	if err != nil {
		return
	}
	inner, copied := *s.in, s.copied
	inner.known = variables{}
	for name, value := range s.in.known {
		inner.known[name] = value
	}
	st := &statement{name: strings.ToUpper(node.Value), parsed: parsed, text: s.rest(c.Expression), end: s.st.end}
	t := &step{reading: s.reading, fields: fields{at: st.text.begin}, in: &inner, st: st}
	t.fields.text("instruction", st.name)
	t.dispatch(parsed)
	s.add("trigger", t.fields.tree())
	s.in.takesFrom = inner.takesFrom
	s.copied = copied // it takes from the context of another build
}

package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// SecretInRun finds secrets in the commands of RUN, CMD, ENTRYPOINT and HEALTHCHECK, and in the texts
// that RUN, COPY and ADD hold. Scope object:Dockerfile.
func SecretInRun(in assessment.Input) []assessment.Verdict {
	file := dockerfile.Of(in)
	s := &search{file: file, known: setSecrets(in, file), told: map[int32]bool{}}
	dockerfile.Each(file.Stages, func(i *dockerfile.Instruction) {
		s.in = i
		for _, c := range i.Commands {
			s.command(c)
		}
		for _, heredoc := range i.Get("heredocs").Children() {
			s.text(heredoc)
		}
		for _, source := range i.Get("sources").Children() {
			if found, ok := secret.Detect("", source.Text()); ok && !s.isFilledIn(source) {
				s.verdicts = append(s.verdicts, assessment.Failed(i.Name+" holds "+found.What, source))
			}
		}
	})
	return s.verdicts
}

// search goes through the instructions of a file.
type search struct {
	file *dockerfile.File
	in   *dockerfile.Instruction
	// known are the secrets that ENV and ARG hold, which variables bring into commands: they are told there.
	known    []string
	told     map[int32]bool // lines
	verdicts []assessment.Verdict
}

// setSecrets are the secrets that ENV and ARG set.
func setSecrets(in assessment.Input, file *dockerfile.File) []string {
	var all []string
	keep := func(name, value string) {
		if _, ok := secret.Detect(name, value); ok {
			all = append(all, value)
		}
	}
	for _, arg := range in.Subject.Root.Get("args").Children() {
		keep(arg.Get("name").Text(), arg.Get("default").Text())
	}
	dockerfile.Each(file.Stages, func(i *dockerfile.Instruction) {
		for _, pair := range i.Get("pairs").Children() {
			keep(pair.Get("name").Text(), pair.Get("value").Text())
		}
	})
	return all
}

// tell adds a finding, one for each line.
func (s *search) tell(at *document.Node, what string) {
	if s.told[at.Line] {
		return
	}
	s.told[at.Line] = true
	does := s.in.Name
	if does == "COPY" || does == "ADD" {
		does += " writes"
	} else {
		does += " holds"
	}
	s.verdicts = append(s.verdicts, assessment.Failed(does+" "+what, at))
}

// isFilledIn reports whether a text has its secret from a variable: it does not stand in the source as it is.
func (s *search) isFilledIn(at *document.Node) bool {
	text := at.Text()
	for _, value := range s.known {
		if strings.Contains(text, value) && !written(s.file, at) {
			return true
		}
	}
	return false
}

func (s *search) command(c *dockerfile.Command) {
	for _, pair := range c.Get("env").Children() {
		name, value := pair.Get("name").Text(), pair.Get("value").Text()
		if found, ok := secret.Detect(name, value); ok && !s.isFilledIn(pair.Get("value")) {
			s.tell(pair.Get("value"), found.What)
		}
	}
	var reader secret.Command
	for n, word := range c.Words {
		text := word.Text()
		found, ok := reader.Word(text)
		if !ok {
			found, ok = inCommand(c, n, text)
		}
		if ok && !s.isFilledIn(word) && !isInline(c, n) {
			s.tell(word, found.What)
		}
	}
	if input := c.Get("input"); input != nil {
		s.text(input)
	}
}

// isInline reports whether a word is a script of which the commands are judged by themselves.
func isInline(c *dockerfile.Command, n int) bool {
	return n > 1 && isShell(c.Name) && strings.HasPrefix(c.Word(n-1), "-") && strings.HasSuffix(c.Word(n-1), "c")
}

// text looks into a heredoc, which may be the value itself or hold it under "text".
func (s *search) text(node *document.Node) {
	name, content := "", node
	if inner := node.Get("text"); inner != nil {
		name, content = node.Get("name").Text(), inner
	}
	for _, hit := range secret.Scan(name, content.Text()) {
		at := document.PlacedText(document.At{Line: int(content.Line) + hit.Line - 1, Column: 1}, "")
		s.tell(at, hit.What)
	}
}

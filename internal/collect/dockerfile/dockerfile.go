// Package dockerfile turns Dockerfiles into subjects of kind Dockerfile: stages, instructions, and
// every command that a RUN calls, each with its line and column. It reads with the reference parser
// and shells with a shell's grammar; nothing is run or fetched. docs/dockerfiles.md describes the
// subject. Begin with Read.
package dockerfile

import (
	"fmt"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Looks reports whether a text without a name is a Dockerfile: its first instruction is FROM, or
// ARG before a FROM.
func Looks(content []byte) bool {
	for line := range strings.Lines(string(content[:min(len(content), 64<<10)])) {
		words := strings.Fields(strings.TrimPrefix(line, "\ufeff"))
		switch {
		case len(words) == 0 || words[0][0] == '#':
		case strings.EqualFold(words[0], "FROM") && len(words) > 1:
			return true
		case !strings.EqualFold(words[0], "ARG"):
			return false
		}
	}
	return false
}

// Options say how a Dockerfile is read.
type Options struct {
	// Target is the stage that is built; "" for the last one.
	Target string
	// Observed is the time of the run in RFC 3339, by which the ends of releases are judged; "" leaves it out.
	Observed string
	// Context finds the build context of a file by what its COPY and ADD instructions take from there.
	// It gives facts about the context, nil for none, and tells what one of them would take; nil
	// where there is no context.
	Context func(sources []string) (about *document.Node, takes Taker)
}

// Taker tells, as a node that stands at a place, what an instruction would take; nil if that is not known.
type Taker func(at document.At, take Take) *document.Node

// Take is what a COPY or ADD asks of the context.
type Take struct {
	Sources, Exclude []string
	Parents          bool
}

// mostBytes bounds a Dockerfile.
const mostBytes = 4 << 20

// The bounds of what is read of one: checks hold instructions and stages against each other. Of 2,567
// real ones the longest had 112 instructions and 15 stages.
const (
	mostInstructions = 5000
	mostStages       = 500
)

// Read reads a Dockerfile. It gives no subject where there is nothing in it to judge. What could
// not be read is an error with its line, and the rest is judged.
func Read(source *inventory.Source, options Options) (*inventory.Subject, []inventory.Error) {
	if len(source.Text) > mostBytes {
		return nil, []inventory.Error{{File: source.File, Lost: true, Message: fmt.Sprintf("it is larger than %d MiB, which no Dockerfile is: name another file", mostBytes>>20)}}
	}
	parsed := parse(source.Text)
	r := newReading(source, parsed, options)
	for n, s := range parsed.statements {
		if n >= mostInstructions || s.name == "FROM" && len(r.stages) >= mostStages {
			r.fail(s.text.begin.Line, "all from here on, since there are more than %d instructions or %d stages", mostInstructions, mostStages)
			break
		}
		r.statement(s)
	}
	r.lookIntoContext()
	root := r.tree()
	errs := r.errors()
	if len(r.stages) == 0 {
		if len(errs) == 0 {
			errs = []inventory.Error{{File: source.File, Line: 1, Lost: true, Message: "it holds no instruction to judge: write FROM and what follows it"}}
		}
		return nil, errs
	}
	return &inventory.Subject{Kind: inventory.FactDockerfile, APIVersion: inventory.FactVersion, Name: path.Base(source.File), Root: root,
		Source: source, EndLine: len(r.file)}, errs
}

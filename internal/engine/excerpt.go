package engine

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// widest is how much of a line an excerpt shows, in bytes; deepest is how many lines.
const (
	widest  = 160
	deepest = 5
)

// excerpts cuts lines out of one source after another. Masked lines are kept, since the
// findings of one object share most of them.
type excerpts struct {
	source *inventory.Source
	fact   bool // the subject is one that no people wrote, so that it holds no secrets
	starts []int
	masked map[int]string
}

func (e *excerpts) begin(subject *inventory.Subject) {
	if e.source != subject.Source {
		*e = excerpts{source: subject.Source}
	}
	e.fact = subject.APIVersion == inventory.FactVersion && len(subject.Source.Text) == 0
	clear(e.masked)
}

// of shows the guilty line below the lines that lead to it. Only those lines are shown: what
// stands beside them may be secret. With hide the guilty value itself is left out.
func (e *excerpts) of(n *document.Node, hide bool, mask func(string) string) *assessment.Evidence {
	if len(e.source.Text) == 0 || n.Line == 0 {
		return drawn(n, hide, e.fact, mask)
	}
	guilty, _ := lineOf(n)
	numbers := []int{guilty}
	for at := n.Parent(); at != nil && at.Parent() != nil && len(numbers) < deepest; at = at.Parent() {
		if line, _ := lineOf(at); line < numbers[len(numbers)-1] {
			numbers = append(numbers, line)
		}
	}
	evidence := &assessment.Evidence{Lines: make([]assessment.Line, 0, len(numbers))}
	for i := len(numbers) - 1; i >= 0; i-- {
		text := e.line(numbers[i], mask)
		if i == 0 && hide {
			text = e.hidden(n, guilty, mask)
		}
		evidence.Lines = append(evidence.Lines, assessment.Line{Number: numbers[i], Text: text, Guilty: i == 0})
	}
	return evidence
}

// hidden is the guilty line up to where the value begins. What stands before it may hold other
// secrets, on the one line of a JSON file for example.
func (e *excerpts) hidden(n *document.Node, line int, mask func(string) string) string {
	text := e.raw(line)
	cut := len(text)
	if int(n.Line) == line {
		cut = min(cut, byteOf(text, int(n.Column)-1))
	}
	text = strings.TrimRight(text[:cut], " ")
	if mask != nil {
		text = mask(text)
	}
	return shortened(text) + " [hidden]"
}

// shortened cuts a text to the widest that an excerpt shows.
func shortened(text string) string {
	if len(text) <= widest {
		return text
	}
	return strings.ToValidUTF8(text[:widest], "") + "…"
}

// byteOf turns a column, which counts characters, into an offset in bytes.
func byteOf(text string, characters int) int {
	at := 0
	for ; characters > 0 && at < len(text); characters-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

func (e *excerpts) line(number int, mask func(string) string) string {
	if text, known := e.masked[number]; known {
		return text
	}
	text := e.raw(number)
	if mask != nil {
		text = mask(text)
	}
	text = shortened(text)
	if e.masked == nil {
		e.masked = map[int]string{}
	}
	e.masked[number] = text
	return text
}

// raw is one line of the source, bounded so that a minified file costs no more than others.
func (e *excerpts) raw(number int) string {
	if e.starts == nil {
		e.index()
	}
	if number < 1 || number > len(e.starts) {
		return ""
	}
	text := e.source.Text[e.starts[number-1]:]
	if end := bytes.IndexByte(text, '\n'); end >= 0 {
		text = text[:end]
	}
	if len(text) > 64*widest {
		text = text[:64*widest]
	}
	return strings.ToValidUTF8(strings.TrimRight(string(text), "\r"), "")
}

func (e *excerpts) index() {
	e.starts = append(make([]int, 0, 1+bytes.Count(e.source.Text, []byte{'\n'})), 0)
	for at, b := range e.source.Text {
		if b == '\n' {
			e.starts = append(e.starts, at+1)
		}
	}
}

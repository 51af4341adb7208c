package acceptance

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const (
	commentMark      = "kubeproof:accept"
	annotationPrefix = "kubeproof.dev/accept."
)

// directive is an acceptance written in a scanned file.
type directive struct {
	control string
	reason  string
	expires string
	refused error // why it is not applied
	line    int   // where it is written
	target  int   // comments: the line that it covers with all below; 0 for annotations
	object  *document.Node
}

// commentsIn finds "# kubeproof:accept CONTROL until=YYYY-MM-DD REASON". On a line of its own it
// covers what begins on the next line, behind a value what begins on its line.
func commentsIn(text []byte) []directive {
	if !bytes.Contains(text, []byte(commentMark)) {
		return nil
	}
	var found []directive
	var waiting []int // directives on lines of their own, until the next line with content
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		content := strings.TrimSpace(line)
		before, comment, marked := strings.Cut(content, "# "+commentMark)
		if marked {
			d := parse(comment)
			d.line, d.target = number, number
			found = append(found, d)
			if before == "" {
				waiting = append(waiting, len(found)-1)
			}
		}
		if content == "" || content[0] == '#' || content == "---" {
			continue
		}
		for _, i := range waiting {
			found[i].target = number
		}
		waiting = nil
	}
	return found
}

// parse reads "CONTROL until=DATE REASON".
func parse(text string) directive {
	words := strings.Fields(text)
	if len(words) == 0 {
		return directive{refused: fmt.Errorf("acceptance names no control: write %s CONTROL until=YYYY-MM-DD REASON", commentMark)}
	}
	return parseTerms(words[0], words[1:])
}

func parseTerms(control string, words []string) directive {
	d := directive{control: control}
	var reason []string
	for _, word := range words {
		if date, ok := strings.CutPrefix(word, "until="); ok {
			d.expires = date
			continue
		}
		reason = append(reason, word)
	}
	d.reason = strings.Join(reason, " ")
	switch _, err := time.Parse(time.DateOnly, d.expires); {
	case d.expires == "":
		d.refused = fmt.Errorf("acceptance of %s has no end date: add until=YYYY-MM-DD", control)
	case err != nil:
		d.refused = fmt.Errorf("acceptance of %s ends on %q, which is no date: write until=YYYY-MM-DD", control, d.expires)
	case d.reason == "":
		d.refused = fmt.Errorf("acceptance of %s has no reason: say why the risk is accepted", control)
	}
	return d
}

// annotationsOf finds kubeproof.dev/accept.CONTROL on the object and on its pod template.
func annotationsOf(s *inventory.Subject) []directive {
	places := []*document.Node{s.Root.Get("metadata", "annotations")}
	if s.Pod != nil && s.Pod.Template != s.Root {
		places = append(places, s.Pod.Template.Get("metadata", "annotations"))
	}
	var found []directive
	for _, annotations := range places {
		for _, annotation := range annotations.Children() {
			control, ok := strings.CutPrefix(annotation.Key(), annotationPrefix)
			if !ok {
				continue
			}
			d := parseTerms(control, strings.Fields(annotation.Text()))
			d.line, d.object = int(annotation.KeyLine), s.Root
			found = append(found, d)
		}
	}
	return found
}

// covers reports whether the directive is about the control at a value, whatever the day.
func (d directive) covers(control string, n *document.Node) bool {
	if d.control != control || n == nil {
		return false
	}
	if d.target == 0 {
		return n.Root() == d.object
	}
	for ; n != nil; n = n.Parent() {
		if begins(n, int32(d.target)) {
			return true
		}
	}
	return false
}

// begins reports whether a field, an element or the document begins on a line. A map or a list
// that is the value of a field begins with its key, not where its first element stands: else a
// comment beside the first container would cover them all.
func begins(n *document.Node, line int32) bool {
	switch {
	case n.KeyLine == 0:
		return n.Line == line
	case n.Kind == document.Map || n.Kind == document.List:
		return n.KeyLine == line
	}
	return n.KeyLine == line || n.Line == line
}

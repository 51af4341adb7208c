package report

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// indent stands below the message of an entry.
const indent = "              "

// Without Full: how many findings of one entry are named, how many lines an excerpt has, and how
// many the snippet of a fix.
const (
	mostMessages = 5
	mostSource   = 3
	mostSnippet  = 8
)

// entry writes the findings of one control on one subject.
func (t *table) entry(e *entry) {
	f := e.first()
	word, style := badge(f)
	head := wrap(safe(f.Message)+" ", t.width-len(indent))
	for i, line := range head {
		lead := indent
		if i == 0 {
			lead = "    " + t.padded(style, word) + "  "
		}
		t.line("%s%s", lead, line)
	}
	t.where(f)
	t.others(e.findings[1:])
	switch {
	case f.Outcome == assessment.Accepted:
		t.accepted(f.Exception)
	case f.Outcome == assessment.Fail && t.detailed(f):
		if t.full || f.Severity.Rank() >= control.High.Rank() {
			t.excerpt(f)
		}
		t.fix(f)
	}
}

// detailed reports whether this failure is shown with its fix, and with its source if it is severe.
func (t *table) detailed(f *assessment.Finding) bool {
	if t.full {
		return true
	}
	first := !t.shown[f.Control]
	t.shown[f.Control] = true
	return first && f.Severity.Rank() >= control.Medium.Rank()
}

// where writes the place as editors and terminals link it, and the control.
func (t *table) where(f *assessment.Finding) {
	text := t.paint(dim, safe(f.Control))
	switch at := safe(place(f)); {
	case at == "":
	case f.Location.File == "" && len(indent)+columns(at)+2+columns(f.Control) > t.width:
		t.line("%s%s", indent, t.paint(cyan, clip(at, t.width-len(indent))))
	default:
		text = t.paint(cyan, at) + "  " + text
	}
	t.line("%s%s", indent, text)
	if v := f.Location.Value; v != nil {
		by := safe(position(v.File, v.Line, v.Column))
		if v.Path != "" {
			by += " (" + safe(v.Path) + ")"
		}
		t.line("%sdecided by %s", indent, by)
	}
}

// others names the further findings of an entry in a line each; without Full only some.
func (t *table) others(findings []*assessment.Finding) {
	for i, f := range findings {
		if i == mostMessages-1 && len(findings) > mostMessages && !t.full {
			t.line("%s%s", indent, t.paint(dim, fmt.Sprintf("and %s more", number(len(findings)-i))))
			return
		}
		text := safe(f.Message)
		if f.Location.Line > 0 {
			text = fmt.Sprintf("%d: %s", f.Location.Line, text)
		}
		t.line("%salso %s", indent, clip(text, t.width-len(indent)-5))
	}
}

func (t *table) accepted(x *assessment.Exception) {
	if x == nil {
		return
	}
	by := ""
	if x.Owner != "" {
		by = "by " + safe(x.Owner) + " "
	}
	for _, line := range wrap(fmt.Sprintf("%s%s: %s", by, safe(x.Term()), safe(x.Reason)), t.width-len(indent)) {
		t.line("%s%s", indent, t.paint(dim, line))
	}
}

// fix writes the first sentence of the fix, and the snippet that it leads to.
func (t *table) fix(f *assessment.Finding) {
	text := safe(firstSentence(f.Fix))
	if text == "" {
		return
	}
	for i, line := range wrap(text, t.width-len(indent)-5) {
		lead := "     "
		if i == 0 {
			lead = t.paint(green, "fix: ")
		}
		t.line("%s%s%s", indent, lead, line)
	}
	if !strings.HasSuffix(text, ":") {
		return
	}
	if paragraphs := prose(f.Fix); len(paragraphs) > 1 && paragraphs[1].Block != "" {
		lines := strings.Split(paragraphs[1].Block, "\n")
		if len(lines) > mostSnippet && !t.full {
			lines = append(lines[:mostSnippet-1], "...")
		}
		for _, line := range lines {
			t.line("%s       %s", indent, clip(line, t.width-len(indent)-7))
		}
	}
}

// excerpt writes the lines of the evidence with their numbers; the guilty part is underlined.
func (t *table) excerpt(f *assessment.Finding) {
	if f.Evidence == nil || len(f.Evidence.Lines) == 0 {
		return
	}
	lines := f.Evidence.Lines
	if len(lines) > mostSource && !t.full {
		lines = lines[len(lines)-mostSource:]
	}
	digits := 1
	for _, line := range lines {
		digits = max(digits, len(fmt.Sprint(line.Number)))
	}
	if f.Location.Rendered > 0 {
		t.line("%s%s", indent, t.paint(dim, "as rendered:"))
	}
	if lines[0].Number == 0 {
		t.drawn(lines)
		return
	}
	room := t.width - len(indent) - digits - 5
	for _, line := range lines {
		before, guilty := split(line.Text, f.Location.Column)
		text := clip(before+guilty, room)
		if !line.Guilty {
			t.line("%s  %s %s", indent, t.paint(dim, fmt.Sprintf("%*d |", digits, line.Number)), t.paint(dim, text))
			continue
		}
		t.line("%s%s %s %s", indent, t.paint(red, ">"), t.paint(dim, fmt.Sprintf("%*d |", digits, line.Number)), text)
		if mark := underline(before, guilty, room); mark != "" && line.Number == f.Location.Line {
			t.line("%s  %*s %s %s", indent, digits, "", t.paint(dim, "|"), t.paint(red, mark))
		}
	}
}

// drawn writes the lines of a live object, which have no numbers.
func (t *table) drawn(lines []assessment.Line) {
	for _, line := range lines {
		mark, text := " ", clip(safe(line.Text), t.width-len(indent)-4)
		if line.Guilty {
			mark = t.paint(red, ">")
		} else {
			text = t.paint(dim, text)
		}
		t.line("%s%s %s %s", indent, mark, t.paint(dim, "|"), text)
	}
}

// split cuts a line before a column (from 1, in characters), both parts safe to print, tabs as
// four spaces. If the line has no such column, guilty is "".
func split(text string, column int) (before, guilty string) {
	text = strings.TrimRight(text, " \t\r")
	if runes := []rune(text); column >= 1 && column <= len(runes) {
		before, guilty = string(runes[:column-1]), string(runes[column-1:])
	} else {
		before = text
	}
	return safe(strings.ReplaceAll(before, "\t", "    ")), safe(strings.ReplaceAll(guilty, "\t", "    "))
}

// underline marks the guilty part of a line, up to a comment; "" if it lies outside the room.
func underline(before, guilty string, room int) string {
	if at := strings.Index(guilty, " #"); at > 0 {
		guilty = strings.TrimRight(guilty[:at], " ")
	}
	start := columns(before)
	if guilty == "" || start >= room {
		return ""
	}
	return strings.Repeat(" ", start) + strings.Repeat("^", min(columns(guilty), room-start))
}

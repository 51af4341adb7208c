package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// stateLook is how the table shows a state: its word, its sign in the bar, its ANSI colour.
var stateLook = map[assessment.State]struct{ word, sign, colour string }{
	assessment.ItemSatisfied:     {"satisfied", "=", "32"},
	assessment.ItemPartly:        {"partly", "-", "33"},
	assessment.ItemNotSatisfied:  {"not satisfied", "x", "31"},
	assessment.ItemNotAssessed:   {"not assessed", ".", "2"},
	assessment.ItemNotApplicable: {"not applicable", "o", "2"},
}

// checklistTable writes a checklist for people.
type checklistTable struct {
	out    io.Writer
	colour bool
	width  int // columns
	err    error
}

const (
	barWidth     = 40
	defaultWidth = 100
	stateWidth   = 16 // of the column with the state
	idWidth      = 7
)

func (t *checklistTable) line(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if _, err := fmt.Fprintln(t.out, text); t.err == nil {
		t.err = err
	}
}

// wrapped writes text over as many lines as it needs.
func (t *checklistTable) wrapped(text string) {
	for i, line := range wrap(text, t.width-2) {
		if i > 0 {
			line = "  " + line
		}
		t.line("%s", line)
	}
}

func (t *checklistTable) paint(code, text string) string {
	if !t.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (t *checklistTable) write(list assessedList) error {
	t.line("%s", t.paint("1", list.Title))
	t.wrapped("Source: " + list.Source)
	if len(list.LookedAt) > 0 {
		t.wrapped("Looked at: " + harmless(strings.Join(list.LookedAt, "; ")))
	}
	t.line("")
	t.line("[%s]  %d items", t.bar(list.States, len(list.Items)), len(list.Items))
	for _, line := range t.counts(list.States) {
		t.line("%s", line)
	}
	for from := 0; from < len(list.Items); {
		to := from
		for to < len(list.Items) && list.Items[to].Section == list.Items[from].Section {
			to++
		}
		t.section(list.Items[from:to])
		from = to
	}
	return t.err
}

// bar shows the states in their order, in shares of barWidth.
func (t *checklistTable) bar(states map[assessment.State]int, items int) string {
	var bar strings.Builder
	done, drawn := 0, 0
	for _, state := range assessment.States {
		done += states[state]
		end := done * barWidth / max(items, 1)
		bar.WriteString(t.paint(stateLook[state].colour, strings.Repeat(stateLook[state].sign, end-drawn)))
		drawn = end
	}
	return bar.String()
}

// counts names every state with its number, and its sign in the bar, over two lines on a narrow
// terminal.
func (t *checklistTable) counts(states map[assessment.State]int) []string {
	var lines, parts []string
	width := 0
	for _, state := range assessment.States {
		look := stateLook[state]
		text := fmt.Sprintf("%s %d %s", look.sign, states[state], look.word)
		if width+len(text) > t.width {
			lines, parts, width = append(lines, strings.Join(parts, "  ")), nil, 0
		}
		parts, width = append(parts, t.paint(look.colour, text)), width+len(text)+2
	}
	return append(lines, strings.Join(parts, "  "))
}

func (t *checklistTable) section(items []assessedItem) {
	satisfied := 0
	for _, item := range items {
		if item.State == assessment.ItemSatisfied {
			satisfied++
		}
	}
	t.line("")
	t.line("%s  %d of %d satisfied", t.paint("1", items[0].Section), satisfied, len(items))
	for _, item := range items {
		t.item(item)
	}
}

func (t *checklistTable) item(item assessedItem) {
	look := stateLook[item.State]
	indent := strings.Repeat(" ", 2+stateWidth+idWidth)
	text := wrap(item.Text, t.width-len(indent))
	t.line("  %s%-*s%s", t.paint(look.colour, fmt.Sprintf("%-*s", stateWidth, look.word)), idWidth, item.ID, text[0])
	for _, more := range text[1:] {
		t.line("%s%s", indent, more)
	}
	for _, more := range wrap(item.Reason, t.width-len(indent)-2) {
		t.line("%s  %s", indent, t.paint("2", more))
	}
}

// wrap breaks text at spaces into lines of at most width columns, longer where a word is.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len([]rune(*last))+1+len([]rune(word)) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}

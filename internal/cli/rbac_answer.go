package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// answer is what a question was answered with.
type answer interface{ write(*lines) error }

// give writes an answer to standard output, as JSON or for people.
func give(streams *Streams, format string, a answer) (err error) {
	if format == "json" {
		err = writeJSON(streams.Out, a)
	} else {
		err = a.write(&lines{out: streams.Out})
	}
	if err != nil {
		return usageError("%v", err)
	}
	return nil
}

// lines collects rows of columns and writes them aligned. Everything in them came from outside.
type lines struct {
	out   io.Writer
	width int // of the terminal; 0 if there is none
	rows  [][]string
	err   error
}

func (l *lines) add(columns ...string) { l.rows = append(l.rows, columns) }

// print writes a line at once, after what was added.
func (l *lines) print(format string, args ...any) {
	l.flush()
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if _, err := fmt.Fprintln(l.out, harmless(text)); l.err == nil {
		l.err = err
	}
}

// flush writes the rows added so far, each column as wide as its widest cell.
func (l *lines) flush() {
	rows := l.rows
	l.rows = nil
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var text strings.Builder
		for i, cell := range row {
			text.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		l.print("%s", text.String())
	}
}

// checkFormat refuses formats that answers do not have, before anything is read.
func checkFormat(format string) error {
	if format != "table" && format != "json" {
		return usageError("format %q is unknown: use table or json", format)
	}
	return nil
}

// counted writes a number with its noun: "1 binding", "2 bindings".
func counted(n int, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "ry"):
		noun = strings.TrimSuffix(noun, "y") + "ies"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

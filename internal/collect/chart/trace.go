package chart

import (
	"slices"
	"strings"
)

// site is a line of a template file: the index of the file from 1, the line from 1. Zero is unknown.
type site struct{ file, line int32 }

// text is a piece of literal text of a template. The template engine hands the very bytes of
// its syntax tree to the writer, so the address of the first one tells which text it is.
type text struct {
	length int
	file   int32
	offset int32
	lines  *lines
}

// lines finds the line of an offset in a file.
type lines struct{ starts []int }

func newLines(text string) *lines {
	l := &lines{starts: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// at gives the line, from 1, of an offset.
func (l *lines) at(offset int) int32 {
	i, found := slices.BinarySearch(l.starts, offset)
	if found {
		i++
	}
	return int32(i)
}

// action is one thing that an action wrote.
type action struct {
	site    site
	values  []value // those read for it
	unknown bool    // it also read something of unknown origin
	text    string  // all that it wrote
}

// part is one line of what an action wrote. weak says that a helper wrote it for the action.
type part struct {
	*action
	row  int
	weak bool
}

// line is where one line of rendered text came from.
type line struct {
	site  site
	parts []part // the actions that wrote some of it, from left to right
}

// trace is the writer of one execution. It keeps the text and where each line of it came from.
type trace struct {
	*rendering
	text    strings.Builder
	lines   []line
	open    line // the line being written
	begun   bool // open has more than blanks
	probe   int  // the last probe passed
	args    []any
	pending []included
}

// included is what an include gave while an action ran, not yet seen in what the action writes.
type included struct {
	text  string
	lines []line
}

// Write takes literal texts and the results of actions from the template engine.
func (t *trace) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := t.spend(len(b)); err != nil {
		return 0, err
	}
	t.text.Write(b)
	if literal, ok := t.texts[&b[0]]; ok && literal.length == len(b) {
		t.writeText(b, literal)
	} else {
		t.writeAction(string(b))
	}
	return len(b), nil
}

func (t *trace) writeText(b []byte, from text) {
	start := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] != '\n' {
			continue
		}
		if !t.begun {
			if at := firstInk(b[start:i]); at >= 0 {
				t.open.site, t.begun = site{from.file, from.lines.at(int(from.offset) + start + at)}, true
			} else if t.open.site.file == 0 {
				t.open.site = site{from.file, from.lines.at(int(from.offset) + start)}
			}
		}
		if i < len(b) {
			t.end()
		}
		start = i + 1
	}
}

// firstInk is the index of the first byte that is not blank; -1 if all are.
func firstInk(b []byte) int {
	return slices.IndexFunc(b, func(c byte) bool { return c != ' ' && c != '\t' && c != '\r' })
}

// end closes the open line.
func (t *trace) end() {
	t.lines = append(t.lines, t.open)
	t.open, t.begun = line{}, false
}

// finish gives all lines, the last one without its end too.
func (t *trace) finish() []line {
	t.end()
	return t.lines
}

func (t *trace) writeAction(written string) {
	a := t.acted(written)
	rows := strings.Split(written, "\n")
	from := align(rows, t.pending)
	t.pending = nil
	for i, row := range rows {
		if i > 0 {
			t.end()
		}
		if strings.TrimSpace(row) == "" {
			if !t.begun && t.open.site.file == 0 {
				t.open.site = a.site
			}
			continue
		}
		here, parts := a.site, []part{{a, i, false}}
		if from != nil && from[i] != nil {
			here, parts = from[i].site, from[i].through(a, i)
		}
		if here.file == 0 {
			here = a.site
		}
		if !t.begun {
			t.open.site, t.begun = here, true
		}
		if len(parts) == 1 && len(parts[0].values) == 0 && !parts[0].unknown {
			continue // it read nothing: a constant
		}
		t.open.parts = append(t.open.parts, parts...)
	}
}

// through gives the parts of a helper's line as a part of what the action wrote that called the
// helper. Where the helper's own reading is not known, the caller's may be what it was given.
func (l *line) through(a *action, row int) []part {
	if len(l.parts) == 0 || slices.ContainsFunc(l.parts, func(p part) bool { return len(p.values) > 0 }) {
		return l.parts
	}
	return append(l.parts[:len(l.parts):len(l.parts)], part{a, row, true})
}

// mostCompared bounds the looking for helpers' lines in what an action wrote.
const mostCompared = 200_000

// align finds the texts of includes in the rows of what the action wrote. An indented or trimmed
// text stands there as a block; lines of a text that was taken apart are known again only where
// they are unlike all others. The result is nil where nothing was included.
func align(rows []string, pending []included) []*line {
	if len(pending) == 0 {
		return nil
	}
	trimmed := make([]string, len(rows))
	for i, row := range rows {
		trimmed[i] = strings.TrimSpace(row)
	}
	from := make([]*line, len(rows))
	left := mostCompared
	for _, p := range pending {
		inner := strings.Split(p.text, "\n")
		first := slices.IndexFunc(inner, func(row string) bool { return strings.TrimSpace(row) != "" })
		if first < 0 {
			continue
		}
		if at := findBlock(trimmed, inner[first:], from, &left); at >= 0 {
			for i := first; i < len(inner) && at+i-first < len(rows); i++ {
				from[at+i-first] = &p.lines[i]
			}
		} else {
			alignUnique(trimmed, inner, p.lines, from)
		}
	}
	return from
}

// findBlock gives the first row from which all inner lines follow, blanks around them aside.
func findBlock(rows, inner []string, taken []*line, left *int) int {
	for len(inner) > 0 && strings.TrimSpace(inner[len(inner)-1]) == "" {
		inner = inner[:len(inner)-1]
	}
	for at := 0; at+len(inner) <= len(rows) && *left > 0; at++ {
		matched := true
		for i := 0; i < len(inner) && matched; i++ {
			*left--
			matched = taken[at+i] == nil && rows[at+i] == strings.TrimSpace(inner[i])
		}
		if matched {
			return at
		}
	}
	return -1
}

func alignUnique(rows, inner []string, lines []line, from []*line) {
	count := map[string]int{}
	for _, row := range rows {
		count[row]++
	}
	where := map[string]int{}
	for i, row := range inner {
		row = strings.TrimSpace(row)
		if _, twice := where[row]; twice {
			i = -1
		}
		where[row] = i
	}
	for i, row := range rows {
		if at, ok := where[row]; ok && at >= 0 && row != "" && count[row] == 1 && from[i] == nil {
			from[i] = &lines[at]
		}
	}
}

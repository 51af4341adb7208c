package dockerfile

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/document"
)

// join puts the lines of an instruction together as Docker does: comments and empty lines in it
// are left out, and where a line ends in the escape character the next one follows. The reference
// parser does the same but forgets where each part stood. It gives the line after the last one.
func join(file lines, start int, escape rune) (*text, int) {
	t := &text{file: file}
	number := start
	for ; number <= len(file); number++ {
		line := file[number-1]
		if number == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		indent := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
		if number > start && (indent < len(line) && line[indent] == '#' || indent == len(line)) {
			continue
		}
		at := len(file[number-1]) - len(line)
		if number == start {
			t.begin = document.At{Line: start, Column: utf8.RuneCountInString(file[number-1][:at+indent]) + 1}
			line, at = line[indent:], at+indent
		}
		kept, goesOn := withoutEscape(line, escape)
		t.add(kept, number, at)
		if !goesOn {
			return t, number + 1
		}
	}
	return t, number
}

// withoutEscape takes the escape character from the end of a line that goes on; an escaped one is
// no end, as in the reference parser: ([^\\])\\[ \t]*$|^\\[ \t]*$.
func withoutEscape(line string, escape rune) (string, bool) {
	trimmed := strings.TrimRight(line, " \t")
	kept, found := strings.CutSuffix(trimmed, string(escape))
	if !found || strings.HasSuffix(kept, string(escape)) {
		return line, false
	}
	return kept, true
}

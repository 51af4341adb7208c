package dockerfile

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/document"
)

// lines are those of a file, without their ends.
type lines []string

func linesOf(content []byte) lines {
	all := strings.Split(string(content), "\n")
	for i, line := range all {
		all[i] = strings.TrimSuffix(line, "\r")
	}
	return all
}

// text is a text that was put together from parts of a file, as an instruction is from its lines.
type text struct {
	string
	file  lines
	parts []part
	// begin stands for what has no place of its own.
	begin document.At
}

// part says that the text from offset on, up to the next part, stands at line (from 1) and byte
// (from 0) of the file.
type part struct{ offset, line, byte int }

// add puts what stands at a place of the file at the end of the text.
func (t *text) add(what string, line, at int) {
	if what != "" {
		t.parts = append(t.parts, part{len(t.string), line, at})
		t.string += what
	}
}

// place is where the byte at an offset stands in the file.
func (t *text) place(offset int) document.At {
	i, found := slices.BinarySearchFunc(t.parts, offset, func(p part, offset int) int { return p.offset - offset })
	if !found {
		i--
	}
	if i < 0 {
		return t.begin
	}
	p := t.parts[i]
	line, at := t.file[p.line-1], p.byte+offset-p.offset
	return document.At{Line: p.line, Column: utf8.RuneCountInString(line[:min(at, len(line))]) + 1}
}

// from gives the text from an offset on, with its places.
func (t *text) from(offset int) *text {
	rest := &text{string: t.string[offset:], file: t.file, begin: t.place(offset)}
	for i, p := range t.parts {
		switch {
		case p.offset >= offset:
			rest.parts = append(rest.parts, part{p.offset - offset, p.line, p.byte})
		case i+1 == len(t.parts) || t.parts[i+1].offset > offset:
			rest.parts = append(rest.parts, part{0, p.line, p.byte + offset - p.offset})
		}
	}
	return rest
}

// finder finds words of a text one after the other, so that one that comes twice has two places.
type finder struct {
	in *text
	at int
}

// find gives the place of a word behind those that were found before; that of the text if it is
// not there as it is, since quotes and escapes were taken from it.
func (f *finder) find(word string) document.At {
	if at := strings.Index(f.in.string[f.at:], word); at >= 0 && word != "" {
		start := f.at + at
		f.at = start + len(word)
		return f.in.place(start)
	}
	return f.in.begin
}

package document

import (
	"bytes"
	"unicode/utf8"
)

// advance goes to the next line that is neither blank nor a comment.
func (r *blockReader) advance() bool {
	r.blank, r.comment = 0, false
	for r.next < len(r.text) {
		start := r.next
		end := r.endLine()
		at := start
		for at < end && r.text[at] == ' ' {
			at++
		}
		if at == end {
			r.blank++
			continue
		}
		if r.text[at] == '#' {
			r.comment = true
			continue
		}
		r.start, r.end, r.indent = start, end, at-start
		if at == start && end-at >= 3 && string(r.text[at:at+3]) == "..." {
			return r.refuse("end of document marker")
		}
		return r.text[at] != '\t' || r.refuse("tab before content")
	}
	r.start, r.end, r.indent = len(r.text), len(r.text), -1
	return true
}

// endLine takes the line at r.next: it gives its end and moves on to the line after it.
func (r *blockReader) endLine() int {
	start := r.next
	r.row++
	end := bytes.IndexByte(r.text[start:], '\n')
	if end < 0 {
		r.next = len(r.text)
		return r.next
	}
	r.next = start + end + 1
	return r.lineEnd(start, start+end)
}

// lineEnd takes the "\r" off a line that ends before end.
func (r *blockReader) lineEnd(start, end int) int {
	if r.crlf && end > start && r.text[end-1] == '\r' {
		return end - 1
	}
	return end
}

// longestWide bounds what counting the characters of a line may cost for each of its values.
const longestWide = 4096

// column counts characters, as the library does.
func (r *blockReader) column(at int) int32 {
	if !r.wide {
		return int32(at-r.start) + 1
	}
	if at-r.start > longestWide {
		r.refuse("long line with characters of several bytes")
		return 0
	}
	return int32(utf8.RuneCount(r.text[r.start:at])) + 1
}

func (r *blockReader) place(n *Node, at int) {
	n.Line, n.Column = r.row, r.column(at)
}

// dash is true if a list element begins at this place.
func (r *blockReader) dash(at int) bool {
	return r.text[at] == '-' && (at+1 == r.end || r.text[at+1] == ' ' || r.text[at+1] == '\t')
}

func (r *blockReader) skipSpaces(at int) int {
	for at < r.end && r.text[at] == ' ' {
		at++
	}
	return at
}

// closes is true if nothing but a comment stands on the line from at on.
func (r *blockReader) closes(at int) bool {
	from := at
	for at < r.end && (r.text[at] == ' ' || r.text[at] == '\t') {
		at++
	}
	return at == r.end || at > from && r.text[at] == '#'
}

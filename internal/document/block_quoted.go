package document

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quoted reads the quoted scalar at from and gives the offset behind it. It gives false without
// refusing if the scalar does not end on its line.
func (r *blockReader) quoted(from int) (string, int, bool) {
	quote := r.text[from]
	escapes := false
	for at := from + 1; at < r.end; at++ {
		switch c := r.text[at]; {
		case c == '\\' && quote == '"':
			escapes = true
			at++
		case c == quote && quote == '\'' && at+1 < r.end && r.text[at+1] == quote:
			escapes = true
			at++
		case c == quote && !escapes:
			return r.source[from+1 : at], at + 1, true
		case c == quote && quote == '\'':
			return strings.ReplaceAll(r.source[from+1:at], "''", "'"), at + 1, true
		case c == quote:
			r.buffer = r.buffer[:0]
			end, _, ok := r.quotedPiece(from+1, quote)
			return string(r.buffer), end, ok
		}
	}
	return "", 0, false
}

// quotedLines reads a quoted scalar that goes on over several lines, and stays on its last line.
// The library does not look at their indent, so neither does this.
func (r *blockReader) quotedLines(from int) (string, int, bool) {
	quote, at := r.text[from], from+1
	r.buffer = r.buffer[:0]
	for {
		end, escaped, ok := r.quotedPiece(at, quote)
		if !ok || end >= 0 {
			return string(r.buffer), end, ok
		}
		blank := 0
		for at = r.end; at == r.end; blank++ {
			if r.next == len(r.text) {
				return "", 0, r.refuse("quoted scalar without end")
			}
			r.start = r.next
			r.end = r.endLine()
			for at = r.start; at < r.end && (r.text[at] == ' ' || r.text[at] == '\t'); {
				at++
			}
		}
		if bytes.HasPrefix(r.text[r.start:r.end], []byte("...")) {
			return "", 0, r.refuse("end of document marker")
		}
		if escaped {
			r.buffer = appendBreaks(r.buffer, blank-1)
		} else {
			r.buffer = foldedBreak(r.buffer, blank-1)
		}
	}
}

// quotedPiece adds the quoted text from at on to the buffer. It gives the offset behind the
// closing quote, or -1 at the end of the line, and whether a backslash stands there.
func (r *blockReader) quotedPiece(at int, quote byte) (end int, escaped, ok bool) {
	for at < r.end {
		switch c := r.text[at]; {
		case c == quote && quote == '\'' && at+1 < r.end && r.text[at+1] == quote:
			r.buffer = append(r.buffer, quote)
			at += 2
		case c == quote:
			return at + 1, false, true
		case c == '\\' && quote == '"' && at+1 == r.end:
			return -1, true, true
		case c == '\\' && quote == '"':
			if at, ok = r.escape(at + 1); !ok {
				return 0, false, false
			}
		case c == ' ' || c == '\t':
			from := at
			for at < r.end && (r.text[at] == ' ' || r.text[at] == '\t') {
				at++
			}
			if at < r.end { // spaces at the end of a line do not count
				r.buffer = append(r.buffer, r.text[from:at]...)
			}
		default:
			r.buffer = append(r.buffer, c)
			at++
		}
	}
	return -1, false, true
}

// escapes are those of double quotes that stand for one byte.
var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '"': '"', '\\': '\\', ' ': ' ', 'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v', 'e': 0x1B}

// escape adds the character whose escape stands at this place, behind the backslash.
func (r *blockReader) escape(at int) (int, bool) {
	c := r.text[at]
	if char, known := escapes[c]; known {
		r.buffer = append(r.buffer, char)
		return at + 1, true
	}
	digits := map[byte]int{'x': 2, 'u': 4}[c]
	if digits == 0 || at+1+digits > r.end {
		return 0, r.refuse("rare escape")
	}
	char, err := strconv.ParseUint(r.source[at+1:at+1+digits], 16, 32)
	if err != nil || !utf8.ValidRune(rune(char)) {
		return 0, r.refuse("rare escape")
	}
	r.buffer = utf8.AppendRune(r.buffer, rune(char))
	return at + 1 + digits, true
}

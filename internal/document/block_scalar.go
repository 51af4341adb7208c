package document

import "strings"

// blockToken is a scalar on one line.
type blockToken struct {
	text   string
	quoted bool
	colon  bool // it is a key, and its colon stands at end
	end    int  // the offset behind it
}

// longestKey keeps away from the 1024 characters that the library allows for a key.
const longestKey = 1000

// beginsPlain has the characters that may begin an unquoted scalar anywhere. Others may too
// where certain ones follow; those are rare.
var beginsPlain = func() (table [256]bool) {
	for c := range table {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		table[c] = letter || c >= '0' && c <= '9' || c >= 0x80 || strings.IndexByte(`_/.($+~=<;\^)`, byte(c)) >= 0
	}
	return table
}()

// token reads the scalar at from, which is a key if a colon ends it; else nothing but a comment may follow.
func (r *blockReader) token(from int) (blockToken, bool) {
	c := r.text[from]
	if c == '"' || c == '\'' {
		return r.quotedToken(from)
	}
	if !beginsPlain[c] && (c != '-' || r.dash(from)) && (c != ':' || !r.word(from+1)) {
		return blockToken{}, r.refuse("value that begins with " + string(rune(c)))
	}
	line := r.text[:r.end]
	at := from
	for ; at < len(line); at++ {
		c := line[at]
		if c == ':' && (at+1 == len(line) || line[at+1] == ' ' || line[at+1] == '\t') {
			return r.plainKey(from, at)
		}
		if c == '#' && (line[at-1] == ' ' || line[at-1] == '\t') {
			break
		}
	}
	for line[at-1] == ' ' || line[at-1] == '\t' {
		at--
	}
	return blockToken{text: r.source[from:at], end: at}, true
}

// word is true if a letter or digit stands at this place.
func (r *blockReader) word(at int) bool {
	return at < r.end && (r.text[at]|0x20 >= 'a' && r.text[at]|0x20 <= 'z' || r.text[at] >= '0' && r.text[at] <= '9')
}

func (r *blockReader) plainKey(from, colon int) (blockToken, bool) {
	if colon == from || colon-from > longestKey || r.text[colon-1] == ' ' || r.text[colon-1] == '\t' {
		return blockToken{}, r.refuse("odd key")
	}
	return blockToken{text: r.source[from:colon], colon: true, end: colon}, true
}

func (r *blockReader) quotedToken(from int) (blockToken, bool) {
	text, end, ok := r.quoted(from)
	if !ok {
		return blockToken{}, false
	}
	token := blockToken{text: text, quoted: true, end: end}
	if end < r.end && r.text[end] == ':' {
		token.colon = true
		if end-from > longestKey || end+1 < r.end && r.text[end+1] != ' ' {
			return token, r.refuse("odd key")
		}
		return token, true
	}
	return token, r.closes(end) || r.refuse("content after a quoted scalar")
}

// scalar sets n to the token and goes on to the next line.
func (r *blockReader) scalar(n *Node, token blockToken) bool {
	r.set(n, token)
	return r.advance()
}

func (r *blockReader) set(n *Node, token blockToken) {
	if token.quoted {
		n.Kind, n.text = String, token.text
		return
	}
	n.setPlain(token.text)
}

// quoted reads the quoted scalar at from and gives the offset behind it.
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
			text, ok := r.unescape(r.text[from+1 : at])
			return text, at + 1, ok
		}
	}
	return "", 0, r.refuse("quoted scalar on several lines")
}

// escaped are the escapes of double quotes that occur in practice.
var escaped = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '"': '"', '\\': '\\'}

func (r *blockReader) unescape(text []byte) (string, bool) {
	r.buffer = r.buffer[:0]
	for at := 0; at < len(text); at++ {
		c := text[at]
		if c == '\\' {
			at++ // a backslash is never the last: the quote after it would be text
			known := false
			if c, known = escaped[text[at]]; !known {
				return "", r.refuse("rare escape")
			}
		}
		r.buffer = append(r.buffer, c)
	}
	return string(r.buffer), true
}

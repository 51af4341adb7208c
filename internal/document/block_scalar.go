package document

import "strings"

// blockToken is a key, or the value that begins on a line.
type blockToken struct {
	text    string
	quoted  bool
	colon   bool // it is a key, and its colon stands at end
	comment bool // a comment follows it
	end     int  // the offset behind it
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
	at, comment, colon := r.plainEnd(from)
	if colon {
		return r.plainKey(from, at)
	}
	return blockToken{text: r.source[from:at], comment: comment, end: at}, true
}

// plainEnd finds the end of the unquoted text that begins at from: a colon before a space or the
// end of the line, else the last character before a comment or the end of the line.
func (r *blockReader) plainEnd(from int) (at int, comment, colon bool) {
	line := r.text[:r.end]
	for at = from; at < len(line); at++ {
		c := line[at]
		if c == ':' && (at+1 == len(line) || line[at+1] == ' ' || line[at+1] == '\t') {
			return at, false, true
		}
		if c == '#' && at > from && (line[at-1] == ' ' || line[at-1] == '\t') {
			comment = true
			break
		}
	}
	for line[at-1] == ' ' || line[at-1] == '\t' {
		at--
	}
	return at, comment, false
}

// word is true if a letter or digit stands at this place.
func (r *blockReader) word(at int) bool {
	return at < r.end && (r.text[at]|0x20 >= 'a' && r.text[at]|0x20 <= 'z' || r.text[at] >= '0' && r.text[at] <= '9')
}

// plainKey is the key that ends at colon, where spaces may stand before it.
func (r *blockReader) plainKey(from, colon int) (blockToken, bool) {
	end := colon
	for end > from && (r.text[end-1] == ' ' || r.text[end-1] == '\t') {
		end--
	}
	if end == from || colon-from > longestKey {
		return blockToken{}, r.refuse("odd key")
	}
	return blockToken{text: r.source[from:end], colon: true, end: colon}, true
}

func (r *blockReader) quotedToken(from int) (blockToken, bool) {
	text, end, ok := r.quoted(from)
	if !ok && r.why == "" {
		text, end, ok = r.quotedLines(from)
		return blockToken{text: text, quoted: true, end: end}, ok && (r.closes(end) || r.refuse("content after a quoted scalar"))
	}
	token := blockToken{text: text, quoted: true, end: end}
	if ok && end < r.end && r.text[end] == ':' {
		token.colon = true
		if end-from > longestKey || end+1 < r.end && r.text[end+1] != ' ' {
			return token, r.refuse("odd key")
		}
		return token, true
	}
	return token, ok && (r.closes(end) || r.refuse("content after a quoted scalar"))
}

// scalar sets n to the token, which stands below a key or dash in column above, and goes on to
// the next line. Unquoted text goes on over lines that are indented more.
func (r *blockReader) scalar(n *Node, token blockToken, above int) bool {
	if !r.advance() {
		return false
	}
	if r.indent > above && !r.plainLines(&token, above) {
		return false
	}
	r.set(n, token)
	return true
}

// plainLines adds the lines that continue an unquoted scalar: a line end is read as a space, and
// blank lines as line ends. A comment ends the scalar.
func (r *blockReader) plainLines(token *blockToken, above int) bool {
	r.buffer = append(r.buffer[:0], token.text...)
	comment := token.comment
	for r.indent > above {
		if token.quoted || comment || r.comment {
			return r.refuse("text after the end of a scalar")
		}
		from := r.start + r.indent
		at, followed, colon := r.plainEnd(from)
		if colon {
			return r.refuse("key in a scalar, or odd indent")
		}
		r.buffer = append(foldedBreak(r.buffer, r.blank), r.text[from:at]...)
		comment = followed
		if !r.advance() {
			return false
		}
	}
	token.text = string(r.buffer)
	return true
}

// foldedBreak adds what a line end followed by blank lines reads as in folded text.
func foldedBreak(text []byte, blank int) []byte {
	if blank == 0 {
		return append(text, ' ')
	}
	return appendBreaks(text, blank)
}

func appendBreaks(text []byte, count int) []byte {
	for range count {
		text = append(text, '\n')
	}
	return text
}

func (r *blockReader) set(n *Node, token blockToken) {
	if token.quoted {
		n.Kind, n.text = String, token.text
		return
	}
	n.setPlain(token.text)
}

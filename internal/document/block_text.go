package document

// textBlock reads a literal (|) or folded (>) scalar below a key or dash in column above. Its
// header stands at from; without a digit in it, the first line that is not blank sets the indent.
func (r *blockReader) textBlock(n *Node, from, above int) bool {
	body := textBody{buffer: r.buffer[:0], indent: -1, above: above, folded: r.text[from] == '>'}
	chomp := byte(0)
	for from++; from < r.end && r.text[from] != ' ' && r.text[from] != '\t'; from++ {
		switch c := r.text[from]; {
		case (c == '-' || c == '+') && chomp == 0:
			chomp = c
		case c >= '1' && c <= '9' && body.indent < 0:
			body.indent = above + int(c-'0')
		default:
			return r.refuse("odd header of a text")
		}
	}
	if !r.closes(from) {
		return r.refuse("odd header of a text")
	}
	for r.next < len(r.text) {
		line, row := r.next, r.row
		end := r.endLine()
		switch r.bodyLine(&body, line, end) {
		case bodyRefused:
			return r.refuse("odd indent in a text")
		case bodyEnds:
			r.next, r.row = line, row
		default:
			continue
		}
		break
	}
	n.Kind, n.text = String, body.finish(chomp)
	r.buffer = body.buffer
	return r.advance()
}

// textBody gathers the lines of a literal or folded scalar.
type textBody struct {
	buffer []byte
	above  int  // column of the key or dash; the body is indented more
	indent int  // -1 before the first line that is not blank
	widest int  // spaces of the blank lines before that
	blank  int  // blank lines since the last that was not
	broken bool // the last line that was not blank had a line end
	folded bool
	spaced bool // the last line that was not blank began with a space
}

type bodyState uint8

const (
	bodyGoesOn bodyState = iota
	bodyEnds
	bodyRefused
)

// bodyLine adds the line between start and end, if it belongs to the body.
func (r *blockReader) bodyLine(body *textBody, start, end int) bodyState {
	at, last := start, end
	if body.indent >= 0 {
		last = min(end, start+body.indent)
	}
	for at < last && r.text[at] == ' ' {
		at++
	}
	spaces := at - start
	if at == end {
		if r.next > end { // the last line of the file may have no line end: then it holds nothing
			body.blank++
		}
		if body.indent < 0 {
			body.widest = max(body.widest, spaces)
		}
		return bodyGoesOn
	}
	if r.text[at] == '\t' && spaces != body.indent {
		return bodyRefused
	}
	if body.indent < 0 {
		if spaces <= body.above {
			return bodyEnds
		}
		if spaces < body.widest {
			return bodyRefused
		}
		body.indent = spaces
	}
	if spaces < body.indent {
		return bodyEnds
	}
	body.add(r.text[at:end], r.next > end)
	return bodyGoesOn
}

// add adds a line that is not blank. In folded text a line end is kept only beside lines that
// begin with a space, and before blank lines it is dropped.
func (b *textBody) add(line []byte, broken bool) {
	spaced := line[0] == ' ' || line[0] == '\t'
	switch {
	case b.broken && b.folded && !b.spaced && !spaced:
		b.buffer = foldedBreak(b.buffer, b.blank)
	case b.broken:
		b.buffer = appendBreaks(b.buffer, 1+b.blank)
	default:
		b.buffer = appendBreaks(b.buffer, b.blank)
	}
	b.buffer = append(b.buffer, line...)
	b.blank, b.broken, b.spaced = 0, broken, spaced
}

// finish ends the text as the chomping indicator says: "-" drops the line end, "+" keeps blank lines too.
func (b *textBody) finish(chomp byte) string {
	if b.broken && chomp != '-' {
		b.buffer = append(b.buffer, '\n')
	}
	if chomp == '+' {
		b.buffer = appendBreaks(b.buffer, b.blank)
	}
	return string(b.buffer)
}

package document

// literal reads a literal scalar (|) below a key or dash in column above. Its header stands at
// from; the first line that is not blank sets the indent.
func (r *blockReader) literal(n *Node, from, above int) bool {
	chomp := byte(0)
	if from++; from < r.end && (r.text[from] == '-' || r.text[from] == '+') {
		chomp = r.text[from]
		from++
	}
	if !r.closes(from) {
		return r.refuse("literal scalar with an indicator")
	}
	body := literalBody{buffer: r.buffer[:0], indent: -1, above: above}
	for r.next < len(r.text) {
		line, row := r.next, r.row
		end := r.endLine()
		switch r.bodyLine(&body, line, end) {
		case bodyRefused:
			return r.refuse("odd indent in a literal scalar")
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

// literalBody gathers the lines of a literal scalar.
type literalBody struct {
	buffer []byte
	above  int  // column of the key or dash; the body is indented more
	indent int  // -1 before the first line that is not blank
	widest int  // spaces of the blank lines before that
	blank  int  // blank lines since the last that was not
	broken bool // the last line that was not blank had a line end
}

type bodyState uint8

const (
	bodyGoesOn bodyState = iota
	bodyEnds
	bodyRefused
)

// bodyLine adds the line between start and end, if it belongs to the body.
func (r *blockReader) bodyLine(body *literalBody, start, end int) bodyState {
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

func (b *literalBody) add(line []byte, broken bool) {
	if b.broken {
		b.buffer = append(b.buffer, '\n')
	}
	b.breaks()
	b.buffer = append(b.buffer, line...)
	b.broken = broken
}

func (b *literalBody) breaks() {
	for ; b.blank > 0; b.blank-- {
		b.buffer = append(b.buffer, '\n')
	}
}

// finish ends the text as the chomping indicator says: "-" drops the line end, "+" keeps blank lines too.
func (b *literalBody) finish(chomp byte) string {
	if b.broken && chomp != '-' {
		b.buffer = append(b.buffer, '\n')
	}
	if chomp == '+' {
		b.breaks()
	}
	return string(b.buffer)
}

package document

import "bytes"

// flow reads a flow collection that begins at from. It stays on the line on which the
// collection ends and gives the offset behind it.
func (r *blockReader) flow(n *Node, from, depth int) (int, bool) {
	closing := byte(']')
	if n.Kind = List; r.text[from] == '{' {
		closing, n.Kind = '}', Map
	}
	mark := len(r.stack)
	var seen map[string]*Node
	at, ok := r.gap(from + 1)
	for ok && r.text[at] != closing {
		child := r.make(n, depth+1)
		if child == nil {
			return 0, false
		}
		if n.Kind == List {
			child.index = int32(len(r.stack) - mark)
		} else if at, ok = r.flowKey(child, at); ok {
			seen = r.unique(child, mark, seen)
		}
		if !ok || r.why != "" {
			return 0, false
		}
		if at, ok = r.flowValue(child, at, depth+1); ok {
			r.stack = append(r.stack, child)
			at, ok = r.comma(at, closing)
		}
	}
	n.children, n.lookup = r.take(mark), seen
	return at + 1, ok
}

// comma goes from the end of an entry to the next one, or to the end of the collection.
func (r *blockReader) comma(at int, closing byte) (int, bool) {
	at, ok := r.gap(at)
	if !ok || r.text[at] == closing {
		return at, ok
	}
	if r.text[at] != ',' {
		return 0, r.refuse("odd flow collection")
	}
	return r.gap(at + 1)
}

// gap passes over spaces, line ends and comments within a flow collection. The library does not
// look at the indent of its lines, so neither does this; but tabs it allows only in some of them.
func (r *blockReader) gap(at int) (int, bool) {
	for {
		from := at
		for at < r.end && (r.text[at] == ' ' || r.text[at] == '\t' && from > r.start) {
			at++
		}
		if at < r.end && r.text[at] == '\t' {
			return 0, r.refuse("tab before content")
		}
		if at < r.end && (r.text[at] != '#' || at == from && at > r.start) {
			return at, true
		}
		if r.next == len(r.text) {
			return 0, r.refuse("flow collection without end")
		}
		r.start = r.next
		r.end = r.endLine()
		at = r.start
		if bytes.HasPrefix(r.text[at:r.end], []byte("...")) {
			return 0, r.refuse("end of document marker")
		}
	}
}

// flowKey reads a key with its colon and gives where the value begins.
func (r *blockReader) flowKey(child *Node, at int) (int, bool) {
	child.KeyLine, child.KeyColumn = r.row, r.column(at)
	key, ok := r.flowToken(at)
	if !ok || !r.name(child, key) {
		return 0, false
	}
	if !key.colon || key.end-at > longestKey {
		return 0, r.refuse("odd key in a flow map")
	}
	return r.gap(key.end + 1)
}

func (r *blockReader) flowValue(n *Node, at, depth int) (int, bool) {
	r.place(n, at)
	if r.text[at] == '[' || r.text[at] == '{' {
		return r.flow(n, at, depth)
	}
	token, ok := r.flowToken(at)
	if !ok {
		return 0, false
	}
	if token.colon {
		return 0, r.refuse("pair in a flow list")
	}
	r.set(n, token)
	return token.end, true
}

// flowToken reads a scalar on one line, which is a key if a colon follows.
func (r *blockReader) flowToken(from int) (blockToken, bool) {
	c := r.text[from]
	if c == '"' || c == '\'' {
		text, end, ok := r.quoted(from)
		if !ok {
			r.refuse("quoted scalar on several lines in a flow collection")
		}
		return blockToken{text: text, quoted: true, colon: end < r.end && r.text[end] == ':', end: end}, ok
	}
	if !beginsPlain[c] && (c != '-' || !r.word(from+1)) {
		return blockToken{}, r.refuse("odd flow scalar")
	}
	at := from
	for ; at < r.end && r.text[at] != ',' && r.text[at] != ']' && r.text[at] != '}'; at++ {
		switch c := r.text[at]; {
		case c == ':' && !r.word(at+1) && (at+1 >= r.end || r.text[at+1] != '/'):
			if at+1 >= r.end || r.text[at+1] != ' ' || r.text[at-1] == ' ' {
				return blockToken{}, r.refuse("odd key in a flow map")
			}
			return blockToken{text: r.source[from:at], colon: true, end: at}, true
		case c == '[' || c == '{' || c == '?' || c == '\t' || c == '#':
			return blockToken{}, r.refuse("odd flow scalar")
		}
	}
	for r.text[at-1] == ' ' {
		at--
	}
	return blockToken{text: r.source[from:at], end: at}, true
}

package document

// flow reads a flow collection that begins at from and ends on the same line. It gives the
// offset behind it.
func (r *blockReader) flow(n *Node, from, depth int) (int, bool) {
	isMap := r.text[from] == '{'
	closing := byte(']')
	n.Kind = List
	if isMap {
		closing, n.Kind = '}', Map
	}
	mark := len(r.stack)
	at := r.skipSpaces(from + 1)
	if at < r.end && r.text[at] == closing {
		n.children = r.take(mark)
		return at + 1, true
	}
	for {
		child := r.make(n, depth+1)
		if child == nil {
			return 0, false
		}
		var ok bool
		if at, ok = r.flowEntry(child, at, depth+1, mark, isMap); !ok {
			return 0, false
		}
		r.stack = append(r.stack, child)
		at = r.skipSpaces(at)
		switch {
		case at == r.end:
			return 0, r.refuse("flow collection on several lines")
		case r.text[at] == closing:
			n.children = r.take(mark)
			n.finish()
			return at + 1, true
		case r.text[at] != ',':
			return 0, r.refuse("odd flow collection")
		}
		at = r.skipSpaces(at + 1)
	}
}

// flowEntry reads an element, or a key and its value.
func (r *blockReader) flowEntry(child *Node, at, depth, mark int, isMap bool) (int, bool) {
	if !isMap {
		child.index = int32(len(r.stack) - mark)
		return r.flowValue(child, at, depth)
	}
	if at < r.end {
		child.KeyLine, child.KeyColumn = r.row, r.column(at)
	}
	key, ok := r.flowToken(at)
	if !ok || !r.name(child, key) {
		return 0, false
	}
	if !key.colon || key.end-at > longestKey {
		return 0, r.refuse("odd key in a flow map")
	}
	for _, brother := range r.stack[mark:] {
		if brother.key == child.key {
			return 0, r.refuse("key that stands twice")
		}
	}
	return r.flowValue(child, r.skipSpaces(key.end+1), depth)
}

func (r *blockReader) flowValue(n *Node, at, depth int) (int, bool) {
	if at < r.end && (r.text[at] == '[' || r.text[at] == '{') {
		r.place(n, at)
		return r.flow(n, at, depth)
	}
	token, ok := r.flowToken(at)
	if !ok {
		return 0, false
	}
	if token.colon {
		return 0, r.refuse("pair in a flow list")
	}
	r.place(n, at)
	r.set(n, token)
	return token.end, true
}

// flowToken reads a scalar, which is a key if a colon follows.
func (r *blockReader) flowToken(from int) (blockToken, bool) {
	if from >= r.end {
		return blockToken{}, r.refuse("flow collection on several lines")
	}
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
	at, colon := from, false
	for ; at < r.end && r.text[at] != ',' && r.text[at] != ']' && r.text[at] != '}'; at++ {
		switch c := r.text[at]; {
		case c == ':' && (at+1 == r.end || !r.inFlowWord(at+1)):
			colon = at > from && at+1 < r.end && r.text[at+1] == ' ' && r.text[at-1] != ' '
			if !colon {
				return blockToken{}, r.refuse("odd key in a flow map")
			}
			return blockToken{text: r.source[from:at], colon: true, end: at}, true
		case c == '[' || c == '{' || c == '?' || c == '\t' || c == '#':
			return blockToken{}, r.refuse("odd flow scalar")
		}
	}
	end := at
	for r.text[end-1] == ' ' {
		end--
	}
	return blockToken{text: r.source[from:end], end: at}, true
}

// inFlowWord is true where a colon before it is part of a plain scalar.
func (r *blockReader) inFlowWord(at int) bool {
	return r.word(at) || r.text[at] == '/'
}

package document

// mapping reads a block map whose keys stand in column col, counted from 0. The first key has
// been read; the reader goes on to the line after the map.
func (r *blockReader) mapping(n *Node, col int, key blockToken, depth int) bool {
	n.Kind = Map
	mark := len(r.stack)
	var seen map[string]*Node
	for {
		child := r.make(n, depth+1)
		if child == nil || !r.name(child, key) {
			return false
		}
		child.KeyLine, child.KeyColumn = r.row, int32(col)+1
		if seen = r.unique(child, mark, seen); r.why != "" || !r.mapValue(child, key.end, col, depth+1) {
			return false
		}
		r.stack = append(r.stack, child)
		if r.indent < col {
			n.children, n.lookup = r.take(mark), seen
			return true
		}
		if r.indent > col {
			return r.refuse("odd indent")
		}
		var ok bool
		if key, ok = r.token(r.start + col); !ok || !key.colon {
			return r.refuse("no key where one belongs")
		}
	}
}

// name sets the key of child, which reads as keyName says.
func (r *blockReader) name(child *Node, key blockToken) bool {
	if child.key = key.text; key.quoted {
		return true
	}
	if key.text == "<<" {
		return r.refuse("merge key")
	}
	var scalar Node
	scalar.setPlain(key.text)
	if scalar.Kind == Null {
		return r.refuse("key that is null")
	}
	child.key = scalar.asKey()
	return true
}

// unique refuses a key that stands among the children since mark. From largeMap keys on it
// keeps them in a map, which becomes the look-up of the node.
func (r *blockReader) unique(child *Node, mark int, seen map[string]*Node) map[string]*Node {
	brothers := r.stack[mark:]
	if seen == nil {
		for _, brother := range brothers {
			if brother.key == child.key {
				r.refuse("key that stands twice")
				return nil
			}
		}
		if len(brothers)+1 < largeMap {
			return nil
		}
		seen = make(map[string]*Node, 2*largeMap)
		for _, brother := range brothers {
			seen[brother.key] = brother
		}
	}
	if seen[child.key] != nil {
		r.refuse("key that stands twice")
	}
	seen[child.key] = child
	return seen
}

// take makes the children since mark those of a node.
func (r *blockReader) take(mark int) []*Node {
	children := r.arena.link(r.stack[mark:])
	r.stack = r.stack[:mark]
	return children
}

// mapValue reads the value of a key in column col, whose colon stands at the offset colon.
func (r *blockReader) mapValue(child *Node, colon, col, depth int) bool {
	if !r.closes(colon + 1) {
		return r.inline(child, r.skipSpaces(colon+1), col, depth)
	}
	child.Line, child.Column = r.row, r.column(colon+1)
	if !r.advance() {
		return false
	}
	switch from := r.start + r.indent; {
	case r.indent > col:
		return r.block(child, from, col, depth)
	case r.indent == col && r.dash(from):
		r.place(child, from)
		return r.list(child, col, depth)
	}
	return true // null, which stands after the colon
}

// list reads a block list whose dashes stand in column col. As the value of a key it may stand
// in the same column as the key; so what ends it in its own column is left to the caller.
func (r *blockReader) list(n *Node, col, depth int) bool {
	n.Kind = List
	mark := len(r.stack)
	for {
		child := r.make(n, depth+1)
		if child == nil {
			return false
		}
		child.index = int32(len(r.stack) - mark)
		if !r.element(child, col, depth+1) {
			return false
		}
		r.stack = append(r.stack, child)
		if r.indent == col && r.dash(r.start+col) {
			continue
		}
		if r.indent > col {
			return r.refuse("odd indent")
		}
		n.children = r.take(mark)
		return true
	}
}

// element reads what stands after a dash in column col.
func (r *blockReader) element(child *Node, col, depth int) bool {
	after := r.start + col + 1
	if !r.closes(after) {
		return r.block(child, r.skipSpaces(after), col, depth)
	}
	if at := r.skipSpaces(after); at < r.end && r.text[at] == '\t' {
		return r.refuse("tab after a dash")
	}
	r.place(child, after)
	if !r.advance() {
		return false
	}
	if r.indent > col {
		return r.block(child, r.start+r.indent, col, depth)
	}
	return true // null, which stands after the dash
}

// block reads the value that begins at from, below a key or dash in column above. It may be a
// map or list that begins on this line.
func (r *blockReader) block(n *Node, from, above, depth int) bool {
	r.place(n, from)
	switch c := r.text[from]; {
	case r.dash(from):
		return r.list(n, from-r.start, depth)
	case c == '|' || c == '>' || c == '[' || c == '{':
		return r.inline(n, from, above, depth)
	}
	token, ok := r.token(from)
	if !ok {
		return false
	}
	if token.colon {
		return r.mapping(n, from-r.start, token, depth)
	}
	return r.scalar(n, token, above)
}

// inline reads a value that is neither block map nor block list.
func (r *blockReader) inline(n *Node, from, above, depth int) bool {
	r.place(n, from)
	switch r.text[from] {
	case '|', '>':
		return r.textBlock(n, from, above)
	case '[', '{':
		end, ok := r.flow(n, from, depth)
		if !ok {
			return false
		}
		if !r.closes(end) {
			return r.refuse("content after a flow collection")
		}
		return r.advance()
	}
	token, ok := r.token(from)
	if !ok {
		return false
	}
	if token.colon {
		return r.refuse("map on the line of its key")
	}
	return r.scalar(n, token, above)
}

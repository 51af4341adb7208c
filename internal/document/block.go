package document

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"unicode/utf8"
)

// blockReader reads what nearly all manifests are made of: block maps and lists with scalars,
// text and flow collections, without anchors, tags and complex keys. It gives exactly the tree
// that readLibrary gives, places included, several times faster; where it is not sure it refuses
// the whole part, and the library reads it. It never reports problems: what has one is refused.
type blockReader struct {
	text   []byte // the part, to scan
	source string // the part, to cut values out of
	limits Limits
	arena  *arena
	nodes  int
	stack  []*Node // children of the maps and lists that are open
	buffer []byte  // for text that does not stand in the file as it is read
	wide   bool    // characters of more than one byte occur
	crlf   bool    // lines end with "\r\n"
	why    string  // of a refusal

	// The line that stands next: its bounds without the line end, and its indent in spaces;
	// -1 at the end of the part. Blank lines and comments are passed over.
	row        int32
	start, end int
	indent     int
	next       int  // where the line after it begins
	blank      int  // blank lines before it
	comment    bool // comments before it
}

// deepestBlock bounds the recursion, whatever the limits say.
const deepestBlock = 1000

// readBlock reads a part, or says why it leaves it to the library. Refusing leaves no trace in arena.
func readBlock(source part, limits Limits, nodes *arena) (Document, string) {
	kept := *nodes
	r := blockReader{text: source.text, limits: limits, arena: nodes, row: int32(source.before)}
	if nodes.stack == nil {
		nodes.stack = make([]*Node, 0, 64)
	}
	r.stack, r.buffer = nodes.stack[:0], nodes.buffer
	root := r.document()
	nodes.stack, nodes.buffer = r.stack, r.buffer
	if root == nil {
		nodes.rewind(kept)
		return Document{}, cmp.Or(r.why, "not read")
	}
	nodes.documents++
	end := source.before + bytes.Count(source.text, []byte{'\n'})
	return Document{Root: root, Line: int(root.Line), EndLine: max(end, root.EndLine())}, ""
}

// refuse gives false, so that it can end a chain of calls.
func (r *blockReader) refuse(why string) bool {
	if r.why == "" {
		r.why = why
	}
	return false
}

// document reads a whole part; nil if it is refused.
func (r *blockReader) document() *Node {
	if tooMuch(r.arena.documents, r.arena.count, r.limits) != "" {
		r.refuse("limits of the file")
		return nil
	}
	if !plainText(r.text) && !r.unusualText() {
		return nil
	}
	r.source = string(r.text) // one copy, of which values are parts: the caller may reuse its bytes
	if isMarker(r.text) {
		if !r.skipMarker() {
			return nil
		}
	}
	if !r.advance() {
		return nil
	}
	root := r.make(nil, 0)
	if root == nil || !r.root(root) || r.why != "" {
		return nil
	}
	return root
}

// skipMarker passes over a first line "---" that holds nothing else but a comment.
func (r *blockReader) skipMarker() bool {
	end := bytes.IndexByte(r.text, '\n')
	if end < 0 {
		return r.refuse("nothing after the marker")
	}
	r.next, r.row, r.end = end+1, r.row+1, r.lineEnd(0, end)
	return r.closes(3) || r.refuse("content on the marker's line")
}

func (r *blockReader) root(root *Node) bool {
	if r.indent < 0 {
		return r.refuse("no content")
	}
	from := r.start + r.indent
	r.place(root, from)
	if r.dash(from) {
		if !r.list(root, r.indent, 0) {
			return false
		}
	} else {
		key, ok := r.token(from)
		if !ok || !key.colon {
			return r.refuse("scalar or flow at the root")
		}
		if !r.mapping(root, r.indent, key, 0) {
			return false
		}
	}
	return r.indent < 0 || r.refuse("content after the root")
}

// make gives a new node within the limits, or nil.
func (r *blockReader) make(parent *Node, depth int) *Node {
	if r.nodes++; r.nodes > r.limits.Nodes || depth > r.limits.Depth || depth > deepestBlock {
		r.refuse("limits of a document")
		return nil
	}
	n := r.arena.make()
	n.parent = parent
	return n
}

// plainText is true if text holds nothing but printable ASCII and "\n". It looks at eight bytes at once.
func plainText(text []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for len(text) >= 8 {
		word := binary.LittleEndian.Uint64(text)
		wide := word | (word + ones)            // high bit: above 0x7E
		control := ^(word + ones*0x60)          // high bit: below 0x20
		other := (word ^ ones*'\n') + ones*0x7F // high bit: not "\n"
		if (wide|control&other)&high != 0 {
			return false
		}
		text = text[8:]
	}
	for _, c := range text {
		if (c < ' ' || c > '~') && c != '\n' {
			return false
		}
	}
	return true
}

// unusualText notes what else the text holds and refuses what the library takes as an error or a line end.
func (r *blockReader) unusualText() bool {
	for at := 0; at < len(r.text); at++ {
		switch c := r.text[at]; {
		case c >= ' ' && c <= '~' || c == '\n' || c == '\t':
		case c == '\r' && at+1 < len(r.text) && r.text[at+1] == '\n':
			r.crlf = true
		case c < utf8.RuneSelf:
			return r.refuse("control character")
		default:
			char, size := utf8.DecodeRune(r.text[at:])
			if char == utf8.RuneError && size <= 1 || char < 0xA0 || char == '\u2028' || char == '\u2029' ||
				char == '\ufeff' || char == '\ufffe' || char == '\uffff' {
				return r.refuse("unusual character")
			}
			r.wide = true
			at += size - 1
		}
	}
	return true
}

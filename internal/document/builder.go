package document

import (
	"strconv"
	"unicode/utf8"
)

// Builder makes trees whose values have no places of values that are given one after the other,
// as a decoder meets them: a map or list first, then what stands in it, then its end. It keeps
// texts that repeat once, as an UnplacedReader does. It may be used again, but by one goroutine
// at a time. Begin with Root.
type Builder struct {
	flatTree
	scratch []byte
}

// NewBuilder makes a builder. Of the limits Nodes counts.
func NewBuilder(limits Limits) *Builder {
	return &Builder{flatTree: newFlatTree(limits)}
}

// Place names a map or list of the tree that is being made.
type Place int32

// Root begins a tree, whose root is a map, and drops an unfinished one. The map holds what the
// shape prescribes; cutting is for the caller.
func (b *Builder) Root(shape Shape) Place {
	b.empty()
	b.flat, b.spans = append(b.flat, Node{Kind: Map}), append(b.spans, span{})
	b.head(0, &shape)
	return 0
}

// Tree ends the tree and gives it. Of values with one key the last counts.
func (b *Builder) Tree() *Node {
	b.End(0)
	return b.tree()
}

// add puts a value into a map or list, which has no end yet.
func (b *Builder) add(in Place, n Node) error {
	if err := b.full(); err != nil {
		return err
	}
	if b.flat[in].Kind == List {
		n.key, n.index = "", b.spans[in].children
	}
	b.spans[in].children++
	b.flat = append(b.flat, n)
	b.spans = append(b.spans, span{end: int32(len(b.flat))})
	return nil
}

// Map begins a map under a key, or in a list, where the key means nothing.
func (b *Builder) Map(in Place, key string) (Place, error) { return b.begin(in, key, Map) }

// List begins a list.
func (b *Builder) List(in Place, key string) (Place, error) { return b.begin(in, key, List) }

func (b *Builder) begin(in Place, key string, kind Kind) (Place, error) {
	at := Place(len(b.flat))
	return at, b.add(in, Node{Kind: kind, key: key})
}

// End ends a map or list: what is added from now on does not stand in it.
func (b *Builder) End(at Place) { b.spans[at].end = int32(len(b.flat)) }

// Null adds a null.
func (b *Builder) Null(in Place, key string) error { return b.add(in, Node{key: key}) }

// Bool adds true or false.
func (b *Builder) Bool(in Place, key string, value bool) error {
	n := Node{key: key}
	n.setBool(value)
	return b.add(in, n)
}

// Int adds an integer.
func (b *Builder) Int(in Place, key string, value int64) error {
	n := Node{key: key}
	b.scratch = strconv.AppendInt(b.scratch[:0], value, 10)
	n.setInt(value, b.texts.text(b.scratch))
	return b.add(in, n)
}

// Text adds a string. Bytes that are no UTF-8 become U+FFFD, one each, as in JSON.
func (b *Builder) Text(in Place, key string, raw []byte) error {
	return b.add(in, Node{Kind: String, key: key, text: valid(raw, &b.texts)})
}

// Key gives bytes as a key, as Text gives them as a value.
func (b *Builder) Key(raw []byte) string { return valid(raw, &b.keys) }

func valid(raw []byte, cache *textCache) string {
	if !utf8.Valid(raw) {
		return string([]rune(string(raw)))
	}
	return cache.text(raw)
}

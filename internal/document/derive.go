package document

// Rewrite gives a copy of the tree in which change has replaced the text of strings. A string
// that changed is read again as if it stood there without quotes, as programs read what they
// filled variables into. Places, keys and the way up to the root stay.
func (n *Node) Rewrite(change func(string) string) *Node {
	return n.copied(n.parent, func(c *Node) {
		if c.Kind != String {
			return
		}
		if text := change(c.text); text != c.text {
			c.setPlain(text)
		}
	})
}

// At gives a copy of the tree all of which stands where place stands, below parent (nil for a
// root of its own). It is for values that come from another file by way of place.
func (n *Node) At(place, parent *Node) *Node {
	return n.copied(parent, func(c *Node) { c.stand(place) })
}

// With gives a copy of a map or list that holds copies of children, and nothing else. The
// children of a map keep their keys; those of a list are counted anew.
func (n *Node) With(children []*Node) *Node {
	c := *n
	c.lookup, c.children = nil, make([]*Node, len(children))
	for i, child := range children {
		c.children[i] = child.copied(&c, func(*Node) {})
		c.children[i].index = int32(i)
		if c.Kind == List {
			c.children[i].key = ""
		}
	}
	c.finish()
	return &c
}

// copied copies the tree below parent; edit may change each copy, its children excepted.
func (n *Node) copied(parent *Node, edit func(*Node)) *Node {
	c := *n
	c.parent, c.lookup = parent, nil
	edit(&c)
	c.children = make([]*Node, len(n.children))
	for i, child := range n.children {
		c.children[i] = child.copied(&c, edit)
	}
	if c.Kind == Map {
		c.finish()
	}
	return &c
}

// Field is a value with the name under which a composed map holds it.
type Field struct {
	Key   string
	Value *Node
}

// Compose gives a map, a root of its own, that stands where place stands and holds copies of the
// values in their order. What was never read from text in them stands where place stands too. It
// is for objects that are put together from parts of others, which keep their places.
func Compose(place *Node, fields []Field) *Node {
	root := &Node{Kind: Map}
	root.stand(place)
	for _, field := range fields {
		child := field.Value.copied(root, func(c *Node) {
			if c.Line == 0 {
				c.stand(place)
			}
		})
		child.key, child.index = field.Key, 0
		root.children = append(root.children, child)
	}
	root.finish()
	return root
}

func (n *Node) stand(place *Node) {
	if place != nil {
		n.Line, n.Column, n.KeyLine, n.KeyColumn = place.Line, place.Column, place.KeyLine, place.KeyColumn
	}
}

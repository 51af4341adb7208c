package document

import "strconv"

// At is a place in a text: line and column from 1.
type At struct{ Line, Column int }

// PlacedText makes a string that stands at a place of a text which is neither YAML nor JSON.
func PlacedText(at At, text string) *Node {
	return &Node{Kind: String, text: text, Line: int32(at.Line), Column: int32(at.Column)}
}

// PlacedBool makes a true or false that stands at a place.
func PlacedBool(at At, value bool) *Node {
	n := &Node{Line: int32(at.Line), Column: int32(at.Column)}
	n.setBool(value)
	return n
}

// PlacedInt makes an integer that stands at a place.
func PlacedInt(at At, value int) *Node {
	n := &Node{Line: int32(at.Line), Column: int32(at.Column)}
	n.setInt(int64(value), strconv.Itoa(value))
	return n
}

// PlacedList makes a list of elements that belong to no tree yet; nil ones are left out.
func PlacedList(at At, elements []*Node) *Node {
	n := &Node{Kind: List, Line: int32(at.Line), Column: int32(at.Column), children: make([]*Node, 0, len(elements))}
	for _, element := range elements {
		if element != nil {
			element.parent, element.index, element.key = n, int32(len(n.children)), ""
			n.children = append(n.children, element)
		}
	}
	return n
}

// PlacedMap makes a map of values that belong to no tree yet; nil ones are absent in it. The values
// keep their own places, and no key has one.
func PlacedMap(at At, fields ...Field) *Node {
	n := &Node{Kind: Map, Line: int32(at.Line), Column: int32(at.Column), children: make([]*Node, 0, len(fields))}
	for _, field := range fields {
		if field.Value != nil {
			field.Value.parent, field.Value.key = n, field.Key
			n.children = append(n.children, field.Value)
		}
	}
	n.finish()
	return n
}

package document

import (
	"encoding/json"
	"math"
	"strconv"
)

// AppendJSON appends the tree as JSON on one line, maps in the order written. With edit, a string
// that it gives for a value stands instead of it; "" keeps the value.
func (n *Node) AppendJSON(b []byte, edit func(*Node) string) []byte {
	if edit != nil {
		if text := edit(n); text != "" {
			return appendString(b, text)
		}
	}
	switch n.Kind {
	case Bool:
		return strconv.AppendBool(b, n.bits != 0)
	case Int:
		return strconv.AppendInt(b, n.Int64(), 10)
	case Float:
		return appendFloat(b, n.Float64())
	case String:
		return appendString(b, n.text)
	case List:
		b = append(b, '[')
		for i, child := range n.children {
			if i > 0 {
				b = append(b, ',')
			}
			b = child.AppendJSON(b, edit)
		}
		return append(b, ']')
	case Map:
		b = append(b, '{')
		for i, child := range n.children {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, child.key), ':')
			b = child.AppendJSON(b, edit)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// appendFloat keeps a float one: 1.0 must not come back as an integer. JSON has no infinity.
func appendFloat(b []byte, value float64) []byte {
	switch {
	case math.IsInf(value, 1):
		return append(b, "1e999"...)
	case math.IsInf(value, -1):
		return append(b, "-1e999"...)
	case math.IsNaN(value):
		return append(b, "null"...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, value, 'g', -1, 64)
	for _, c := range b[start:] {
		if c == '.' || c == 'e' {
			return b
		}
	}
	return append(b, ".0"...)
}

func appendString(b []byte, text string) []byte {
	encoded, _ := json.Marshal(text) // a string cannot fail
	return append(b, encoded...)
}

// Places lists where the values of the tree stand, in the order of Walk, four numbers each: line,
// column, line of the key, column of the key. It is nil if none of them stands anywhere.
func (n *Node) Places() []int32 {
	var places []int32
	placed := false
	n.Walk(func(at *Node) {
		places = append(places, at.Line, at.Column, at.KeyLine, at.KeyColumn)
		placed = placed || at.Line > 0
	})
	if !placed {
		return nil
	}
	return places
}

// Placed gives a copy of the tree whose values stand where Places said; without places they
// stand nowhere. It reports false if there are not as many places as values.
func (n *Node) Placed(places []int32) (*Node, bool) {
	at, fits := 0, true
	copied := n.copied(n.parent, func(c *Node) {
		c.Line, c.Column, c.KeyLine, c.KeyColumn = 0, 0, 0, 0
		switch {
		case len(places) == 0:
		case at+4 > len(places):
			fits = false
		default:
			c.Line, c.Column, c.KeyLine, c.KeyColumn = places[at], places[at+1], places[at+2], places[at+3]
		}
		at += 4
	})
	return copied, fits && (len(places) == 0 || at == len(places))
}

// Under gives a copy of the tree that stands under these keys, the outermost first; the maps that
// hold it have nothing else.
func (n *Node) Under(keys ...string) *Node {
	var parent *Node
	for i, key := range keys {
		holder := &Node{Kind: Map, parent: parent}
		if i > 0 {
			holder.key = keys[i-1]
			parent.children = []*Node{holder}
		}
		parent = holder
		if i == len(keys)-1 {
			c := n.copied(holder, func(*Node) {})
			c.key = key
			holder.children = []*Node{c}
			return c
		}
	}
	return n
}

// Keys are the keys that lead to the value from the root; nil if a list stands between.
func (n *Node) Keys() []string {
	var keys []string
	for at := n; at.parent != nil; at = at.parent {
		if at.parent.Kind == List {
			return nil
		}
		keys = append([]string{at.key}, keys...)
	}
	return keys
}

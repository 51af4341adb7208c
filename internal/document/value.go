package document

import (
	"maps"
	"math"
	"slices"
	"strconv"
)

// Int64 is the value of an Int; 0 for anything else. Integers above the range of
// int64 are read as Float.
func (n *Node) Int64() int64 {
	if n == nil || n.Kind != Int {
		return 0
	}
	return int64(n.bits)
}

// Float64 is the value of a Float or an Int; 0 for anything else.
func (n *Node) Float64() float64 {
	switch {
	case n == nil:
		return 0
	case n.Kind == Float:
		return math.Float64frombits(n.bits)
	case n.Kind == Int:
		return float64(int64(n.bits))
	}
	return 0
}

// Plain gives the tree as Go values: nil, bool, int64, float64, string, []any and map[string]any.
func (n *Node) Plain() any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case Bool:
		return n.bits != 0
	case Int:
		return n.Int64()
	case Float:
		return n.Float64()
	case String:
		return n.text
	case List:
		list := make([]any, len(n.children))
		for i, child := range n.children {
			list[i] = child.Plain()
		}
		return list
	case Map:
		fields := make(map[string]any, len(n.children))
		for _, child := range n.children {
			fields[child.key] = child.Plain()
		}
		return fields
	}
	return nil
}

// largeMap is the number of keys from which a map is looked up by hash.
const largeMap = 24

// Make builds a tree without places from Go values as Plain gives them, int included.
// Maps keep the order of keys; values of other kinds become their default text.
func Make(value any) *Node {
	n := &Node{}
	n.fill(value)
	return n
}

func (n *Node) fill(value any) {
	switch v := value.(type) {
	case nil:
	case bool:
		n.setBool(v)
	case int:
		n.setInt(int64(v), strconv.Itoa(v))
	case int64:
		n.setInt(v, strconv.FormatInt(v, 10))
	case float64:
		n.setFloat(v, strconv.FormatFloat(v, 'g', -1, 64))
	case string:
		n.Kind, n.text = String, v
	case []any:
		n.Kind = List
		for i, element := range v {
			n.children = append(n.children, &Node{parent: n, index: int32(i)})
			n.children[i].fill(element)
		}
	case map[string]any:
		n.Kind = Map
		for _, key := range slices.Sorted(maps.Keys(v)) {
			child := &Node{parent: n, key: key}
			child.fill(v[key])
			n.children = append(n.children, child)
		}
		n.finish()
	default:
		n.Kind, n.text = String, "unsupported value"
	}
}

func (n *Node) setBool(value bool) {
	n.Kind, n.bits = Bool, 0
	if value {
		n.bits = 1
	}
}

func (n *Node) setInt(value int64, text string) { n.Kind, n.bits, n.text = Int, uint64(value), text }

func (n *Node) setFloat(value float64, text string) {
	n.Kind, n.bits, n.text = Float, math.Float64bits(value), text
}

// finish builds the look-up of a map that has many keys.
func (n *Node) finish() {
	if len(n.children) < largeMap {
		return
	}
	n.lookup = make(map[string]*Node, len(n.children))
	for _, child := range n.children {
		n.lookup[child.key] = child
	}
}

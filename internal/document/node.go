// Package document reads Kubernetes YAML and JSON into trees in which every value
// remembers its line, its column and its path. It reads as kubectl reads (YAML 1.1
// booleans, the last of duplicate keys), because a scanner that reads otherwise
// can be led past what the API server will see. Begin with Read.
package document

import (
	"strconv"
	"strings"
)

// Kind tells what a Node holds.
type Kind uint8

// The kinds of value that YAML and JSON share.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

var kindNames = [...]string{"null", "true or false", "integer", "number", "string", "list", "map"}

// String names the kind in the words that messages use.
func (k Kind) String() string { return kindNames[k] }

// Named is the kind with its article, as in "an integer".
func (k Kind) Named() string {
	switch k {
	case Null, Bool:
		return k.String()
	case Int:
		return "an " + k.String()
	}
	return "a " + k.String()
}

// Node is one value of a document. Its fields are set by the reader and are not
// changed afterwards, so a tree may be read by many goroutines.
type Node struct {
	Kind Kind
	// Line and Column are where the value begins, counted from 1; 0 if it was not read from text.
	Line, Column int32
	// KeyLine and KeyColumn are where the key of this value stands; 0 in lists and at the root.
	KeyLine, KeyColumn int32
	index              int32
	bits               uint64 // Bool, Int: the value; Float: its bits
	text               string // String: the value; Int and Float: as written
	key                string
	parent             *Node
	children           []*Node
	lookup             map[string]*Node // only for large maps
}

// Key is the name under which the value stands in its map; empty in lists and at the root.
func (n *Node) Key() string { return n.key }

// Index is the place of the value in its list, from 0.
func (n *Node) Index() int { return int(n.index) }

// Parent is the map or list that holds the value; nil at the root.
func (n *Node) Parent() *Node { return n.parent }

// Children are the values of a map in the order written, or the elements of a list.
func (n *Node) Children() []*Node {
	if n == nil {
		return nil
	}
	return n.children
}

// Len is the number of children.
func (n *Node) Len() int { return len(n.Children()) }

// Get walks down maps by key. It returns nil where a step is absent or is null,
// as the API server drops nulls; a nil Node may be asked.
func (n *Node) Get(path ...string) *Node {
	for _, key := range path {
		if n = n.field(key); n == nil {
			return nil
		}
	}
	return n
}

func (n *Node) field(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	var found *Node
	if n.lookup != nil {
		found = n.lookup[key]
	} else {
		for _, child := range n.children {
			if child.key == key {
				found = child
				break
			}
		}
	}
	if found == nil || found.Kind == Null {
		return nil
	}
	return found
}

// Text is the value of a string, or the number or boolean as written; "" for nil, null, maps and lists.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	if n.Kind == Bool {
		return strconv.FormatBool(n.bits != 0)
	}
	return n.text
}

// Bool is true for a Bool that is true; false for anything else.
func (n *Node) Bool() bool { return n != nil && n.Kind == Bool && n.bits != 0 }

// Path names the place of the value from the root, as in spec.containers[0].image.
// Keys that hold dots, slashes or brackets are quoted: metadata.labels["a.b/c"].
func (n *Node) Path() string {
	if n == nil || n.parent == nil {
		return ""
	}
	var steps []*Node
	for at := n; at.parent != nil; at = at.parent {
		steps = append(steps, at)
	}
	var path strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		step := steps[i]
		switch {
		case step.parent.Kind == List:
			path.WriteString("[" + strconv.Itoa(int(step.index)) + "]")
		case strings.ContainsAny(step.key, ".[]/\" ") || step.key == "":
			path.WriteString("[" + strconv.Quote(step.key) + "]")
		default:
			if path.Len() > 0 {
				path.WriteByte('.')
			}
			path.WriteString(step.key)
		}
	}
	return path.String()
}

// Root is the topmost value of the tree.
func (n *Node) Root() *Node {
	for n.parent != nil {
		n = n.parent
	}
	return n
}

// EndLine is the last line on which a value below n begins; block scalars may go on after it.
func (n *Node) EndLine() int {
	end := int(n.Line)
	for len(n.children) > 0 {
		n = n.children[len(n.children)-1]
		end = max(end, int(n.Line))
	}
	return end
}

// Walk calls visit for n and everything below it, parents first.
func (n *Node) Walk(visit func(*Node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, child := range n.children {
		child.Walk(visit)
	}
}

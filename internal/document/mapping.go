package document

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// fillMap reads a mapping: the last of duplicate keys counts, as for kubectl, and is
// reported; merge keys ("<<") give what the mapping itself does not.
func (c *converter) fillMap(n *Node, from *yaml.Node, depth int) {
	n.Kind = Map
	n.children = make([]*Node, 0, len(from.Content)/2)
	seen := c.seenKeys(len(from.Content) / 2)
	var merges []*yaml.Node
	for i := 0; i+1 < len(from.Content); i += 2 {
		key, value := from.Content[i], from.Content[i+1]
		if key.Kind == yaml.ScalarNode && key.Value == "<<" && key.Style == 0 {
			merges = append(merges, value)
			continue
		}
		name, ok := c.keyName(key)
		if !ok {
			continue
		}
		child := c.arena.make()
		child.parent, child.key = n, name
		child.KeyLine, child.KeyColumn = int32(key.Line)+c.before, int32(key.Column)
		c.fill(child, value, depth+1)
		if at, twice := find(n, seen, name); twice {
			c.note(duplicateKey(int(c.before)+key.Line, key.Column, name))
			n.children[at] = child
			continue
		}
		if seen != nil {
			seen[name] = len(n.children)
		}
		n.children = append(n.children, child)
	}
	for _, merge := range merges {
		c.merge(n, merge, depth+1)
	}
	n.finish()
}

// seenKeys is a map only where comparing every key with every other would be slow.
func (c *converter) seenKeys(keys int) map[string]int {
	if keys < largeMap {
		return nil
	}
	return make(map[string]int, keys)
}

func find(n *Node, seen map[string]int, name string) (int, bool) {
	if seen != nil {
		at, ok := seen[name]
		return at, ok
	}
	for i, child := range n.children {
		if child.key == name {
			return i, true
		}
	}
	return 0, false
}

// keyName gives the key as it reads after kubectl's way through JSON: 1 is "1", yes is "true".
func (c *converter) keyName(key *yaml.Node) (string, bool) {
	if key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind != yaml.ScalarNode {
		c.fail(key, "a map or list stands as a key: keys must be strings")
		return "", false
	}
	var scalar Node
	c.fillScalar(&scalar, key)
	if scalar.Kind == Null {
		c.warn(key, "a key is empty: kubectl refuses it; name it")
	}
	return scalar.asKey(), true
}

// asKey gives a scalar as it reads where it is a key.
func (n *Node) asKey() string {
	switch n.Kind {
	case Int:
		return strconv.FormatInt(n.Int64(), 10)
	case Float:
		return floatKey(n.Float64())
	case Null:
		return "null"
	}
	return n.Text()
}

// merge adds the fields of a merge value that n does not have yet.
func (c *converter) merge(n *Node, from *yaml.Node, depth int) {
	target := from
	if from.Kind == yaml.AliasNode {
		target = from.Alias
	}
	switch target.Kind {
	case yaml.SequenceNode:
		for _, element := range target.Content {
			c.merge(n, element, depth+1)
		}
	case yaml.MappingNode:
		merged := c.arena.make()
		c.fill(merged, from, depth)
		have := make(map[string]bool, len(n.children))
		for _, child := range n.children {
			have[child.key] = true
		}
		for _, child := range merged.children {
			if !have[child.key] {
				child.parent = n
				n.children = append(n.children, child)
			}
		}
	default:
		c.fail(from, "a merge key (<<) needs a map or a list of maps")
	}
}

// floatKey writes a float key as sigs.k8s.io/yaml does.
func floatKey(value float64) string {
	switch text := strconv.FormatFloat(value, 'g', -1, 64); text {
	case "+Inf":
		return ".inf"
	case "-Inf":
		return "-.inf"
	case "NaN":
		return ".nan"
	default:
		return text
	}
}

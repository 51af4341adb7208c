package config

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// at gives FILE:LINE of the value at a path of keys and indexes, or of the deepest one that is
// there.
func (c *Config) at(path ...string) string {
	if line := c.line(path...); line > 0 {
		return fmt.Sprintf("%s:%d", c.File, line)
	}
	return c.File
}

// line is that of the value at a path; 0 if nothing of the path is there.
func (c *Config) line(path ...string) int {
	node, line := c.root, 0
	for _, step := range path {
		if node != nil {
			node, line = below(node, step, line)
		}
	}
	return line
}

// below gives the value at a key or index with its line; nil and the line given if there is none.
func below(node *yaml.Node, step string, line int) (*yaml.Node, int) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i+1], node.Content[i].Line
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(node.Content) {
			return node.Content[i], node.Content[i].Line
		}
	case yaml.AliasNode:
		return below(node.Alias, step, line)
	}
	return nil, line
}

// tree gives the root of a text that was decoded without error; nil if it is empty.
func tree(text []byte) *yaml.Node {
	var root yaml.Node
	if yaml.Unmarshal(text, &root) != nil || len(root.Content) == 0 {
		return nil
	}
	return root.Content[0]
}

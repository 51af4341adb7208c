package document

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readYAML reads one part of a stream: nearly all are read by the block reader, several times
// faster than by the library, which reads those that it refuses.
func readYAML(source part, limits Limits, nodes *arena) ([]Document, []Problem) {
	if message := tooLarge(source.text, limits); message != "" {
		return nil, []Problem{{Line: source.before + 1, Lost: true, Message: message}}
	}
	if found, refused := readBlock(source, limits, nodes); refused == "" {
		return []Document{found}, nil
	}
	return readLibrary(source, limits, nodes)
}

// readLibrary reads a part by the library; it can still hold several documents ("..." ends one too).
func readLibrary(source part, limits Limits, nodes *arena) ([]Document, []Problem) {
	var documents []Document
	var problems []Problem
	decoder := yaml.NewDecoder(bytes.NewReader(source.text))
	for {
		var root yaml.Node
		err := decode(decoder, &root)
		if errors.Is(err, io.EOF) {
			return documents, problems
		}
		if err != nil {
			return documents, append(problems, yamlProblem(err, source.before))
		}
		if len(root.Content) == 0 {
			continue
		}
		if message := tooMuch(nodes.documents, nodes.count, limits); message != "" {
			nodes.full = true
			return documents, append(problems, Problem{Line: source.before + root.Line, Lost: true, Message: message})
		}
		nodes.documents++
		c := converter{before: int32(source.before), limits: limits, arena: nodes}
		tree := c.convert(root.Content[0])
		if c.fatal != nil {
			problems = append(problems, *c.fatal)
			continue
		}
		problems = append(problems, c.problems...)
		if tree.Kind != Null {
			end := source.before + bytes.Count(source.text, []byte{'\n'})
			documents = append(documents, Document{Root: tree, Line: int(tree.Line), EndLine: max(end, tree.EndLine())})
		}
	}
}

// tooLarge refuses what the library would need far more memory for than the text has bytes:
// it holds all values of a document before the first can be counted.
func tooLarge(text []byte, limits Limits) string {
	if len(text) > limits.DocumentBytes {
		return fmt.Sprintf("document is %d MiB, larger than the limit of %d MiB: split it",
			len(text)>>20, limits.DocumentBytes>>20)
	}
	if len(text) > limits.Nodes && bytes.Count(text, []byte{'\n'})+bytes.Count(text, []byte{','}) > limits.Nodes {
		return fmt.Sprintf("document has more than %d lines and commas: split it", limits.Nodes)
	}
	return ""
}

// decode turns a panic of the library on hostile text into an error.
func decode(decoder *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("yaml: %v", caught)
		}
	}()
	return decoder.Decode(into)
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// yamlProblem takes the library's line out of its message and counts it in the file.
func yamlProblem(err error, before int) Problem {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if found := yamlLine.FindStringSubmatchIndex(message); found != nil {
		line, _ = strconv.Atoi(message[found[2]:found[3]])
		message = message[:found[0]] + message[found[1]:]
	}
	return Problem{Line: before + line, Lost: true, Message: "invalid YAML: " + message + yamlHint(message)}
}

func yamlHint(message string) string {
	switch {
	case strings.Contains(message, "cannot start any token"):
		return " (indent with spaces, not tabs, and quote values that begin with @, ` or %)"
	case strings.Contains(message, "mapping values are not allowed"):
		return " (quote values that contain \": \")"
	case strings.Contains(message, "exceeded max depth"):
		return " (flatten the document)"
	case strings.Contains(message, "did not find expected"):
		return " (close brackets and quotes and line up the indentation)"
	case strings.Contains(message, "unknown anchor"):
		return " (define the anchor before its alias)"
	}
	return ""
}

// mostProblems is how many problems of one document are reported.
const mostProblems = 100

// converter turns the library's nodes into ours; fatal ends the document.
type converter struct {
	before   int32
	limits   Limits
	nodes    int
	arena    *arena
	problems []Problem
	fatal    *Problem
	open     map[*yaml.Node]bool // anchors being expanded
}

func (c *converter) convert(from *yaml.Node) *Node {
	n := c.arena.make()
	c.fill(n, from, 0)
	return n
}

// arena makes the nodes of one file in slabs, which all of its documents share, so that a
// million tiny documents do not cost a slab each.
type arena struct {
	slab      []Node
	links     []*Node // for children
	stack     []*Node // room for the block reader, as buffer
	buffer    []byte
	count     int
	documents int
	full      bool // the limits of the file are reached
}

func (a *arena) make() *Node {
	if len(a.slab) == 0 {
		a.slab = make([]Node, 48)
	}
	n := &a.slab[0]
	a.slab = a.slab[1:]
	a.count++
	return n
}

// link gives a copy of children; copies share slabs as nodes do.
func (a *arena) link(children []*Node) []*Node {
	size := len(children)
	if len(a.links) < size {
		a.links = make([]*Node, max(size, 64))
	}
	linked := a.links[:size:size]
	a.links = a.links[size:]
	copy(linked, children)
	return linked
}

// rewind gives back what was made since the arena was as kept.
func (a *arena) rewind(kept arena) {
	clear(kept.slab)
	clear(kept.links)
	a.slab, a.links, a.count = kept.slab, kept.links, kept.count
}

func (c *converter) fail(from *yaml.Node, format string, args ...any) {
	if c.fatal == nil {
		c.fatal = &Problem{Line: int(c.before) + from.Line, Column: from.Column, Lost: true, Message: fmt.Sprintf(format, args...)}
	}
}

func (c *converter) warn(from *yaml.Node, format string, args ...any) {
	c.note(Problem{Line: int(c.before) + from.Line, Column: from.Column, Message: fmt.Sprintf(format, args...)})
}

// note keeps the first problems only: a hostile file does not fill the report.
func (c *converter) note(problem Problem) {
	if len(c.problems) < mostProblems {
		c.problems = append(c.problems, problem)
	}
}

func (c *converter) fill(n *Node, from *yaml.Node, depth int) {
	c.nodes++
	switch {
	case c.fatal != nil:
		return
	case c.nodes > c.limits.Nodes:
		c.fail(from, "document has more than %d values, aliases expanded: remove the aliases or split it", c.limits.Nodes)
		return
	case depth > c.limits.Depth:
		c.fail(from, "nested deeper than %d levels: flatten the document", c.limits.Depth)
		return
	}
	n.Line, n.Column = int32(from.Line)+c.before, int32(from.Column)
	switch from.Kind {
	case yaml.ScalarNode:
		c.fillScalar(n, from)
	case yaml.SequenceNode:
		n.Kind = List
		n.children = make([]*Node, 0, len(from.Content))
		for i, element := range from.Content {
			child := c.arena.make()
			child.parent, child.index = n, int32(i)
			n.children = append(n.children, child)
			c.fill(child, element, depth+1)
		}
	case yaml.MappingNode:
		c.fillMap(n, from, depth)
	case yaml.AliasNode:
		c.fillAlias(n, from, depth)
	}
}

func (c *converter) fillAlias(n *Node, from *yaml.Node, depth int) {
	if c.open[from.Alias] {
		c.fail(from, "anchor %q contains itself: remove the alias", from.Value)
		return
	}
	if c.open == nil {
		c.open = map[*yaml.Node]bool{}
	}
	c.open[from.Alias] = true
	c.fill(n, from.Alias, depth+1)
	delete(c.open, from.Alias)
}

func (c *converter) fillScalar(n *Node, from *yaml.Node) {
	if from.Style&yaml.TaggedStyle != 0 {
		c.fillTagged(n, from)
		return
	}
	if from.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		n.Kind, n.text = String, from.Value
		return
	}
	n.setPlain(from.Value)
}

// fillTagged reads a scalar with an explicit tag; "!!bool yes" is true for kubectl.
func (c *converter) fillTagged(n *Node, from *yaml.Node) {
	want := map[string]Kind{"!!str": String, "!!bool": Bool, "!!int": Int, "!!float": Float, "!!null": Null}
	switch kind, known := want[from.ShortTag()]; {
	case from.ShortTag() == "!!binary":
		decoded, err := base64.StdEncoding.DecodeString(from.Value)
		if err != nil {
			c.warn(from, "!!binary value is not base64: quote it or encode it")
		}
		n.Kind, n.text = String, string(decoded)
	case !known, kind == String:
		n.Kind, n.text = String, from.Value
	default:
		n.setPlain(from.Value)
		if n.Kind == Int && kind == Float {
			n.setFloat(n.Float64(), n.text)
		}
		if n.Kind != kind {
			c.warn(from, "value does not fit its tag %s: remove the tag", from.ShortTag())
		}
	}
}

package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/document"
)

// maxNodes bounds what a file in YAML becomes in memory, where each value takes hundreds of bytes:
// as many as maxRows entries with all keys have, and more.
const maxNodes = 1_000_000

// yamlReader reads entries and notes what is wrong with them.
type yamlReader struct {
	name     string
	problems []Problem
}

func readYAML(name string, data []byte) ([]Row, []Problem, error) {
	if count := nodesIn(data); count > maxNodes {
		return nil, nil, fmt.Errorf("%s: file has more than %d values: take out what holds no answers", name, maxNodes)
	}
	var root yaml.Node
	if err := document.DecodeStrict(name, data, &root); err != nil {
		return nil, nil, err
	}
	list := &root
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		list = root.Content[0]
	}
	if list.Kind != yaml.SequenceNode {
		return nil, nil, fmt.Errorf("%s:%d: file is %s: write a list of entries, each as \"- question: ID\" with \"answer\" below it", name, list.Line, kindOf(list))
	}
	if len(list.Content) > maxRows {
		return nil, nil, fmt.Errorf("%s: there are more than %d entries: take out those that hold no answers", name, maxRows)
	}
	r := &yamlReader{name: name}
	var rows []Row
	for _, entry := range list.Content {
		if row, ok := r.entry(entry); ok {
			rows = append(rows, row)
		}
	}
	return rows, r.problems, nil
}

// nodesIn is no less than the number of values in a text: each follows one of these.
func nodesIn(data []byte) int {
	count := 0
	for _, mark := range []string{"\n", ": ", ",", "[", "{", "- ", "? "} {
		count += bytes.Count(data, []byte(mark))
	}
	return count
}

func (r *yamlReader) wrong(at *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, Problem{fmt.Sprintf("%s:%d", r.name, at.Line), fmt.Sprintf(format, args...)})
}

// keys are those of an entry.
var keys = []string{"question", "item", "values", "answer", "judged", "notApplicable", "comment", "owner", "due"}

// entry reads one entry; false if it has to be left out. One with a mistake is left out as a
// whole: half of it would say something else than its author meant.
func (r *yamlReader) entry(node *yaml.Node) (Row, bool) {
	row := Row{Place: fmt.Sprintf("%s:%d", r.name, node.Line)}
	if node.Kind != yaml.MappingNode {
		r.wrong(node, "entry is %s: write \"question: ID\" with \"answer\" below it", kindOf(node))
		return row, false
	}
	before := len(r.problems)
	var seen []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(keys, key.Value):
			r.wrong(key, "key %q is unknown: use %s", excerpt(key.Value), strings.Join(keys, ", "))
		case slices.Contains(seen, key.Value):
			r.wrong(key, "key %s stands twice in one entry: remove one", key.Value)
		default:
			seen = append(seen, key.Value)
			r.field(&row, key.Value, value)
		}
	}
	if len(r.problems) == before {
		r.whole(&row, node, seen)
	}
	return row, len(r.problems) == before
}

// whole checks the keys of an entry against each other.
func (r *yamlReader) whole(row *Row, node *yaml.Node, seen []string) {
	both := func(one, other string) bool { return slices.Contains(seen, one) && slices.Contains(seen, other) }
	switch {
	case both("question", "item"):
		r.wrong(node, "entry names a question and an item: write two entries")
	case row.Key == "":
		r.wrong(node, "entry names neither question nor item: write \"question: ID\"")
	case len(row.Values) > 0 && strings.TrimSpace(row.Text) != "":
		r.wrong(node, "entry has values and answer: keep one")
	}
}

// field reads the value of a key.
func (r *yamlReader) field(row *Row, key string, value *yaml.Node) {
	if value.Kind == yaml.SequenceNode && (key == "values" || key == "answer") {
		for _, one := range value.Content {
			if text := strings.TrimSpace(r.text(key, one)); text != "" {
				row.Values = append(row.Values, text)
			}
		}
		return
	}
	text := r.text(key, value)
	switch key {
	case "question", "item":
		row.Key = strings.TrimSpace(text)
	case "values", "answer":
		if text != "" {
			row.Text = text
		}
	case "judged":
		row.Judged = checklist.Result(strings.TrimSpace(text))
	case "notApplicable":
		not, err := yesOrNo(text)
		if err != nil {
			r.wrong(value, "notApplicable is %q: write true or false", excerpt(text))
		}
		row.NotApplicable = not
	case "comment":
		row.Comment = text
	case "owner":
		row.Owner = strings.TrimSpace(text)
	case "due":
		row.Due = strings.TrimSpace(text)
	}
}

// text is a value letter by letter: yes, 1e3 and 2026-01-31 are texts whatever YAML takes them for.
func (r *yamlReader) text(key string, value *yaml.Node) string {
	switch {
	case value.Kind == yaml.AliasNode:
		r.wrong(value, "%s is an alias: write the value out", key)
	case value.Kind != yaml.ScalarNode:
		r.wrong(value, "%s is %s: write one text, in quotes if it holds a colon", key, kindOf(value))
	case value.ShortTag() != "!!null":
		return value.Value
	}
	return ""
}

func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	case yaml.ScalarNode:
		return "a text"
	default:
		return "empty"
	}
}

package reach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// requirement is one condition on a label.
type requirement struct {
	key    string
	op     operator
	values []string
}

type operator uint8

const (
	isIn operator = iota
	isNotIn
	exists
	isAbsent
)

var operators = map[string]operator{"In": isIn, "NotIn": isNotIn, "Exists": exists, "DoesNotExist": isAbsent}

// holds decides on a value; has tells whether there is one.
func (r requirement) holds(value string, has tri) tri {
	switch r.op {
	case exists:
		return has
	case isAbsent:
		return not(has)
	case isIn:
		if has != yes {
			return has
		}
		return sure(slices.Contains(r.values, value))
	default:
		if has != yes {
			return either(maybe, not(has))
		}
		return sure(!slices.Contains(r.values, value))
	}
}

// labelReader gives the value of a label of a place, and whether there is one.
type labelReader func(key string) (string, tri)

func holdAll(requirements []requirement, read labelReader) tri {
	result := yes
	for _, r := range requirements {
		value, has := read(r.key)
		if result = both(result, r.holds(value, has)); result == no {
			return no
		}
	}
	return result
}

// compileSelector reads a LabelSelector. The error says what the API server would refuse.
func compileSelector(node *document.Node) ([]requirement, error) {
	if node == nil {
		return nil, nil
	}
	if node.Kind != document.Map {
		return nil, fmt.Errorf("the selector is %s", node.Kind.Named())
	}
	var all []requirement
	for _, field := range node.Children() {
		switch field.Key() {
		case "matchLabels":
			if err := mustBe(field, document.Map); err != nil {
				return nil, err
			}
			for _, label := range field.Children() {
				if label.Kind == document.Map || label.Kind == document.List {
					return nil, fmt.Errorf("the value of label %q is %s", label.Key(), label.Kind.Named())
				}
				all = append(all, requirement{label.Key(), isIn, []string{label.Text()}})
			}
		case "matchExpressions":
			if err := mustBe(field, document.List); err != nil {
				return nil, err
			}
			for _, expression := range field.Children() {
				r, err := compileExpression(expression)
				if err != nil {
					return nil, err
				}
				all = append(all, r)
			}
		default:
			if field.Kind != document.Null {
				return nil, fmt.Errorf("the selector has a field %q", field.Key())
			}
		}
	}
	return all, nil
}

func compileExpression(node *document.Node) (requirement, error) {
	op, known := operators[node.Get("operator").Text()]
	r := requirement{key: node.Get("key").Text(), op: op, values: texts(node.Get("values"))}
	switch {
	case !known:
		return r, fmt.Errorf("operator %q is unknown", node.Get("operator").Text())
	case r.key == "":
		return r, fmt.Errorf("an expression names no label")
	case (op == isIn || op == isNotIn) != (len(r.values) > 0):
		return r, fmt.Errorf("operator %s has %d values", node.Get("operator").Text(), len(r.values))
	}
	return r, nil
}

func mustBe(node *document.Node, kind document.Kind) error {
	if node.Kind != kind && node.Kind != document.Null {
		return fmt.Errorf("%s is %s where %s is expected", node.Key(), node.Kind.Named(), kind.Named())
	}
	return nil
}

// signature writes requirements so that equal ones read equal.
func signature(requirements []requirement) string {
	parts := make([]string, len(requirements))
	for i, r := range requirements {
		parts[i] = fmt.Sprintf("%q%d%q", r.key, r.op, r.values)
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

func texts(list *document.Node) []string {
	var all []string
	for _, element := range list.Children() {
		all = append(all, element.Text())
	}
	return all
}

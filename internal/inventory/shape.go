package inventory

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Misshapen lists what stands in an object with a type that keeps controls from seeing what
// is below it, as a map where a list of containers should be. The API server refuses such
// objects; here they are reported, so that they do not pass unseen.
func (s *Subject) Misshapen(templates map[string][]string) []Error {
	c := shapeCheck{subject: s}
	c.want(document.Map, s.Root, "metadata")
	c.want(document.Map, s.Root, "metadata", "labels")
	c.want(document.Map, s.Root, "metadata", "annotations")
	path, known := templates[s.Kind]
	if !known {
		path, known = podTemplates[s.Kind]
	}
	if known {
		for steps := 1; steps <= len(path); steps++ {
			c.want(document.Map, s.Root, path[:steps]...)
		}
		c.want(document.Map, s.Root.Get(path...), "spec")
	}
	if s.Pod != nil {
		for _, list := range []string{"containers", "initContainers", "ephemeralContainers", "volumes"} {
			c.wantMaps(s.Pod.Spec, list)
		}
	}
	return c.errors
}

type shapeCheck struct {
	subject *Subject
	errors  []Error
}

// want reports a value that is there with another kind than it should have.
func (c *shapeCheck) want(kind document.Kind, at *document.Node, path ...string) {
	if node := at.Get(path...); node != nil && node.Kind != kind {
		c.fail(node, kind)
	}
}

func (c *shapeCheck) wantMaps(at *document.Node, list string) {
	node := at.Get(list)
	if node == nil {
		return
	}
	if node.Kind != document.List {
		c.fail(node, document.List)
		return
	}
	for _, element := range node.Children() {
		if element.Kind != document.Map {
			c.fail(element, document.Map)
		}
	}
}

func (c *shapeCheck) fail(node *document.Node, want document.Kind) {
	if len(c.errors) >= mostShapeErrors {
		return
	}
	line, column := node.KeyLine, node.KeyColumn
	if line == 0 {
		line, column = node.Line, node.Column
	}
	c.errors = append(c.errors, Error{
		Target: c.subject.Source.Target, File: c.subject.Source.File, Line: int(line), Column: int(column), Lost: true,
		Message: fmt.Sprintf("%s of %s %q is %s, not %s, so nothing below it is judged: correct it",
			node.Path(), c.subject.Kind, c.subject.Name, node.Kind.Named(), want.Named()),
	})
}

// mostShapeErrors is how many wrong types of one object are reported.
const mostShapeErrors = 20

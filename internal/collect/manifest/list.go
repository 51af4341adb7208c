package manifest

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// list adds the elements of a list. Those of a typed list, as PodList, may leave out what the
// list's own kind says.
func (r *reader) list(kind, apiVersion string, items *document.Node) {
	if items == nil {
		return
	}
	if items.Kind != document.List {
		r.fail(items, true, "items of %s is no list (%s), so nothing in it is judged: correct it", kind, items.Kind)
		return
	}
	elements := items.Children()
	for i, element := range elements {
		var next *document.Node
		if i+1 < len(elements) {
			next = elements[i+1]
		}
		r.element(strings.TrimSuffix(kind, "List"), apiVersion, element, endOf(element, next))
	}
}

func (r *reader) element(kind, apiVersion string, element *document.Node, endLine int) {
	switch own := element.Get("kind"); {
	case element.Kind == document.Null:
		r.fail(element, false, "%s is null: remove it", element.Path())
		return
	case element.Kind != document.Map:
		r.fail(element, true, "%s is no object (%s): correct it", element.Path(), element.Kind)
		return
	case own != nil && own.Kind == document.String && own.Text() != "":
		kind, apiVersion = own.Text(), element.Get("apiVersion").Text()
	case kind == "":
		r.fail(element, true, "%s names no kind, so it is not judged: add it", element.Path())
		return
	}
	r.object(kind, apiVersion, element, endLine)
}

// endOf is the last line of an element: that before the next one, where they stand below each other.
func endOf(element, next *document.Node) int {
	end := element.EndLine()
	if next != nil {
		end = max(end, int(next.Line)-1)
	}
	return end
}

package compose

import (
	"github.com/kubeproof/kubeproof/internal/document"
)

// place is a Compose file: its path in the scanned folder and what stands in it.
type place struct {
	file string
	root *document.Node
}

// longest is how many services may extend each other in a row.
const longest = 16

// extended gives a service with everything that it extends. What comes from another file stands
// where this file says extends, as that is the line here that brings it in.
func (p *project) extended(at place, service *document.Node) *document.Node {
	whole, extends := service, service.Get("extends")
	elsewhere := false
	for steps := 0; extends != nil; steps++ {
		if steps == longest {
			p.fail(service, true, "service %q extends services in a circle, or more than %d in a row: break the circle", service.Key(), longest)
			break
		}
		next, base := p.base(at, service, extends)
		if base == nil {
			break
		}
		if p.copied += size(base); p.copied > mostCopied {
			p.fail(service, true, "what services extend adds up to more than %d values, so %q is judged without: extend less", mostCopied, service.Key())
			break
		}
		elsewhere = elsewhere || next.file != at.file
		inherited := base
		if elsewhere {
			inherited = base.At(service.Get("extends"), nil)
		}
		whole = merge(inherited, whole, 0)
		at, extends = next, base.Get("extends")
	}
	return whole
}

// mostCopied bounds the values that services of one file take over from others.
const mostCopied = 200_000

func size(n *document.Node) int {
	count := 0
	n.Walk(func(*document.Node) { count++ })
	return count
}

// base finds the service that extends names; nil, and told, if it is not there.
func (p *project) base(at place, service, extends *document.Node) (place, *document.Node) {
	name := extends.Text()
	origin := service.Get("extends")
	if extends.Kind == document.Map {
		name = extends.Get("service").Text()
		if file := extends.Get("file"); file != nil {
			found, ok := p.locate(origin, at.file, file.Text())
			if !ok {
				return at, nil
			}
			if found != at.file {
				at = place{file: found, root: p.open(origin, found)}
			}
		}
	}
	if at.root == nil {
		return at, nil
	}
	base := at.root.Get("services", name)
	if base == nil || base.Kind != document.Map {
		p.fail(origin, true, "service %q extends %q, which %s does not have: correct the name", service.Key(), name, at.file)
		return at, nil
	}
	return at, base
}

// mergeDepth is how deep maps are merged; no field of a service goes deeper.
const mergeDepth = 6

// merge lays a service over the one that it extends, as Compose does: maps field by field, lists
// one after the other, commands and single values as a whole. The result stands where over stands.
func merge(base, over *document.Node, depth int) *document.Node {
	var fields []*document.Node
	for _, field := range over.Children() {
		under := base.Get(field.Key())
		switch {
		case field.Kind == document.Null && under != nil:
			fields = append(fields, under)
		case under == nil || under.Kind != field.Kind || depth >= mergeDepth || replaces(field.Key()):
			fields = append(fields, field)
		case field.Kind == document.Map:
			fields = append(fields, merge(under, field, depth+1))
		case field.Kind == document.List:
			fields = append(fields, field.With(append(append([]*document.Node{}, under.Children()...), field.Children()...)))
		default:
			fields = append(fields, field)
		}
	}
	for _, field := range base.Children() {
		if !has(over, field.Key()) && !(depth == 0 && field.Key() == "extends") {
			fields = append(fields, field)
		}
	}
	return over.With(fields)
}

// has knows fields that are null too, which Get does not.
func has(n *document.Node, key string) bool {
	for _, field := range n.Children() {
		if field.Key() == key {
			return true
		}
	}
	return false
}

// replaces tells fields that are not merged.
func replaces(key string) bool {
	return key == "command" || key == "entrypoint" || key == "test" || key == "extends"
}

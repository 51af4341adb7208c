package chart

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// origin answers for one rendered template.
type origin struct {
	file   string   // the template that was rendered
	files  []string // all template files; a site's file counts from 1
	lines  []line
	answer *answers
}

// answers looks values up for all pages of a rendering. The engine asks from many goroutines.
type answers struct {
	sync.Mutex
	lookup *lookup
	blocks map[*action]*document.Node
}

// Locate gives the template line of a rendered line and, where one value alone decided what
// stands there, the place of that value. Line is 0 where the template line is not known.
func (o *origin) Locate(number int, path string) (inventory.Place, *inventory.Place) {
	if number < 1 || number > len(o.lines) {
		return inventory.Place{File: o.file}, nil
	}
	l := o.lines[number-1]
	template := inventory.Place{File: o.file}
	if l.site.file > 0 {
		template = inventory.Place{File: o.files[l.site.file-1], Line: int(l.site.line)}
	}
	if len(l.parts) == 0 {
		return template, nil
	}
	o.answer.Lock()
	defer o.answer.Unlock()
	return template, o.answer.decide(l.parts, path)
}

func (a *answers) decide(parts []part, path string) *inventory.Place {
	if len(parts) == 2 && parts[1].weak && !parts[0].weak { // a helper, and what it was given
		if place := a.decide(parts[:1], path); place != nil {
			return place
		}
		return a.decide(parts[1:], path)
	}
	if len(parts) == 1 && strings.Contains(strings.TrimSpace(parts[0].text), "\n") {
		return a.inBlock(parts[0], path)
	}
	return a.onLine(parts, path)
}

// inBlock finds the value that a line of several lines from one action shows: toYaml of a map
// shows a value below that map, at the same path.
func (a *answers) inBlock(p part, path string) *inventory.Place {
	node := nodeAt(a.block(p.action), p.row+1, path)
	if node == nil {
		return nil
	}
	var found []*inventory.Place
	for _, v := range p.values {
		below := make([][]string, len(v.paths))
		for i, start := range v.paths {
			below[i] = slices.Concat(start, steps(node))
		}
		place := a.lookup.find(below, func(written *document.Node) bool { return fitsBlock(written, node, p.weak || v.weak) })
		if place != nil {
			found = append(found, place)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return nil
}

func fitsBlock(written, rendered *document.Node, weak bool) bool {
	switch rendered.Kind {
	case document.Map, document.List:
		return written.Kind == rendered.Kind && (!weak || rendered.Len() == written.Len())
	}
	return shows(written, rendered.Text())
}

// block reads what an action wrote as YAML. Where the first line was trimmed, it is put below
// the others again.
func (a *answers) block(of *action) *document.Node {
	if node, read := a.blocks[of]; read {
		return node
	}
	var root *document.Node
	for _, text := range []string{of.text, straighten(of.text)} {
		documents, problems := document.Read([]byte(text), document.DefaultLimits)
		if len(documents) == 1 && len(problems) == 0 {
			root = documents[0].Root
			break
		}
	}
	a.blocks[of] = root
	return root
}

func straighten(text string) string {
	first, rest, _ := strings.Cut(text, "\n")
	least := -1
	for row := range strings.Lines(rest) {
		bare := strings.TrimLeft(row, " ")
		if strings.TrimSpace(bare) != "" && (least < 0 || len(row)-len(bare) < least) {
			least = len(row) - len(bare)
		}
	}
	return strings.Repeat(" ", max(0, least)) + strings.TrimLeft(first, " ") + "\n" + rest
}

// nodeAt is the value at a line of a block: the one whose path ends the path asked for, else the
// outermost that begins there.
func nodeAt(root *document.Node, number int, path string) *document.Node {
	var found *document.Node
	longest := -1
	root.Walk(func(n *document.Node) {
		if n.Parent() == nil || int(n.KeyLine) != number && !(n.KeyLine == 0 && int(n.Line) == number) {
			return
		}
		own := n.Path()
		switch {
		case endsWith(path, own) && len(own) > longest: // both may begin there: - name: x
			found, longest = n, len(own)
		case found == nil:
			found = n
		}
	})
	return found
}

// endsWith reports whether the last steps of a path are those of another. A list that an action
// writes may go on a list above it, so the index of its own elements says nothing.
func endsWith(path, own string) bool {
	if strings.HasPrefix(own, "[") && !strings.HasPrefix(own, `["`) {
		_, own, _ = strings.Cut(own, "]")
		if own == "" {
			return strings.HasSuffix(path, "]") && !strings.HasSuffix(path, `"]`)
		}
	}
	rest, ok := strings.CutSuffix(path, own)
	return ok && (rest == "" || own[0] == '[' || own[0] == '.' || strings.HasSuffix(rest, "."))
}

// steps is the path of a node, step by step.
func steps(node *document.Node) []string {
	var all []string
	for at := node; at.Parent() != nil; at = at.Parent() {
		step := at.Key()
		if at.Parent().Kind == document.List {
			step = strconv.Itoa(at.Index())
		}
		all = append(all, step)
	}
	slices.Reverse(all)
	return all
}

// onLine finds the value that decided a line which actions wrote into. Of several, the one that
// the line shows as it is; else the map that holds them all.
func (a *answers) onLine(parts []part, path string) *inventory.Place {
	var values []value
	unknown := false
	for _, p := range parts {
		unknown = unknown || p.unknown
		for _, v := range p.values {
			v.weak = v.weak || p.weak
			if v.is != nil && !slices.ContainsFunc(values, func(have value) bool { return slices.Equal(have.paths[0], v.paths[0]) }) {
				values = append(values, v)
			}
		}
	}
	var shown, sure []value
	for _, v := range values {
		if len(parts) == 1 && isScalar(v.is) && unquoted(parts[0].text) == fmt.Sprint(v.is) {
			shown = append(shown, v)
		}
		if !v.weak {
			sure = append(sure, v)
		}
	}
	switch {
	case len(shown) == 1:
		return a.whole(shown[0], path)
	case unknown || len(sure) != len(values):
		return nil
	case len(values) == 1:
		return a.whole(values[0], path)
	case len(values) > 1:
		return a.common(values)
	}
	return nil
}

func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return strings.Trim(text, "'")
}

// whole is the place of a value; of a map, the place below it that the path ends with.
func (a *answers) whole(v value, path string) *inventory.Place {
	if isScalar(v.is) {
		return a.lookup.find(v.paths, func(written *document.Node) bool { return shows(written, v.is) })
	}
	place := a.lookup.find(v.paths, func(written *document.Node) bool {
		return written.Kind == document.Map || written.Kind == document.List
	})
	if place == nil {
		return nil
	}
	rest := pathSteps(path)
	for from := range rest {
		below := make([][]string, len(v.paths))
		for i, start := range v.paths {
			below[i] = slices.Concat(start, rest[from:])
		}
		if deeper := a.lookup.find(below, func(*document.Node) bool { return true }); deeper != nil {
			return deeper
		}
	}
	return place
}

// common is the place of the map that directly holds all the values, if one file gives them all.
func (a *answers) common(values []value) *inventory.Place {
	first := values[0].paths[0]
	if len(first) < 2 {
		return nil
	}
	parent, file := first[:len(first)-1], ""
	for _, v := range values {
		path := v.paths[0]
		if len(path) != len(first) || !slices.Equal(path[:len(path)-1], parent) || !isScalar(v.is) {
			return nil
		}
		place := a.lookup.find(v.paths[:1], func(written *document.Node) bool { return shows(written, v.is) })
		if place == nil || file != "" && place.File != file {
			return nil
		}
		file = place.File
	}
	return a.lookup.findIn(file, parent, isLeafMap)
}

// isLeafMap reports whether a node is a map of plain values, as image: {registry, repository,
// tag}. A map of maps says too little about what decided a line.
func isLeafMap(node *document.Node) bool {
	return node.Kind == document.Map && !slices.ContainsFunc(node.Children(), func(child *document.Node) bool {
		return child.Kind == document.Map && child.Len() > 0
	})
}

// pathSteps takes a path as document.Node.Path writes it apart.
func pathSteps(path string) []string {
	var all []string
	for path != "" {
		switch {
		case strings.HasPrefix(path, `["`):
			quoted, err := strconv.QuotedPrefix(path[1:])
			if err != nil {
				return nil
			}
			name, _ := strconv.Unquote(quoted) // QuotedPrefix gave it
			all, path = append(all, name), strings.TrimPrefix(path[1+len(quoted):], "]")
		case path[0] == '[':
			index, rest, _ := strings.Cut(path[1:], "]")
			all, path = append(all, index), rest
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			all, path = append(all, path[:end]), path[end:]
		}
		path = strings.TrimPrefix(path, ".")
	}
	return all
}

package chart

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// lookup finds where a value is written: in --set, in a values file of the user, in the
// values.yaml of the chart, or in that of the subchart whose value it is.
type lookup struct {
	set    map[string]any
	levels []*level
}

// level is one values file; at is the place of its values among those of the top chart.
type level struct {
	file valuesFile
	at   []string
	root *document.Node
	read bool
}

func newLookup(t *tree, v *values) *lookup {
	l := &lookup{set: v.set}
	for _, file := range slices.Backward(v.files) {
		l.levels = append(l.levels, &level{file: file})
	}
	l.addChart(t, t.chart, nil)
	return l
}

func (l *lookup) addChart(t *tree, of *chart.Chart, at []string) {
	if file := t.valuesFile(of); file.show != "" {
		l.levels = append(l.levels, &level{file: file, at: at})
	}
	for _, child := range of.Dependencies() {
		l.addChart(t, child, append(at[:len(at):len(at)], child.Name()))
	}
}

// node reads the file when it is first asked.
func (l *level) node(path []string) *document.Node {
	if !l.read {
		l.read = true
		documents, _ := document.Read(l.file.text, document.DefaultLimits)
		if len(documents) == 1 { // of several, it is not plain which one counts
			l.root = documents[0].Root
		}
	}
	if len(path) < len(l.at) || !slices.Equal(path[:len(l.at)], l.at) {
		return nil
	}
	return descend(l.root, path[len(l.at):])
}

func descend(node *document.Node, path []string) *document.Node {
	for _, step := range path {
		if node != nil && node.Kind == document.List {
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= node.Len() {
				return nil
			}
			node = node.Children()[i]
			continue
		}
		node = node.Get(step)
	}
	return node
}

// find gives the place where the value at one of the paths is written, if what stands there is
// what fits accepts; nil if there is none.
func (l *lookup) find(paths [][]string, fits func(*document.Node) bool) *inventory.Place {
	for _, path := range paths {
		for _, spelled := range spellings(path) {
			if present(l.set, spelled) {
				return &inventory.Place{File: "--set", Path: strings.Join(spelled, ".")}
			}
			for _, level := range l.levels {
				node := level.node(spelled)
				if node == nil {
					continue
				}
				if !fits(node) {
					break // what wins in this spelling is something else
				}
				return place(level.file.show, node)
			}
		}
	}
	return nil
}

// findIn is find for a value that is known to stand in one file.
func (l *lookup) findIn(file string, path []string, fits func(*document.Node) bool) *inventory.Place {
	for _, level := range l.levels {
		if node := level.node(path); level.file.show == file && node != nil && fits(node) {
			return place(file, node)
		}
	}
	return nil
}

func place(file string, node *document.Node) *inventory.Place {
	p := &inventory.Place{File: file, Line: int(node.Line), Column: int(node.Column), Path: node.Path()}
	if node.KeyLine > 0 {
		p.Line, p.Column = int(node.KeyLine), int(node.KeyColumn)
	}
	return p
}

// spellings are the places that may decide a value: what a subchart sees as global may be
// written for all charts, and that wins.
func spellings(path []string) [][]string {
	all := [][]string{path}
	if at := slices.Index(path, "global"); at > 0 {
		for above := range at {
			all = slices.Insert(all, above, slices.Concat(path[:above], path[at:]))
		}
	}
	return all
}

func present(in any, path []string) bool {
	for _, step := range path {
		if in = child(in, step); in == nil {
			return false
		}
	}
	return len(path) > 0 && isScalar(in) // of a map, --set may give a part only
}

// shows reports whether a node of a values file gives the scalar that was rendered, or is
// itself a template that may have given it.
func shows(node *document.Node, rendered any) bool {
	switch node.Kind {
	case document.Map, document.List, document.Null:
		return false
	case document.String:
		text, isText := rendered.(string)
		return isText && (text == node.Text() || strings.Contains(node.Text(), "{{")) || !isText && fmt.Sprint(rendered) == node.Text()
	}
	if number, err := strconv.ParseFloat(node.Text(), 64); err == nil {
		other, err := strconv.ParseFloat(fmt.Sprint(rendered), 64)
		return err == nil && number == other
	}
	return fmt.Sprint(rendered) == node.Text()
}

package kustomize

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// loads are the fields of kustomize's own plugins that name files, in api v0.21.
var loads = map[string]use{
	"files": data, "envs": variables, "env": variables, "path": setting, "paths": setting, "targetfilepath": setting,
}

// checkPlugin looks at the settings of a generator, transformer or validator. Only kustomize's
// own run here: others are programs. file is where the settings stand.
func (f *file) checkPlugin(t *Tree, ref *reference, file string, documents []document.Document, problems []document.Problem) {
	for _, problem := range problems {
		if problem.Lost {
			f.errors = append(f.errors, t.problem(file, problem))
			ref.refused = true
		}
	}
	for _, found := range documents {
		found.Root.Walk(func(n *document.Node) {
			if isPlugin(n) && !f.mayRun(t, ref, file, n) {
				ref.refused = true
			}
			use, known := loads[strings.ToLower(n.Key())]
			if !known || !namesFiles(n) {
				return
			}
			for _, name := range textsOf(n) {
				inner := &reference{node: name, file: file, use: use}
				f.add(t, inner)
				ref.refused = ref.refused || inner.refused
			}
		})
	}
}

// namesFiles is true for fields of the settings themselves and of their replacements. Deeper
// ones, as fieldSpecs[].path, are something else.
func namesFiles(n *document.Node) bool {
	parent := n.Parent()
	return isPlugin(parent) || parent.Parent() != nil && strings.EqualFold(parent.Parent().Key(), "replacements")
}

// textsOf is a value that is a name, or the names in a list.
func textsOf(n *document.Node) []*document.Node {
	all := []*document.Node{n}
	if n.Kind == document.List {
		all = n.Children()
	}
	var texts []*document.Node
	for _, one := range all {
		if one.Kind == document.String {
			texts = append(texts, one)
		}
	}
	return texts
}

// isPlugin is true for a document and for the elements of a list of them.
func isPlugin(n *document.Node) bool {
	kind := n.Get("kind")
	return kind != nil && (n.Parent() == nil || n.Parent().Key() == "items") && !strings.HasSuffix(kind.Text(), "List")
}

func (f *file) mayRun(t *Tree, ref *reference, file string, n *document.Node) bool {
	kind, why := n.Get("kind").Text(), ""
	switch {
	case n.Get("apiVersion").Text() != "builtin":
		why = "function or plugin %s is not run, as nothing is that is scanned: what it would change is missing here"
	case kind == "HelmChartInflationGenerator":
		why = "%s is not run: scan the chart itself with chart:PATH"
	default:
		return true
	}
	e := t.fail(f, n, why, kind)
	e.File = t.Show(file)
	if file == f.path { // the settings stand in the kustomization, and so their lines count from there
		e.Line, e.Column = int(ref.node.Line), int(ref.node.Column)
	}
	f.errors = append(f.errors, e)
	return false
}

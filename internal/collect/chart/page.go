package chart

import (
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// readPage makes subjects of what one template rendered.
func (c *collector) readPage(r *rendering, p page, suffix string) {
	o := &origin{file: p.unit.show, files: r.files(), lines: p.lines, answer: r.answers}
	source := &inventory.Source{Target: c.target.Name, File: p.unit.show + suffix, Text: []byte(p.text), Origin: o}
	c.readDocuments(source, o, suffix)
}

// readCRDs makes subjects of the crds/ folders, which Helm installs as they are. No value
// changes them, so they are read once.
func (c *collector) readCRDs(t *tree) {
	var all func(*chart.Chart)
	all = func(of *chart.Chart) {
		for _, file := range of.Files {
			place := t.places[file]
			if strings.HasPrefix(file.Name, "crds/") && isManifest(file) && !c.crds[place] {
				c.crds[place] = true
				c.readDocuments(&inventory.Source{Target: c.target.Name, File: place, Text: file.Data}, nil, "")
			}
		}
		for _, child := range of.Dependencies() {
			all(child)
		}
	}
	all(t.chart)
}

func isManifest(file *common.File) bool {
	name := strings.ToLower(file.Name)
	return slices.ContainsFunc([]string{".yaml", ".yml", ".json"}, func(ending string) bool { return strings.HasSuffix(name, ending) })
}

// readDocuments reads a source. o is nil where its text is what people edit.
func (c *collector) readDocuments(source *inventory.Source, o *origin, suffix string) {
	documents, problems := document.Read(source.Text, c.options.Limits)
	c.target.Files++
	c.target.Documents += len(documents)
	at := func(line, column int) (string, int, int) {
		if o == nil {
			return source.File, line, column
		}
		place, _ := o.Locate(line, "")
		return place.File, place.Line, 0
	}
	for _, problem := range problems {
		e := inventory.Error{Message: problem.Message, Lost: problem.Lost}
		e.File, e.Line, e.Column = at(problem.Line, problem.Column)
		if o != nil {
			e.Message = "rendered text: " + e.Message + suffix
		}
		c.fail(e)
	}
	for _, d := range documents {
		c.addObject(source, d.Root, d.EndLine, func(message string) {
			e := inventory.Error{Message: message + suffix, Lost: true}
			e.File, e.Line, e.Column = at(int(d.Root.Line), int(d.Root.Column))
			c.fail(e)
		})
	}
}

// addObject adds one object, or those of a List.
func (c *collector) addObject(source *inventory.Source, root *document.Node, endLine int, fail func(string)) {
	if root.Kind != document.Map || root.Get("kind").Text() == "" || root.Get("apiVersion").Text() == "" {
		fail("document is no Kubernetes object: give it apiVersion and kind, or move it out of templates/")
		return
	}
	if items := root.Get("items"); items != nil && items.Kind == document.List && strings.HasSuffix(root.Get("kind").Text(), "List") {
		for _, item := range items.Children() {
			c.addObject(source, item, item.EndLine(), fail)
		}
		return
	}
	s := inventory.NewSubject(root, source, endLine, c.options.Namespace, c.options.PodTemplates)
	if c.options.SkipTests && isTest(s) {
		c.skip("helm test")
		return
	}
	c.subjects = append(c.subjects, s)
}

// isTest reports whether only `helm test` creates the object.
func isTest(s *inventory.Subject) bool {
	for _, hook := range strings.Split(s.Annotation("helm.sh/hook"), ",") {
		if hook = strings.TrimSpace(hook); hook == "test" || hook == "test-success" || hook == "test-failure" {
			return true
		}
	}
	return false
}

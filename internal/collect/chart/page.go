package chart

import (
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/kubeproof/kubeproof/internal/collect/manifest"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// readPage makes subjects of what one template rendered.
func (c *collector) readPage(r *rendering, p page, suffix string) {
	o := &origin{file: p.unit.show, files: r.files(), lines: p.lines, answer: r.answers}
	source := &inventory.Source{Target: c.target.Name, File: p.unit.show + suffix, Text: []byte(p.text), Origin: o, Bundle: c.show + suffix}
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
				c.readDocuments(&inventory.Source{Target: c.target.Name, File: place, Text: file.Data, Bundle: c.show}, nil, "")
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
	read := manifest.Read(source, manifest.Options{
		Namespace: c.options.Namespace, Templates: c.options.PodTemplates, Limits: c.options.Limits, Named: true,
	})
	c.target.Files++
	c.target.Documents += read.Documents
	for _, foreign := range read.Foreign {
		read.Errors = append(read.Errors, inventory.Error{File: source.File, Line: int(foreign.Root.Line), Column: int(foreign.Root.Column),
			Lost: true, Message: "document is no Kubernetes object: give it apiVersion and kind, or move it out of templates/"})
	}
	for _, e := range read.Errors {
		if o != nil {
			place, _ := o.Locate(e.Line, "")
			e.File, e.Line, e.Column = place.File, place.Line, 0
			e.Message = "rendered text: " + e.Message + suffix
		}
		c.fail(e)
	}
	for _, s := range read.Subjects {
		if c.options.SkipTests && isTest(s) {
			c.skip("helm test")
			continue
		}
		c.subjects = append(c.subjects, s)
	}
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

package chart

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/chart/v2/util"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// tree is a chart with its subcharts, and where each of its files stands.
type tree struct {
	chart *chart.Chart
	// places are the paths of files as people see them. Helm copies charts that have an alias,
	// but the copies keep the files.
	places map[*common.File]string
	// missing are dependencies that are enabled and not there.
	missing []string
}

// load makes Helm's chart of the files, subchart by subchart, so that a broken one costs only
// itself; nil after recording why the chart itself cannot be loaded.
func (c *collector) load(files []*archive.BufferedFile) *tree {
	t := &tree{places: map[*common.File]string{}}
	if t.chart = c.loadChart(t, c.show, files, 0); t.chart == nil {
		return nil
	}
	return t
}

func (c *collector) loadChart(t *tree, show string, files []*archive.BufferedFile, depth int) *chart.Chart {
	own, subcharts := divide(files)
	made, err := loader.LoadFiles(own)
	if err != nil && !c.loadable(made, show, own, err) {
		return nil
	}
	for _, group := range [][]*common.File{made.Templates, made.Files, made.Raw} {
		for _, file := range group {
			t.places[file] = below(show, file.Name)
		}
	}
	if depth == mostFolder {
		c.fail(inventory.Error{File: show, Lost: true, Message: "subcharts are nested too deep: flatten the chart"})
		return made
	}
	for _, sub := range subcharts {
		place := below(show, "charts/"+sub.folder)
		inner := sub.files
		if sub.archive {
			place += "!"
			if inner, err = archive.LoadArchiveFiles(bytes.NewReader(sub.files[0].Data)); err != nil {
				c.fail(inventory.Error{File: below(show, "charts/"+sub.folder), Lost: true,
					Message: fmt.Sprintf("unpack subchart: %v: run \"helm dependency build\" again", err)})
				continue
			}
		}
		if child := c.loadChart(t, place, inner, depth+1); child != nil {
			made.AddDependency(child)
		}
	}
	return made
}

// loadable records why Helm's loader refused a chart, and reports whether it can be rendered all
// the same: only its metadata is against the rules then.
func (c *collector) loadable(made *chart.Chart, show string, own []*archive.BufferedFile, err error) bool {
	for _, name := range []string{"Chart.yaml", "values.yaml"} {
		for _, file := range own {
			if file.Name != name {
				continue
			}
			_, problems := document.Read(file.Data, c.options.Limits)
			for _, problem := range problems {
				if problem.Lost {
					c.fail(inventory.Error{File: below(show, name), Line: problem.Line, Column: problem.Column, Lost: true,
						Message: problem.Message + ": the chart is not rendered"})
					return false
				}
			}
		}
	}
	usable := made != nil && made.Metadata != nil && made.Metadata.Name != "" && made.Metadata.Name == path.Base(made.Metadata.Name) &&
		strings.HasPrefix(err.Error(), "validation: ")
	message := fmt.Sprintf("load chart: %s: mend it and try \"helm lint\"", strings.TrimPrefix(err.Error(), "validation: "))
	file := show
	if usable {
		file += "/Chart.yaml"
	}
	c.fail(inventory.Error{File: file, Lost: !usable, Message: message})
	return usable
}

// subchart is the files of one entry of charts/: a folder, or one archive.
type subchart struct {
	folder  string
	archive bool
	files   []*archive.BufferedFile
}

// divide parts a chart's own files from those of its subcharts, with the rules of Helm's loader.
func divide(files []*archive.BufferedFile) (own []*archive.BufferedFile, subcharts []*subchart) {
	for _, file := range files {
		rest, inside := strings.CutPrefix(file.Name, "charts/")
		if !inside || path.Ext(file.Name) == ".prov" {
			own = append(own, file)
			continue
		}
		folder, name, deeper := strings.Cut(rest, "/")
		packed := !deeper && path.Ext(folder) == ".tgz"
		if strings.IndexAny(folder, "_.") == 0 || !deeper && !packed {
			continue
		}
		at := slices.IndexFunc(subcharts, func(s *subchart) bool { return s.folder == folder })
		if at < 0 {
			at = len(subcharts)
			subcharts = append(subcharts, &subchart{folder: folder, archive: packed})
		}
		subcharts[at].files = append(subcharts[at].files, &archive.BufferedFile{Name: name, ModTime: file.ModTime, Data: file.Data})
	}
	slices.SortFunc(subcharts, func(a, b *subchart) int { return strings.Compare(a.folder, b.folder) })
	return own, subcharts
}

// settle drops disabled subcharts, applies aliases and imported values, and records the
// dependencies that are enabled and missing.
func (c *collector) settle(t *tree, values *values) bool {
	if err := util.ProcessDependencies(t.chart, values.given); err != nil {
		c.fail(inventory.Error{File: below(c.show, "Chart.yaml"), Lost: true,
			Message: fmt.Sprintf("process dependencies: %v: mend the values", err)})
		return false
	}
	c.findMissing(t, t.chart)
	return true
}

func (c *collector) findMissing(t *tree, from *chart.Chart) {
	for _, wanted := range from.Metadata.Dependencies {
		if wanted == nil || slices.ContainsFunc(from.Dependencies(), func(have *chart.Chart) bool { return have.Name() == wanted.Name }) {
			continue
		}
		t.missing = append(t.missing, wanted.Name)
		file, line := t.declared(from, wanted.Name)
		c.fail(inventory.Error{File: file, Line: line, Lost: true, Message: fmt.Sprintf(
			"dependency %q %s is not in charts/: run \"helm dependency build\" in the chart's folder, then scan again", wanted.Name, wanted.Version)})
	}
	for _, child := range from.Dependencies() {
		c.findMissing(t, child)
	}
}

// declared finds where a chart names a dependency, by its alias or name.
func (t *tree) declared(from *chart.Chart, name string) (file string, line int) {
	for _, manifest := range from.Raw {
		if manifest.Name != "Chart.yaml" && manifest.Name != "requirements.yaml" {
			continue
		}
		documents, _ := document.Read(manifest.Data, document.DefaultLimits)
		if file == "" {
			file = t.places[manifest]
		}
		for _, d := range documents {
			for _, entry := range d.Root.Get("dependencies").Children() {
				if entry.Get("alias").Text() == name || entry.Get("name").Text() == name {
					return t.places[manifest], int(entry.Line)
				}
			}
		}
	}
	return file, 0
}

// valuesFile finds a chart's own values.yaml; an empty one if it has none.
func (t *tree) valuesFile(of *chart.Chart) valuesFile {
	for _, file := range of.Raw {
		if file.Name == "values.yaml" {
			return valuesFile{t.places[file], file.Data}
		}
	}
	return valuesFile{}
}

package chart

import (
	"fmt"
	"path"
	"sort"
	"strings"

	charts "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// unit is one template file with the data that it is rendered with.
type unit struct {
	name, base string // as .Template.Name and .Template.BasePath
	show       string // path as people see it
	text       string
	data       map[string]any // what the template sees as "."
}

// partial reports whether the file only defines templates for others, by its name.
func (u *unit) partial() bool { return strings.HasPrefix(path.Base(u.name), "_") }

// compose puts the values of all levels together and gives the data of the chart's templates;
// nil after recording why it cannot.
func (c *collector) compose(t *tree, v *values) common.Values {
	version, err := common.ParseKubeVersion(c.options.KubeVersion)
	if err != nil {
		c.fail(inventory.Error{File: c.show, Lost: true,
			Message: fmt.Sprintf("read Kubernetes version %q: %v: write it as v1.37.0", c.options.KubeVersion, err)})
		return nil
	}
	capabilities := &common.Capabilities{KubeVersion: *version, HelmVersion: common.DefaultCapabilities.HelmVersion,
		APIVersions: append(append(common.VersionSet{}, common.DefaultVersionSet...), c.options.APIVersions...)}
	release := common.ReleaseOptions{Name: c.options.Release, Namespace: c.options.Namespace, Revision: 1, IsInstall: true}
	top, err := util.ToRenderValuesWithSchemaValidation(t.chart, v.given, release, capabilities, true)
	if err != nil {
		c.fail(inventory.Error{File: c.show, Lost: true, Message: fmt.Sprintf("put values together: %v: mend the values", err)})
		return nil
	}
	return top
}

// gatherer lists the templates of a chart and its subcharts, as Helm's engine does.
type gatherer struct {
	tree  *tree
	units []*unit
	data  []scope
}

// scope is the data of one chart's templates and the place of its values among those of the top chart.
type scope struct {
	data map[string]any
	path []string
}

func (g *gatherer) gather(of *chart.Chart, outer common.Values, at []string) map[string]any {
	accessor, err := charts.NewAccessor(of)
	if err != nil {
		return nil // only for a chart of an unknown type
	}
	metadata := accessor.MetadataAsMap()
	metadata["IsRoot"] = of.IsRoot()
	subcharts := map[string]any{}
	data := map[string]any{
		"Chart": metadata, "Files": newFiles(of.Files), "Release": outer["Release"],
		"Capabilities": outer["Capabilities"], "Values": common.Values{}, "Subcharts": subcharts,
	}
	if of.IsRoot() {
		data["Values"] = outer["Values"]
	} else if own, err := outer.Table("Values." + of.Name()); err == nil {
		data["Values"] = own
	}
	g.data = append(g.data, scope{data, at})
	for _, child := range of.Dependencies() {
		subcharts[child.Name()] = g.gather(child, data, append(at[:len(at):len(at)], child.Name()))
	}
	for _, file := range of.Templates {
		if accessor.IsLibraryChart() && !strings.HasPrefix(path.Base(file.Name), "_") {
			continue
		}
		g.units = append(g.units, &unit{
			name: path.Join(of.ChartFullPath(), file.Name), base: path.Join(of.ChartFullPath(), "templates"),
			show: g.tree.places[file], text: string(file.Data), data: data,
		})
	}
	return data
}

// sorted gives the units in the order in which Helm reads them: deeper ones first, so that a
// chart's definitions win over those of its subcharts. Of one name the last counts, as in Helm.
func (g *gatherer) sorted() []*unit {
	byName := map[string]*unit{}
	for _, u := range g.units {
		byName[u.name] = u
	}
	var units []*unit
	for _, u := range byName {
		units = append(units, u)
	}
	sort.Slice(units, func(i, j int) bool {
		a, b := units[i].name, units[j].name
		if x, y := strings.Count(a, "/"), strings.Count(b, "/"); x != y {
			return x > y
		}
		return a > b
	})
	return units
}

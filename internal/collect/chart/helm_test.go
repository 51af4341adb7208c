package chart

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"helm.sh/helm/v4/pkg/chart/common"
	charts "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/engine"
)

// TestRendersAsHelm holds the rendering against Helm's own engine, on the charts in testdata that
// Helm can render whole.
func TestRendersAsHelm(t *testing.T) {
	for _, name := range []string{"functions", "origins", "schema", "metadata"} {
		t.Run(name, func(t *testing.T) {
			archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			dir, _ := unpack(t, archive)
			ours, helms := renderBoth(t, filepath.Join(dir, "chart"))
			if diff := cmp.Diff(helms, ours); diff != "" {
				t.Errorf("rendered (-helm +ours):\n%s", diff)
			}
			if len(ours) == 0 {
				t.Error("nothing was rendered")
			}
		})
	}
}

func renderBoth(t testing.TB, dir string) (ours, helms map[string]string) {
	t.Helper()
	c := newCollector(dir, Options{})
	load := func() (*tree, *values) {
		loaded := c.load(c.read(dir))
		given, ok := c.readValues(ValueSet{})
		if loaded == nil || !ok || !c.settle(loaded, given) {
			t.Fatalf("load chart: %v", c.errors)
		}
		return loaded, given
	}
	loaded, given := load()
	r := c.prepare(context.Background(), loaded, given, "")
	defer r.cancel()
	ours = map[string]string{}
	for _, p := range r.renderAll() {
		ours[p.unit.name] = p.text
	}
	if faults := r.faults.errors(c, loaded); len(faults) > 0 {
		t.Fatalf("render: %v", faults)
	}
	loaded, given = load() // rendering may change values
	return ours, renderHelm(t, c, loaded.chart, c.compose(loaded, given))
}

// renderHelm renders with Helm's engine, with what differs from run to run replaced as here.
func renderHelm(t testing.TB, c *collector, of *charts.Chart, values map[string]any) map[string]string {
	t.Helper()
	replaced := fixed()
	for _, name := range []string{"keys", "values"} {
		replaced[name] = bounded()[name]
	}
	rendered, err := engine.Engine{CustomTemplateFuncs: replaced}.RenderWithContext(context.Background(), of, values)
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(rendered, func(name, text string) bool { return strings.TrimSpace(text) == "" })
	return rendered
}

// TestFunctionsAreHelms asks Helm for every function that templates can call here.
func TestFunctionsAreHelms(t *testing.T) {
	var calls strings.Builder
	for _, name := range slices.Sorted(maps.Keys(functions())) {
		calls.WriteString("{{ if false }}{{ " + name + " }}{{ end }}\n")
	}
	of := &charts.Chart{Metadata: &charts.Metadata{Name: "app"}}
	of.Templates = append(of.Templates, file("templates/all.yaml", calls.String()))
	if _, err := (engine.Engine{}).RenderWithContext(context.Background(), of, map[string]any{"Values": map[string]any{}}); err != nil {
		t.Error(err)
	}
	if len(functions()) < 200 {
		t.Errorf("only %d functions", len(functions()))
	}
	if _, err := template.New("x").Funcs(functions()).Parse(`{{ env "HOME" }}`); err == nil {
		t.Error("templates can read the environment")
	}
}

// BenchmarkCollect renders a chart of 60 lines and reads what it gives; BenchmarkHelm only renders it.
func BenchmarkCollect(b *testing.B) {
	dir := build(b, benchmarkChart())
	for b.Loop() {
		if subjects, errs := Collect(context.Background(), dir, Options{}); len(subjects) != 2 || len(errs) > 0 {
			b.Fatal(len(subjects), errs)
		}
	}
}

func BenchmarkHelm(b *testing.B) {
	dir := build(b, benchmarkChart())
	for b.Loop() {
		c := newCollector(dir, Options{})
		loaded := c.load(c.read(dir))
		given, _ := c.readValues(ValueSet{})
		c.settle(loaded, given)
		renderHelm(b, c, loaded.chart, c.compose(loaded, given))
	}
}

// BenchmarkLocate asks for every line of a rendered chart.
func BenchmarkLocate(b *testing.B) {
	subjects, _ := Collect(context.Background(), build(b, benchmarkChart()), Options{})
	for b.Loop() {
		for line := range 60 {
			subjects[0].Source.Origin.Locate(line, "spec.template.spec.containers[0].image")
		}
	}
}

func benchmarkChart() map[string]string {
	archive, err := txtar.ParseFile("testdata/origins.txtar")
	if err != nil {
		panic(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "chart/"); ok {
			files[name] = string(f.Data)
		}
	}
	return files
}

func file(name, text string) *common.File { return &common.File{Name: name, Data: []byte(text)} }

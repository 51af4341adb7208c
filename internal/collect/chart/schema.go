package chart

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// mostViolations is how many violations of one schema are reported.
const mostViolations = 20

// checkSchemas holds the values against the values.schema.json of the chart and its subcharts.
// Helm refuses to install what violates them; here it is an error, and the chart is still
// rendered and judged, because somebody wrote it to be installed.
func (c *collector) checkSchemas(t *tree, of *chart.Chart, v *values, values common.Values, at []string) {
	if len(of.Schema) > 0 {
		c.checkSchema(t, of, v, values, at)
	}
	for _, child := range of.Dependencies() {
		if own, err := values.Table(child.Name()); err == nil {
			c.checkSchemas(t, child, v, own, append(at[:len(at):len(at)], child.Name()))
		}
	}
}

func (c *collector) checkSchema(t *tree, of *chart.Chart, v *values, values common.Values, at []string) {
	file := c.show
	for _, each := range of.Raw {
		if each.Name == "values.schema.json" {
			file = t.places[each]
		}
	}
	schema, err := compileSchema(of.Schema)
	if err != nil {
		c.fail(inventory.Error{File: file, Message: fmt.Sprintf("read schema: %s: values are not checked against it", oneLine(err))})
		return
	}
	err = schema.Validate(values.AsMap())
	var violation *jsonschema.ValidationError
	if !errors.As(err, &violation) {
		return
	}
	lookup := newLookup(t, v)
	for i, leaf := range leaves(violation, nil) {
		if i == mostViolations {
			break
		}
		path := slices.Concat(at, leaf.InstanceLocation)
		e := inventory.Error{File: file, Message: fmt.Sprintf("%s against the chart's schema: %s: Helm refuses to install this",
			named(path), describe(leaf))}
		if place := lookup.find([][]string{path}, func(*document.Node) bool { return true }); place != nil && len(path) > 0 {
			e.File, e.Line, e.Column = place.File, place.Line, place.Column
		}
		c.fail(e)
	}
}

func named(path []string) string {
	if len(path) == 0 {
		return "values are"
	}
	return "value " + strings.Join(path, ".") + " is"
}

// describe gives the violation in the words of the validator, without its place.
func describe(leaf *jsonschema.ValidationError) string {
	text := oneLine(leaf)
	if at := strings.LastIndex(text, "': "); at >= 0 {
		text = text[at+len("': "):]
	}
	return text
}

// leaves are the violations that have no deeper cause, in the order of their places.
func leaves(of *jsonschema.ValidationError, into []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(of.Causes) == 0 {
		return append(into, of)
	}
	for _, cause := range of.Causes {
		into = leaves(cause, into)
	}
	slices.SortStableFunc(into, func(a, b *jsonschema.ValidationError) int {
		return slices.Compare(a.InstanceLocation, b.InstanceLocation)
	})
	return into
}

// compileSchema compiles a schema that refers to nothing outside itself: a chart brings no
// reading of other files or of the network.
func compileSchema(text []byte) (schema *jsonschema.Schema, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("it cannot be compiled: %v", caught)
		}
	}()
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(closed{})
	if err := compiler.AddResource("file:///values.schema.json", read); err != nil {
		return nil, err
	}
	return compiler.Compile("file:///values.schema.json")
}

// closed is the loader of other schemas: it loads none.
type closed struct{}

// Load refuses.
func (closed) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s stands outside the chart and is not read", url)
}

// oneLine is the text of an error with its lines joined.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/control"
)

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"an unknown field", "severitys: {a: low}", "c.yaml:1: field severitys is unknown"},
		{"a wrong type", "exclude: 5\nfailOn: [high]\nparameters: {a: b}\nexceptions: [x]\n",
			"c.yaml:1: `5` is a number, not a list\nc.yaml:2: here is a list, which does not fit\nc.yaml:3: `b` is text, not a map\nc.yaml:4: `x` is text, which does not fit"},
		{"broken YAML", "a: [", "c.yaml:1: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)"},
		{"an exception without reason", "exceptions:\n  - control: x\n    subject: web\n    expires: 2027-01-31\n",
			"c.yaml:2: exception for x has no reason: say why the risk is accepted"},
		{"an exception without end", "exceptions:\n  - {control: x, subject: web, reason: needed}\n",
			"c.yaml:2: exception for x has no end date: add expires: YYYY-MM-DD"},
		{"an exception for everything", "exceptions:\n  - {control: x, reason: needed, expires: 2027-01-31}\n",
			"c.yaml:2: exception for x names neither subject nor path: say what it covers"},
		{"an exception with a wrong date", "exceptions:\n  - {control: x, path: a, reason: needed, expires: 31.1.2027}\n",
			"c.yaml:2: exception for x ends on \"31.1.2027\", which is no date: write YYYY-MM-DD"},
		{"an unknown severity", "severities: {x: urgent}", `c.yaml:1: severity "urgent" of x is unknown: use info, low, medium, high or critical`},
		{"an unknown threshold", "failOn: urgent", `c.yaml:1: failOn "urgent" is unknown: use info, low, medium, high, critical or never`},
		{"an empty path rule", "paths:\n  - exclude: [x]\n", "c.yaml:2: a rule under paths needs path and exclude"},
		{"a pod template without a path", "podTemplates:\n  Rollout: \"\"\n", `c.yaml:2: pod template of Rollout is at "", which is no path: write it as spec.template`},
		{"two documents", "failOn: high\n---\nfailOn: low\n", "c.yaml: holds more than one document: keep one"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("c.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestParseGivesAllErrors(t *testing.T) {
	_, err := Parse("c.yaml", []byte("severities: {x: urgent}\nexceptions:\n  - {control: x}\n  - {control: y, subject: a, reason: b}\n"))
	want := `c.yaml:1: severity "urgent" of x is unknown: use info, low, medium, high or critical
c.yaml:3: exception for x names neither subject nor path: say what it covers
c.yaml:4: exception for y has no end date: add expires: YYYY-MM-DD`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestEmptyConfigurationChangesNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n"} {
		if _, err := Parse("c.yaml", []byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestValues(t *testing.T) {
	c, err := Parse("c.yaml", []byte(`
registries: [registry.example.com]
parameters:
  other: {limit: 3}
`))
	if err != nil {
		t.Fatal(err)
	}
	controls := []*control.Control{
		{ID: "image-registry-allowed", Parameters: map[string]control.Parameter{"registries": {Type: "strings"}}},
		{ID: "other", Parameters: map[string]control.Parameter{"limit": {Type: "int"}}},
		{ID: "plain"},
	}
	want := map[string]map[string]any{
		"image-registry-allowed": {"registries": []any{"registry.example.com"}},
		"other":                  {"limit": 3},
	}
	if diff := cmp.Diff(want, c.Values(controls)); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestCheckFindsSlips(t *testing.T) {
	controls := []*control.Control{{ID: "image-tag-latest", Topic: "images"},
		{ID: "workload-replicas", Topic: "availability", Parameters: map[string]control.Parameter{"minimum": {Type: "int", Default: 2}}}}
	tests := []struct{ name, text, want string }{
		{"a topic", "exclude: [images]\ninclude: [image-tag-latest, availability]\n", ""},
		{"a slip", "exclude:\n  - images\n  - image-tgs\n", "c.yaml:3: control \"image-tgs\" is unknown: see `kubeproof control list`"},
		{"a slip below a path", "paths:\n- path: a\n  exclude: [x]\n", "c.yaml:3: control \"x\" is unknown: see `kubeproof control list`"},
		{"an exception for a topic", "exceptions:\n- subject: a\n  control: images\n  reason: b\n  expires: 2027-01-31\n",
			"c.yaml:3: \"images\" is a topic: name one of its controls, see `kubeproof control list --control images`"},
		{"a severity of a topic", "severities:\n  images: low\n",
			"c.yaml:2: \"images\" is a topic: name one of its controls, see `kubeproof control list --control images`"},
		{"a parameter's type", "parameters:\n  workload-replicas: {minimum: lots}\n",
			"c.yaml:2: parameter minimum of workload-replicas: value lots is not of type int"},
		{"a parameter nobody has", "parameters:\n  workload-replicas: {most: 1}\n",
			"c.yaml:2: control workload-replicas has no parameter \"most\": see `kubeproof control explain workload-replicas`"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Parse("c.yaml", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := c.Check(controls); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestShortFormsFitTheCatalogue: a short form stands for a parameter of its name in every control,
// so all of these must have its type.
func TestShortFormsFitTheCatalogue(t *testing.T) {
	controls, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("c.yaml", []byte("registries: [a]\nenvironments: {production: a}\nenvironmentLabels: [a]\nownerKeys: [a]\n"))
	if err != nil {
		t.Fatal(err)
	}
	values, used := c.Values(controls), map[string]bool{}
	for _, one := range controls {
		if _, err := one.Values(values[one.ID]); err != nil {
			t.Error(err)
		}
		for name := range values[one.ID] {
			used[name] = true
		}
	}
	if len(used) != 4 {
		t.Errorf("controls use %v, want all four short forms", used)
	}
}

package control

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const whole = `id: a-control
title: A control
severity: low
risk: 3
team: apps
why: because
fix: so
check:
  scope: pod
  cel: "true"
  message: "'x'"
parameters:
  limit: {type: int, default: 3, description: the limit}
examples:
  good: [a, b]
  bad: [c, d]
`

func TestLoad(t *testing.T) {
	files := fstest.MapFS{
		"controls/b/b-control.yaml": {Data: []byte(strings.ReplaceAll(whole, "a-control", "b-control"))},
		"controls/a/a-control.yaml": {Data: []byte(whole)},
		"controls/a/notes.md":       {Data: []byte("not a control")},
	}
	controls, err := Load(files, "controls", "mine")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range controls {
		got = append(got, c.ID+" "+c.Topic+" "+c.File)
	}
	want := []string{"a-control a mine/controls/a/a-control.yaml", "b-control b mine/controls/b/b-control.yaml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("controls (-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(whole, old, new, 1) }
	tests := []struct{ name, text, want string }{
		{"nothing", "", "a-control.yaml: file is empty: begin one with `kubeproof control new ID`"},
		{"an unknown field", change("risk:", "risky:"), "a-control.yaml:4: field risky is unknown"},
		{"a wrong type", change("risk: 3", "risk: much"), "a-control.yaml:4: `much` is text, not a whole number"},
		{"broken YAML", "id: [", "a-control.yaml:1: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)"},
		{"another name than the file's", change("a-control", "other"), `a-control.yaml:1: id "other" differs from the file's name: name the file other.yaml`},
		{"an id that is no slug", change("a-control", "A Control"), `a-control.yaml:1: id "A Control" is not a slug: use small letters, digits and dashes`},
		{"no title", change("title: A control", "title: ''"), "a-control.yaml:2: title is missing: people need it"},
		{"no reason", change("why: because\n", ""), "a-control.yaml:1: why is missing: people need it"},
		{"an unknown severity", change("low", "urgent"), `a-control.yaml:3: severity "urgent" is unknown: use info, low, medium, high or critical`},
		{"a risk out of range", change("risk: 3", "risk: 11"), "a-control.yaml:4: risk 11 is out of range: use 0 to 10"},
		{"an unknown team", change("apps", "everybody"), `a-control.yaml:5: team "everybody" is unknown: use apps, infra or both`},
		{"an unknown scope", change("scope: pod", "scope: pods"), "a-control.yaml:9: scope \"pods\" is unknown: see `kubeproof control explain --scopes`"},
		{"no check", change("  cel: \"true\"\n", ""), "a-control.yaml:8: give either cel or go"},
		{"no message", change("  message: \"'x'\"\n", ""), "a-control.yaml:8: message is missing: write CEL that tells what is wrong"},
		{"a parameter with a wrong default", change("default: 3", "default: x"), "a-control.yaml:12: default of parameter limit: value x is not of type int"},
		{"a parameter of no type", change("type: int", "type: number"), `parameter type "number" is unknown: use string, int, bool, strings or map`},
		{"one example", change("[a, b]", "[a]"), "a-control.yaml:14: give at least two good and two bad examples: they are the control's tests"},
		{"two documents", whole + "---\nid: b\n", "a-control.yaml: holds more than one document: keep one"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("a-control.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestLoadGivesAllErrors(t *testing.T) {
	files := fstest.MapFS{
		"a-control.yaml": {Data: []byte(strings.Replace(whole, "risk: 3", "risk: 12", 1))},
		"b-control.yaml": {Data: []byte(whole)},
	}
	_, err := Load(files, ".", "")
	want := "a-control.yaml:4: risk 12 is out of range: use 0 to 10\n" +
		`b-control.yaml:1: id "a-control" differs from the file's name: name the file a-control.yaml`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestValuesAreTyped(t *testing.T) {
	c, err := Parse("a-control.yaml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	values, err := c.Values(map[string]any{"limit": 5})
	if err != nil || values.Int("limit") != 5 {
		t.Errorf("got %v, %v; want limit 5", values, err)
	}
	for name, set := range map[string]map[string]any{
		"parameter limit of a-control: value many is not of type int":                            {"limit": "many"},
		"control a-control has no parameter \"limt\": see `kubeproof control explain a-control`": {"limt": 5},
	} {
		if _, err := c.Values(set); err == nil || err.Error() != name {
			t.Errorf("got %v, want %s", err, name)
		}
	}
}

func TestSelection(t *testing.T) {
	controls := []*Control{{ID: "a", Topic: "x"}, {ID: "b", Topic: "x", Maps: map[string][]string{"pss": {"p"}}}, {ID: "c", Topic: "y"}}
	tests := []struct {
		name      string
		selection Selection
		want      string
	}{
		{"all", Selection{}, "a b c"},
		{"one", Selection{Include: []string{"b"}}, "b"},
		{"a topic", Selection{Include: []string{"x"}}, "a b"},
		{"without one", Selection{Exclude: []string{"b"}}, "a c"},
		{"a topic without one", Selection{Include: []string{"x"}, Exclude: []string{"a"}}, "b"},
		{"a framework", Selection{Framework: "pss"}, "b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			chosen, err := test.selection.Choose(controls)
			var ids []string
			for _, c := range chosen {
				ids = append(ids, c.ID)
			}
			if got := strings.Join(ids, " "); err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
	if _, err := (Selection{Include: []string{"z"}}).Choose(controls); err == nil {
		t.Error("an unknown id is chosen without an error")
	}
}

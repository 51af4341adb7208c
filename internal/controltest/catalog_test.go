package controltest_test

import (
	"testing"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/controltest"
)

// TestCatalogue runs every built-in control against its own examples.
func TestCatalogue(t *testing.T) {
	controls, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(controls) < 100 {
		t.Fatalf("the catalogue has %d controls only", len(controls))
	}
	for _, c := range controls {
		for _, failure := range controltest.Run(c, collect.Example) {
			t.Error(failure)
		}
	}
}

func failuresOf(t *testing.T, good, bad string) []string {
	t.Helper()
	text := "id: c\ntitle: C\nseverity: low\nrisk: 1\nteam: apps\nwhy: w\nfix: f\n" +
		"check:\n  scope: pod\n  cel: '!pod.?hostPID.orValue(false)'\n  message: '\"host PID\"'\n" +
		"examples:\n  good:\n    - |\n" + good + "    - |\n" + good + "  bad:\n    - |\n" + bad + "    - |\n" + bad
	c, err := control.Parse("c.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range controltest.Run(c, collect.Example) {
		all = append(all, f.String())
	}
	return all
}

func TestRunFindsContradictions(t *testing.T) {
	const fine = "      apiVersion: v1\n      kind: Pod\n      spec: {hostPID: false}\n"
	const wrong = "      apiVersion: v1\n      kind: Pod\n      spec: {hostPID: true}"
	tests := []struct {
		name, good, bad string
		want            string // the first failure; "" if none
	}{
		{"announced", fine, wrong + " # want: host PID\n", ""},
		{"not announced", fine, wrong + "\n", "c.yaml:23: bad example 1: bad example announces no finding: end the guilty line with # want: MESSAGE"},
		{"another message", fine, wrong + " # want: host pid\n", `c.yaml:26: bad example 1: no finding here says "host pid"`},
		{"another line", fine, "      apiVersion: v1 # want: host PID\n      kind: Pod\n      spec: {hostPID: true}\n", `c.yaml:24: bad example 1: no finding here says "host PID"`},
		{"a finding in a good one", wrong + "\n", wrong + " # want: host PID\n", "c.yaml:17: good example 1: unannounced finding: host PID"},
		{"nothing to judge", "      a: b\n", wrong + " # want: host PID\n", "c.yaml:14: good example 1: holds nothing that a scan would judge: give apiVersion and kind"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := failuresOf(t, test.good, test.bad)
			if test.want == "" && len(got) > 0 || test.want != "" && (len(got) == 0 || got[0] != test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

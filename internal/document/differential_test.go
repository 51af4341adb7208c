package document

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// readAsKubectl is the oracle: sigs.k8s.io/yaml is what kubectl reads manifests with.
func readAsKubectl(text string) (any, error) {
	var value any
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return nil, err
	}
	return value, json.Unmarshal(asJSON, &value)
}

// asJSON sends a tree through JSON, so that numbers compare by value.
func asJSON(t *testing.T, n *Node) any {
	t.Helper()
	encoded, err := json.Marshal(n.Plain())
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(encoded, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestReadsAsKubectlReads(t *testing.T) {
	texts := []string{
		"a: yes\nb: no\nc: on\nd: off\ne: y\nf: N\ng: True\nh: FALSE",
		"a: 'yes'\nb: \"on\"\nc: |\n  yes\nd: >\n  a\n  b",
		"a: 1\nb: 0x1F\nc: 0o17\nd: 017\ne: 1_000\nf: 0b101\ng: -0b11\nh: +12\ni: 08",
		"a: 1e3\nb: 1.5\nc: .5\nd: 5.\ne: 1.2.3\nf: 12e03\ng: -.5e1\nh: 18446744073709551615",
		"a: ~\nb: null\nc:\nd: Null\ne: nul",
		"a: 2001-01-01\nb: 2001-12-14t21:59:43.10-05:00\nc: 12:30:45",
		"1: a\ntrue: b\nyes: c\n1.5: d\nnull: e",
		"a: !!str 5\nb: !!int \"5\"\nc: !!bool yes\nd: !!float 3\ne: !!binary aGVsbG8=",
		"base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nlist: [*b, *b]",
		"a: &x 1\nb: *x\nc: &l [1, 2]\nd: *l",
		"use:\n  <<: [{a: 1}, {a: 2, b: 3}]\n  c: 4",
		"a:\n- 1\n- - 2\n  - 3\n- b: c\n  d: e",
		"a: \"x\\ty\\u00e9\"\nb: 'it''s'\n# comment\nc: plain # trailing",
		"a: =\nb: '='\nc: <<\nd: .inf2\ne: 0x\nf: -\ng: 1_\nh: _1\ni: --1",
	}
	for _, text := range texts {
		want, err := readAsKubectl(text)
		if err != nil {
			t.Logf("kubectl refuses %q: %v", text, err)
			continue
		}
		documents, _ := Read([]byte(text), DefaultLimits)
		if len(documents) != 1 {
			t.Errorf("%q: got %d documents, want 1", text, len(documents))
			continue
		}
		if diff := cmp.Diff(want, asJSON(t, documents[0].Root)); diff != "" {
			t.Errorf("%q differs from kubectl (-kubectl +here):\n%s", text, diff)
		}
	}
}

package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"
)

// fuzzLimits are small, so that the fuzzer reaches them.
var fuzzLimits = Limits{FileBytes: 1 << 16, DocumentBytes: 1 << 15, Depth: 40, Nodes: 2000, FileNodes: 4000, Documents: 50}

// notPlain finds what lies outside of the comparison: markers and directives (kubectl cuts
// streams by itself), tags and anchors, whose corners the two libraries see differently.
var notPlain = regexp.MustCompile("(?m)^(---|\\.\\.\\.|%)|[&*!\x00\r\u0085\u2028\u2029\ufeff]")

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {\"a.b/c\": d}}\nspec:\n  containers:\n  - name: x\n    image: 'y'\n    securityContext:\n      privileged: yes\n",
		"{\"a\": [1, 2.5, true, null, \"x\\u00e9\"], \"a\": 2}", "[1, {\"a\": 1}]\n{\"b\": 2}",
		"a: 0x1F\nb: 017\nc: 1_000\nd: .5\ne: ~\nf: on\ng: 2001-01-01\n1: x\ntrue: y\n",
		"a: |\n  text\n  more\nb: >-\n  folded\n  text\n", "a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n",
		"---\na: 1\n---\n# nothing\n---\nb: 2\n...\n", "%YAML 1.1\n---\na: !!str 5\n", "a: &a [*a]\n",
		"a: [[[[[[[[]]]]]]]]", "- - - - - a\n", "a:\n\tb: 1\n", "\xff\xfea\x00:\x00 \x001\x00", "\xef\xbb\xbfa: 1\r\nb: 2\r\n", "? a\n: b\n",
		"a: \"x\\\n  y\"\nb: 'it''s'\n", "{a: b, c: [d, e,], ? f : g}", "a: 1\na: 2\n", "key with: colon: x\n", "<<: {a: 1}\n", "\u00a0", "\u00a0# a\n---\nb: c\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		documents, problems := Read(text, fuzzLimits)
		checkBounds(t, text, documents, problems)
		want, ok := plainShape(text)
		if !ok {
			return
		}
		for _, problem := range problems {
			if strings.Contains(problem.Message, "split it") || strings.Contains(problem.Message, "nested deeper") {
				return
			}
		}
		if want == nil && len(documents) == 0 {
			return
		}
		if len(documents) != 1 {
			t.Fatalf("%q: got %d documents, want 1 as kubectl; problems: %v", text, len(documents), problems)
		}
		if diff := cmp.Diff(want, asJSON(t, documents[0].Root)); diff != "" {
			t.Errorf("%q differs from kubectl (-kubectl +here):\n%s", text, diff)
		}
	})
}

// plainShape reads a text as kubectl does, if it is one document within the comparison.
func plainShape(text []byte) (any, bool) {
	decoded, problem := Decode(text)
	if problem != nil || notPlain.Match(decoded) || len(text) > fuzzLimits.DocumentBytes {
		return nil, false
	}
	want, err := readAsKubectl(string(text))
	if err != nil {
		return nil, false
	}
	var value any
	if yaml.UnmarshalStrict(text, &value) != nil {
		return nil, false // duplicate keys: the last counts, but JSON may fold several into one
	}
	decoder := yamlv2.NewDecoder(bytes.NewReader(text))
	if decoder.Decode(&value) != nil || !errors.Is(decoder.Decode(&value), io.EOF) {
		return nil, false // kubectl reads the first document only, whatever comes after it
	}
	return want, true
}

// checkBounds holds whatever the text is: places lie in the text, or just after it where a
// value is missing at the end, and links are whole.
func checkBounds(t *testing.T, text []byte, documents []Document, problems []Problem) {
	t.Helper()
	lines := 2 + bytes.Count(text, []byte{'\n'}) + bytes.Count(text, []byte{'\r'}) +
		strings.Count(string(text), "\u0085") + strings.Count(string(text), "\u2028") + strings.Count(string(text), "\u2029")
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		lines = math.MaxInt // UTF-16 hides line ends
	}
	if len(documents) > fuzzLimits.Documents {
		t.Fatalf("%d documents, more than the limit", len(documents))
	}
	total := 0
	for _, found := range documents {
		found.Root.Walk(func(n *Node) {
			total++
			if n.Line < 1 || int(n.Line) > lines || n.Column < 1 || n.KeyLine < 0 || int(n.KeyLine) > lines {
				t.Fatalf("%q: value %s stands at %d:%d (key %d) in %d lines", text, n.Path(), n.Line, n.Column, n.KeyLine, lines)
			}
			for _, child := range n.Children() {
				if child.Parent() != n {
					t.Fatalf("%q: %s has another parent", text, child.Path())
				}
			}
		})
		if found.EndLine < found.Line {
			t.Fatalf("%q: document ends at %d, before %d", text, found.EndLine, found.Line)
		}
		if _, err := json.Marshal(found.Root.Plain()); err != nil && !strings.Contains(err.Error(), "unsupported value") {
			t.Fatalf("%q: %v", text, err)
		}
	}
	if total > fuzzLimits.FileNodes+fuzzLimits.Nodes {
		t.Fatalf("%d values, more than the limit", total)
	}
	for _, problem := range problems {
		if problem.Message == "" || problem.Line < 0 || problem.Line > lines {
			t.Fatalf("%q: problem %+v does not stand in %d lines", text, problem, lines)
		}
	}
}

package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// unplaced reads a JSON text as facts are read.
func unplaced(t *testing.T, text string) *document.Node {
	t.Helper()
	root, _, err := document.NewUnplacedReader(document.DefaultLimits).Read([]byte(text), document.Shape{})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestFactsAreDrawnWithWhatTheyHold(t *testing.T) {
	root := unplaced(t, `{"secrets": [{"what": "a password", "path": "/app/.env", "line": 3, "layer": 0, "deleted": true}],
		"tools": [{"name": "git", "kind": "vcs"}, {"name": "\u001b[31mgdb", "path": "a: b"}], "words": ["\u001b[31mgdb", "a: b", "c:d", "", " e"], "config": {"user": "", "ports": ["22/tcp"], "none": null},
		"empty": [], "os": {"id": "debian"}, "env": [{"name": "DB_PASSWORD", "value": "Winter2031"}]}`)
	elementOf := func(list string) *document.Node { return root.Get(list).Children()[0] }
	tests := []struct {
		node *document.Node
		want []string
	}{
		{elementOf("secrets"), []string{"secrets:", "  - what: a password, path: /app/.env, line: 3, layer: 0, deleted: true"}},
		{elementOf("tools"), []string{"tools:", "  - name: git, kind: vcs"}},
		{root.Get("words"), []string{`words: ["\x1b[31mgdb", "a: b", c:d, "", " e"]`}},
		{root.Get("config"), []string{`config: {user: "", ports: [22/tcp], none: null}`}},
		{root.Get("empty"), []string{"empty:"}},
		{root.Get("os", "id"), []string{"os:", "  id: debian"}},
		{elementOf("env"), []string{"env:", "  - name: DB_PASSWORD, value: ***"}},
	}
	for _, test := range tests {
		var got []string
		for _, line := range drawn(test.node, false, true, secret.Mask).Lines {
			got = append(got, line.Text)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if drawn(root, false, true, secret.Mask) != nil || drawn(root.Get("tools"), false, true, secret.Mask) != nil {
		t.Error("the whole fact or a list of things is drawn")
	}
}

func TestObjectsAreDrawnByTheirKeysOnly(t *testing.T) {
	root := unplaced(t, `{"rules": [{"key": "Authorization", "value": "Winter2031"}], "spec": {"host": "x"}}`)
	for _, test := range []struct {
		node       *document.Node
		hide, fact bool
		want       string
	}{
		{root.Get("rules").Children()[0], false, false, "  -"}, {root.Get("spec"), false, false, "spec:"},
		{root.Get("rules").Children()[0], true, true, "  - [hidden]"}, {root.Get("spec"), true, true, "spec: [hidden]"},
	} {
		lines := drawn(test.node, test.hide, test.fact, nil).Lines
		if got := lines[len(lines)-1].Text; got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestLargeFactsAreDrawnInPart(t *testing.T) {
	text := `{"list": [` + strings.Repeat(`{"name": "a", "of": [[[[[[["deep"]]]]]]]},`, 50_000) + `{"long": "` + strings.Repeat("x", 1<<20) + `"}]}`
	n := unplaced(t, text).Get("list")
	if got := whole(n); len(got) > 2*mostFlow || !strings.HasPrefix(got, "list: [{name: a, of: [[[") || strings.Contains(got, "deep") {
		t.Errorf("%d bytes: %.200s", len(got), got)
	}
	if got := whole(n.Children()[n.Len()-1]); len(got) > 2*mostFlow {
		t.Errorf("%d bytes of a long text", len(got))
	}
	lines := drawn(n.Children()[n.Len()-1], false, true, secret.Mask).Lines
	if got := lines[len(lines)-1].Text; len(got) > widest+len("…") {
		t.Errorf("%d bytes are shown", len(got))
	}
}

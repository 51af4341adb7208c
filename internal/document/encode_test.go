package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTreesSurviveJSON(t *testing.T) {
	texts := []string{
		"a: 1\nb: [x, ~, true, 1.0, 2.5e10, .inf]\nc: {d: \"y\\u2028<>\", e: ''}\n",
		"- a\n- {b: c}\n",
		"z: 1\na: 2\n", // the order stays
	}
	for _, text := range texts {
		documents, _ := Read([]byte(text), DefaultLimits)
		root := documents[0].Root
		again, problems := Read(root.AppendJSON(nil, nil), DefaultLimits)
		if len(again) != 1 || len(problems) > 0 {
			t.Fatalf("%q is not read again: %v", text, problems)
		}
		placed, fits := again[0].Root.Placed(root.Places())
		if !fits {
			t.Fatalf("%q: places do not fit", text)
		}
		if diff := cmp.Diff(root.Plain(), placed.Plain()); diff != "" {
			t.Errorf("%q (-before +after):\n%s", text, diff)
		}
		if diff := cmp.Diff(root.Places(), placed.Places()); diff != "" {
			t.Errorf("%q places (-before +after):\n%s", text, diff)
		}
		if diff := cmp.Diff(string(root.AppendJSON(nil, nil)), string(placed.AppendJSON(nil, nil))); diff != "" {
			t.Errorf("%q encoded (-before +after):\n%s", text, diff)
		}
	}
}

func TestEditedAndUnplaced(t *testing.T) {
	documents, _ := Read([]byte("a: secret\nb: other\n"), DefaultLimits)
	root := documents[0].Root
	got := string(root.AppendJSON(nil, func(n *Node) string {
		if n.Key() == "a" {
			return "gone"
		}
		return ""
	}))
	if got != `{"a":"gone","b":"other"}` {
		t.Errorf("got %s", got)
	}
	if placed, fits := root.Placed(nil); !fits || placed.Places() != nil {
		t.Error("without places a tree stands nowhere")
	}
	for _, places := range [][]int32{{1}, make([]int32, 8), make([]int32, 16)} {
		if _, fits := root.Placed(places); fits {
			t.Errorf("%d places fit three values", len(places))
		}
	}
}

func TestUnder(t *testing.T) {
	documents, _ := Read([]byte("a: {b: {c: 1}}\nd: [{e: 2}]\n"), DefaultLimits)
	inner := documents[0].Root.Get("a", "b")
	moved := inner.Under("x", "y z")
	if got := moved.Get("c").Path(); got != `x["y z"].c` {
		t.Errorf("path is %s", got)
	}
	if diff := cmp.Diff([]string{"x", "y z"}, moved.Keys()); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if inner.Under() != inner || documents[0].Root.Get("d").Children()[0].Keys() != nil {
		t.Error("without keys a tree stays, and elements of lists have no keys")
	}
}

package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readOne(t *testing.T, text string) *Node {
	t.Helper()
	documents, problems := Read([]byte(text), DefaultLimits)
	if len(documents) != 1 || len(problems) != 0 {
		t.Fatalf("Read gives %d documents, %v", len(documents), problems)
	}
	return documents[0].Root
}

func TestRewriteKeepsPlacesAndReadsAgain(t *testing.T) {
	root := readOne(t, "a:\n  b: \"${B}\"\n  c: [x, 1]\n")
	a := root.Get("a").Rewrite(func(text string) string { return strings.ReplaceAll(text, "${B}", "yes") })
	want := map[string]any{"b": true, "c": []any{"x", int64(1)}}
	if diff := cmp.Diff(want, a.Plain()); diff != "" {
		t.Errorf("Rewrite (-want +got):\n%s", diff)
	}
	if b := a.Get("b"); b.Path() != "a.b" || b.KeyLine != 2 || b.Line != 2 {
		t.Errorf("rewritten value stands at %s, line %d", b.Path(), b.KeyLine)
	}
	if root.Get("a", "b").Text() != "${B}" {
		t.Error("Rewrite changed the original")
	}
}

func TestAtAndWith(t *testing.T) {
	root := readOne(t, "a:\n  x: 1\nb: {z: [2]}\n")
	moved := root.Get("b").At(root.Get("a"), nil)
	if y := moved.Get("z"); y.KeyLine != 1 || y.Path() != "z" {
		t.Errorf("moved value stands at %s, line %d", y.Path(), y.KeyLine)
	}
	a := root.Get("a")
	joined := a.With([]*Node{a.Get("x"), moved.Get("z")})
	if diff := cmp.Diff(map[string]any{"x": int64(1), "z": []any{int64(2)}}, joined.Plain()); diff != "" {
		t.Errorf("With (-want +got):\n%s", diff)
	}
	if y := joined.Get("z"); y.Path() != "a.z" || y.Children()[0].Path() != "a.z[0]" {
		t.Errorf("joined value stands at %s", y.Path())
	}
	list := joined.Get("z").With([]*Node{a.Get("x"), moved.Get("z").Children()[0]})
	if x := list.Children()[1]; x.Path() != "a.z[1]" || list.Children()[0].Key() != "" {
		t.Errorf("element stands at %s", x.Path())
	}
}

func TestComposeKeepsPlaces(t *testing.T) {
	root := readOne(t, "a:\n  x: 1\nb: {z: [2]}\n")
	got := Compose(root.Get("a"), []Field{{"kept", root.Get("b")}, {"made", Make("text")}, {"moved", Make("y").At(root.Get("a", "x"), nil)}})
	if diff := cmp.Diff(map[string]any{"kept": map[string]any{"z": []any{int64(2)}}, "made": "text", "moved": "y"}, got.Plain()); diff != "" {
		t.Errorf("Compose (-want +got):\n%s", diff)
	}
	for path, want := range map[string]int32{"kept": 3, "made": 1, "moved": 2} {
		if n := got.Get(path); n.KeyLine != want || n.Path() != path || n.Root() != got {
			t.Errorf("%s stands on line %d, want %d", n.Path(), n.KeyLine, want)
		}
	}
}

package document

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readUnplaced(t *testing.T, text string, shape Shape) *Node {
	t.Helper()
	n, size, err := NewUnplacedReader(DefaultLimits).Read([]byte(text), shape)
	if err != nil {
		t.Fatalf("Read(%s): %v", text, err)
	}
	if rest := strings.TrimSpace(text[size:]); rest != "" {
		t.Errorf("Read(%s) left %q", text, rest)
	}
	return n
}

func TestUnplacedReadsAndLinks(t *testing.T) {
	n := readUnplaced(t, ` {"metadata":{"name":"a\u00e9\n","labels":{"a.b/c":"é"}},"spec":{"ports":[{"port":80},{"port":-1.5e2}]},"no":null,"yes":true,"empty":{},"none":[]} `, Shape{})
	want := map[string]any{"metadata": map[string]any{"name": "aé\n", "labels": map[string]any{"a.b/c": "é"}},
		"spec": map[string]any{"ports": []any{map[string]any{"port": int64(80)}, map[string]any{"port": -150.0}}},
		"no":   nil, "yes": true, "empty": map[string]any{}, "none": []any{}}
	if diff := cmp.Diff(want, n.Plain()); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	port := n.Get("spec", "ports").Children()[1].Get("port")
	if got := port.Path(); got != "spec.ports[1].port" {
		t.Errorf("Path() = %q, want spec.ports[1].port", got)
	}
	if port.Line != 0 || port.KeyLine != 0 || port.Root() != n {
		t.Errorf("port stands at line %d, key %d, root %v; want no place and the tree's root", port.Line, port.KeyLine, port.Root() == n)
	}
}

func TestUnplacedCuts(t *testing.T) {
	shape := Shape{Kind: "Secret", APIVersion: "v1", Cut: &Cut{Keys: map[string]*Cut{
		"data":     {Out: true},
		"metadata": {Keys: map[string]*Cut{"managedFields": {Out: true}}},
		"status": {Only: true, Scalars: true, Keys: map[string]*Cut{
			"conditions": {Keys: map[string]*Cut{"lastHeartbeatTime": {Out: true}}}}},
	}}}
	n := readUnplaced(t, `{"kind":"PartialObjectMetadata","metadata":{"name":"a","managedFields":[{"x":"}\"]"}]},"data":{"p":"c2VjcmV0"},
		"status":{"phase":"Active","images":[1,2],"map":{},"conditions":[{"type":"Ready","lastHeartbeatTime":"now"}]},"spec":{"managedFields":1}}`, shape)
	want := map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "a"},
		"status": map[string]any{"phase": "Active", "conditions": []any{map[string]any{"type": "Ready"}}}, "spec": map[string]any{"managedFields": int64(1)}}
	if diff := cmp.Diff(want, n.Plain()); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
}

func TestUnplacedLastOfDuplicatesCounts(t *testing.T) {
	many := `{"a":1,"b":2,"a":{"c":[3]}`
	for _, key := range strings.Split("defghijklmnopqrstuvwxyz", "") {
		many += `,"` + key + `":0`
	}
	for _, text := range []string{`{"a":1,"b":2,"a":{"c":[3]}}`, many + `}`} {
		n := readUnplaced(t, text, Shape{})
		if first := n.Children()[0]; first.Key() != "a" || first.Get("c").Len() != 1 {
			t.Errorf("%s: first child is %s = %v, want the last a", text, first.Key(), first.Plain())
		}
		if n.Get("a", "c").Len() != 1 || n.Get("b").Int64() != 2 {
			t.Errorf("%s: read %v", text, n.Plain())
		}
	}
}

func TestUnplacedRefusesWhatIsNoJSON(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "invalid JSON at byte 0: the end stands where a value should",
		`{"a":1`:                      "invalid JSON at byte 6: the end stands in the middle of a value",
		`{"a" 1}`:                     `invalid JSON at byte 5: no colon after the key "a"`,
		`{"a":1 "b":2}`:               "invalid JSON at byte 7: no comma between values",
		`{"a":1,}`:                    "invalid JSON at byte 7: no value after the comma",
		`{a:1}`:                       "invalid JSON at byte 1: no key where one belongs",
		`"a`:                          "invalid JSON at byte 2: a string has no end",
		"\"a\n\"":                     "invalid JSON at byte 2: a control character stands in a string",
		`[01]`:                        "invalid JSON at byte 2: no comma between values",
		`[nul]`:                       "invalid JSON at byte 1: a value is no JSON",
		`"\x"`:                        "invalid JSON at byte 4: invalid character 'x' in string escape code",
		strings.Repeat("[", 1000):     "nested deeper than 500 levels",
		"[" + strings.Repeat("1,", 9): "more than 5 values",
	} {
		limits := DefaultLimits
		if strings.HasPrefix(want, "more") {
			limits.Nodes = 5
		}
		_, _, err := NewUnplacedReader(limits).Read([]byte(text), Shape{})
		if err == nil || err.Error() != want {
			t.Errorf("Read(%.40s): %v, want %s", text, err, want)
		}
	}
}

func TestUnplacedKeepsRepeatedTextsOnce(t *testing.T) {
	r := NewUnplacedReader(DefaultLimits)
	if _, _, err := r.Read([]byte(`{"image":"app:1"}`), Shape{}); err != nil {
		t.Fatal(err)
	}
	text := []byte(`{"image":"app:1"}`)
	if got := testing.AllocsPerRun(10, func() { r.Read(text, Shape{}) }); got > 2 {
		t.Errorf("reading the same object again makes %v pieces of memory, want its nodes and its links", got)
	}
}

func TestSkipJSON(t *testing.T) {
	for text, want := range map[string]int{
		`{"a":"}\\"} x`: 11, `12,3`: 2, `"a\"b" `: 6, `[{"]":[]}],`: 10, `true}`: 4, `{"a":[1}]} `: 9,
	} {
		if got, err := SkipJSON([]byte(text)); err != nil || got != want {
			t.Errorf("SkipJSON(%s) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "   ", `{"a":`, `"a\"`, "}", "[[]"} {
		if size, err := SkipJSON([]byte(text)); err == nil {
			t.Errorf("SkipJSON(%q) = %d, want an error", text, size)
		}
	}
}

// FuzzUnplaced holds the quick reader against the standard library and the reader with places.
func FuzzUnplaced(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-2.5e3,true,null,"x\u00e9"],"a":2}`, `{"metadata":{"managedFields":[{"a":"\""}],"name":"a"},"status":{"b":{},"c":1}}`,
		`[[[[1]]]]`, `"\ud83d\ude00\/"`, ` 1 `, `{"a":1,}`, `{"":{"":[]}}`, `1e999`, `18446744073709551616`, "\"\x80\"", `[1]]`, `{"a":1}{}`, `{"k":tru}`,
	} {
		f.Add([]byte(seed))
	}
	limits := Limits{Depth: 30, Nodes: 3000, FileNodes: 3000, Documents: 10}
	cut := &Cut{Keys: map[string]*Cut{"metadata": {Keys: map[string]*Cut{"managedFields": {Out: true}}}, "status": {Only: true, Scalars: true}}}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewUnplacedReader(limits)
		n, size, err := r.Read(text, Shape{})
		valid := json.Valid(text)
		whole := err == nil && strings.TrimLeft(string(text[size:]), " \t\r\n") == ""
		if whole != valid && (err == nil || !limited(err)) {
			t.Fatalf("%q: valid is %v, but read %d bytes: %v", text, valid, size, err)
		}
		r.Read(text, Shape{Cut: cut, Kind: "X"})
		if !whole {
			return
		}
		if got, err := SkipJSON(text); err != nil || strings.TrimLeft(string(text[got:]), " \t\r\n") != "" {
			t.Errorf("%q: SkipJSON = %d, %v", text, got, err)
		}
		if want, _, ok := readJSON(text, limits); ok && len(want) == 1 {
			if diff := cmp.Diff(flatten(want[0].Root), flatten(n)); diff != "" {
				t.Errorf("%q differs (-with places +without):\n%s", text, diff)
			}
		}
		short, _, err := r.Read(text, Shape{Cut: cut})
		if err != nil {
			t.Fatalf("%q: cut: %v", text, err)
		}
		if diff := cmp.Diff(flatten(pruned(n, cut)), flatten(short)); diff != "" {
			t.Errorf("%q differs (-cut afterwards +cut while read):\n%s", text, diff)
		}
	})
}

func limited(err error) bool {
	return strings.HasPrefix(err.Error(), "nested") || strings.HasPrefix(err.Error(), "more than")
}

// flatten writes a tree as one line for each value.
func flatten(n *Node) []string {
	var lines []string
	n.Walk(func(n *Node) {
		if n.Kind == Float && math.IsNaN(n.Float64()) {
			return
		}
		lines = append(lines, n.Path()+" "+n.Kind.String()+" "+n.Text())
	})
	return lines
}

// pruned is a slow way to cut. It looks at the cut of duplicate keys only once they are settled.
func pruned(n *Node, cut *Cut) *Node {
	if n.Kind != Map && n.Kind != List {
		return n
	}
	var kept []*Node
	for _, child := range n.Children() {
		below := cut
		if n.Kind == Map {
			var named bool
			if below, named = cut.below(child.Key()); named && below != nil && below.Out || cut != nil && cut.Only && !named && !(cut.Scalars && child.Kind != Map && child.Kind != List) {
				continue
			}
		}
		kept = append(kept, pruned(child, below))
	}
	return n.With(kept)
}

func (c *Cut) below(key string) (*Cut, bool) {
	if c == nil {
		return nil, false
	}
	below, named := c.Keys[key]
	return below, named
}

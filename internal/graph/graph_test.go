package graph

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop is a small graph with everything in it: groups, levels, a cycle, a loop, double edges, a
// node that nothing is joined with.
func shop() *Graph {
	return &Graph{
		Title: "Who reaches the administrator",
		Nodes: []Node{
			{ID: "alice", Label: "User alice", Kind: "user"},
			{ID: "ci", Label: "ServiceAccount shop/ci", Detail: "used by Deployment runner", Kind: "account", Group: "shop"},
			{ID: "web", Label: "ServiceAccount shop/web", Kind: "account", Group: "shop"},
			{ID: "runner", Label: "Deployment runner", Kind: "workload", Group: "shop"},
			{ID: "ops", Label: "ServiceAccount ops/operator", Kind: "account", Group: "ops", Level: "high"},
			{ID: "node", Label: "root of a node", Kind: "goal", Level: "critical"},
			{ID: "admin", Label: "cluster-admin", Detail: "every verb on everything", Kind: "goal", Level: "critical"},
			{ID: "alone", Label: "ServiceAccount shop/idle", Kind: "account", Group: "shop"},
		},
		Edges: []Edge{
			{From: "alice", To: "runner", Label: "exec into pods", Kind: "exec"},
			{From: "alice", To: "ci", Label: "mint a token", Kind: "token"},
			{From: "runner", To: "ci", Label: "runs as", Kind: "runs as"},
			{From: "ci", To: "web", Label: "create pods", Kind: "pods"},
			{From: "web", To: "ci", Label: "read secrets", Kind: "secrets"},
			{From: "ci", To: "node", Label: "create a privileged pod", Kind: "pods"},
			{From: "ci", To: "node", Label: "a hostPath volume", Kind: "pods"},
			{From: "node", To: "ops", Label: "token of a pod on the node", Kind: "token"},
			{From: "ops", To: "admin", Label: "is bound to cluster-admin", Kind: "bound"},
			{From: "ops", To: "ops", Label: "itself", Kind: "token"},
			{From: "alice", To: "admin", Label: "impersonate", Kind: "impersonate"},
		},
	}
}

// fan is many subjects in many groups that lead to few goals.
func fan(nodes int) *Graph {
	random := rand.New(rand.NewPCG(1, 2))
	g := &Graph{Title: fmt.Sprintf("A fan of %d nodes", nodes)}
	for i := range nodes {
		g.Nodes = append(g.Nodes, Node{ID: fmt.Sprint(i), Label: fmt.Sprintf("ServiceAccount team-%d/worker-%d", i%9, i),
			Kind: []string{"account", "user", "workload"}[i%3], Group: fmt.Sprintf("team-%d", i%9)})
	}
	for i := range nodes * 3 / 2 {
		from, to := random.IntN(nodes), random.IntN(nodes/4+1)
		g.Edges = append(g.Edges, Edge{From: fmt.Sprint(from), To: fmt.Sprint(to), Kind: []string{"a", "b"}[i%2]})
	}
	return g
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got), see UPDATE_GOLDEN:\n%s", file, diff)
	}
}

func TestGolden(t *testing.T) {
	golden(t, "shop.svg", written(t, shop().SVG))
	golden(t, "shop.dot", written(t, shop().DOT))
	golden(t, "shop.json", written(t, shop().JSON))
	empty := &Graph{Title: "Nothing"}
	golden(t, "empty.svg", written(t, empty.SVG))
	golden(t, "empty.dot", written(t, empty.DOT))
	golden(t, "empty.json", written(t, empty.JSON))
}

func TestBytesAreTheSame(t *testing.T) {
	first := written(t, fan(80).SVG)
	for range 5 {
		if again := written(t, fan(80).SVG); again != first {
			t.Fatal("two drawings of one graph differ")
		}
	}
}

func TestTooLarge(t *testing.T) {
	many := &Graph{Title: "many"}
	for i := range MostNodes + 1 {
		many.Nodes = append(many.Nodes, Node{ID: fmt.Sprint(i)})
	}
	err := many.SVG(io.Discard)
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "201 nodes and 0 edges") {
		t.Errorf("got %v", err)
	}
	if err := many.DOT(io.Discard); err != nil {
		t.Errorf("DOT has no bound, got %v", err)
	}
}

func TestWrongGraphs(t *testing.T) {
	for want, g := range map[string]*Graph{
		`two nodes have the id "a"`:                      {Nodes: []Node{{ID: "a"}, {ID: "a"}}},
		`an edge names the node "b", which is none`:      {Nodes: []Node{{ID: "a"}}, Edges: []Edge{{From: "a", To: "b"}}},
		`an edge names the node "before", which is none`: {Nodes: []Node{{ID: "a"}}, Edges: []Edge{{From: "before", To: "a"}}},
	} {
		for _, write := range []func(io.Writer) error{g.SVG, g.DOT, g.JSON} {
			if err := write(io.Discard); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
	}
}

// TestLayout holds what every drawing must: nothing overlaps, lines lead to the right, groups are
// not torn apart within a column.
func TestLayout(t *testing.T) {
	for _, g := range []*Graph{shop(), fan(5), fan(40), fan(150), cycle(30), {Nodes: []Node{{ID: "a"}, {ID: "b", Detail: "x"}, {ID: "c", Group: "g"}}}} {
		at, err := g.check()
		if err != nil {
			t.Fatal(err)
		}
		l := newLayout(g, at)
		for i, a := range l.arcs {
			if from, to := l.slots[a.from], l.slots[a.to]; from.x+from.width >= to.x {
				t.Errorf("%s: arc %d does not lead to the right", g.Title, i)
			}
		}
		for _, column := range l.columns {
			closed := map[string]bool{}
			for i := 1; i < len(column); i++ {
				upper, lower := l.slots[column[i-1]], l.slots[column[i]]
				if upper.y+upper.height/2 > lower.y-lower.height/2+0.01 {
					t.Errorf("%s: slots %d and %d overlap", g.Title, column[i-1], column[i])
				}
				if upper.group != lower.group {
					closed[upper.group] = true
					if lower.group != "" && closed[lower.group] {
						t.Errorf("%s: group %s is torn apart", g.Title, lower.group)
					}
				}
			}
		}
		for i := range g.Nodes {
			if s := l.slots[i]; s.x < 0 || s.y-s.height/2 < headline-1 || s.x+s.width > l.width || s.y+s.height/2 > l.bottom {
				t.Errorf("%s: node %d lies outside the page", g.Title, i)
			}
		}
	}
}

func cycle(nodes int) *Graph {
	g := &Graph{Title: "cycle"}
	for i := range nodes {
		g.Nodes = append(g.Nodes, Node{ID: fmt.Sprint(i)})
		g.Edges = append(g.Edges, Edge{From: fmt.Sprint(i), To: fmt.Sprint((i + 1) % nodes)}, Edge{From: fmt.Sprint((i + 1) % nodes), To: fmt.Sprint(i)})
	}
	return g
}

func TestColumns(t *testing.T) {
	arcs := []arc{{from: 0, to: 1}, {from: 1, to: 2}, {from: 0, to: 2}, {from: 3, to: 2}}
	if diff := cmp.Diff([]int{0, 1, 2, 1, -1}, layersOf(5, arcs)); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

func TestInversions(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		list := make([]int, random.IntN(12))
		for i := range list {
			list[i] = random.IntN(6)
		}
		want := 0
		for i := range list {
			for k := range i {
				if list[k] > list[i] {
					want++
				}
			}
		}
		if got := inversions(list, 6); got != want {
			t.Fatalf("inversions(%v) = %d, want %d", list, got, want)
		}
	}
}

var hostile = []string{
	`<script>alert(1)</script>`, `"><svg onload=x>`, `'`, `]]>`, `&amp;`, `a\`, `a\" b`, "line\nbreak", "tab\tand\rreturn", "\x00\x01\x1b[31m",
	"\u202egnp.exe\u202c", "\u2028", "\xff\xfe", "日本語", strings.Repeat("x", 500), "", "\\N \\G", "<b>html</b>",
}

// FuzzText writes hostile text everywhere: the files must stay well formed, and the text must
// come out of JSON as it went in.
func FuzzText(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g := &Graph{Title: text, Nodes: []Node{{ID: "a" + text, Label: text, Detail: text, Kind: text, Group: text, Level: text}, {ID: "b", Label: text}},
			Edges: []Edge{{From: "a" + text, To: "b", Label: text, Kind: text}}}
		svg := written(t, g.SVG)
		checkXML(t, svg)
		checkDOT(t, written(t, g.DOT))
		var back Graph
		if err := json.Unmarshal([]byte(written(t, g.JSON)), &back); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); len([]rune(back.Nodes[0].Label)) < len([]rune(want)) {
			t.Errorf("label %q came back as %q", text, back.Nodes[0].Label)
		}
	})
}

// checkXML fails if the text is no XML, or holds an element or attribute that no drawing has.
func checkXML(t *testing.T, text string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, text)
		}
		if element, ok := token.(xml.StartElement); ok {
			if !strings.Contains(" svg title desc style rect text g path polygon ", " "+element.Name.Local+" ") {
				t.Fatalf("element <%s> got in:\n%s", element.Name.Local, text)
			}
			for _, a := range element.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Fatalf("attribute %s got in", a.Name.Local)
				}
			}
		}
	}
}

// checkDOT fails if a quoted text ends where it should not: outside of quotes only the words of
// the writer may stand.
func checkDOT(t *testing.T, text string) {
	t.Helper()
	var outside strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted:
			outside.WriteByte(text[i])
		}
	}
	rest := outside.String()
	for _, word := range []string{"digraph", "rankdir", "LR", "subgraph", "cluster_0", "cluster_1", "penwidth", "fontname", "label", "node", "shape",
		"box", "rounded", "style", "class", "color", "->", "=", "[", "]", "{", "}", ";", ",", "2"} {
		rest = strings.ReplaceAll(rest, word, "")
	}
	if quoted || strings.TrimSpace(rest) != "" {
		t.Fatalf("text got out of its quotes: %q\n%s", rest, text)
	}
}

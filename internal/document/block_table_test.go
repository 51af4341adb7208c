package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outline writes the scalars and empty collections of a tree: path, kind, text, place.
func outline(root *Node) string {
	var lines []string
	root.Walk(func(n *Node) {
		if len(n.children) > 0 {
			return
		}
		line := fmt.Sprintf("%s %s %q %d:%d", n.Path(), n.Kind, n.Text(), n.Line, n.Column)
		if n.KeyLine > 0 {
			line += fmt.Sprintf(" key %d:%d", n.KeyLine, n.KeyColumn)
		}
		lines = append(lines, line)
	})
	return strings.Join(lines, "\n")
}

func TestBlockReaderReads(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"marker and comments", "--- # a\n# b\n\na: b # c\n", `a string "b" 4:4 key 4:1`},
		{"kinds", "a: 1\nb: yes\nc: 1.5\nd: ~\ne: 100m\n",
			`a integer "1" 1:4 key 1:1` + "\n" + `b true or false "true" 2:4 key 2:1` + "\n" + `c number "1.5" 3:4 key 3:1` + "\n" +
				`d null "" 4:4 key 4:1` + "\n" + `e string "100m" 5:4 key 5:1`},
		{"null stands after the colon or dash", "a:   # b\nc:\n-\n- d:\n", `a null "" 1:3 key 1:1` + "\n" + `c[0] null "" 3:2` + "\n" + `c[1].d null "" 4:5 key 4:3`},
		{"list in the column of its key", "a:\n- b\n- - c\nd: e\n", `a[0] string "b" 2:3` + "\n" + `a[1][0] string "c" 3:5` + "\n" + `d string "e" 4:4 key 4:1`},
		{"map behind a dash", "- a: 1\n  b: 2\n-\n  c: 3\n",
			`[0].a integer "1" 1:6 key 1:3` + "\n" + `[0].b integer "2" 2:6 key 2:3` + "\n" + `[1].c integer "3" 4:6 key 4:3`},
		{"keys read as kubectl reads them", "yes: a\n0x10: b\n1.50: c\n\"1\": d\n",
			`true string "a" 1:6 key 1:1` + "\n" + `16 string "b" 2:7 key 2:1` + "\n" + `["1.5"] string "c" 3:7 key 3:1` + "\n" + `1 string "d" 4:6 key 4:1`},
		{"space before the colon", "a b : c\nd :\n", `["a b"] string "c" 1:7 key 1:1` + "\n" + `d null "" 2:4 key 2:1`},
		{"quotes", "a: 'b''c # d'\ne: \"f\\n\\u00e9\\\"\"\n", `a string "b'c # d" 1:4 key 1:1` + "\n" + `e string "f\né\"" 2:4 key 2:1`},
		{"quotes over lines", "a: 'b\n\n  c'\nd: \"e \\\n  f\"\n", `a string "b\nc" 1:4 key 1:1` + "\n" + `d string "e f" 4:4 key 4:1`},
		{"plain text over lines", "a: b\n  c\n\n  - d\ne: f\n", `a string "b c\n- d" 1:4 key 1:1` + "\n" + `e string "f" 5:4 key 5:1`},
		{"literal text", "a: |\n\n  b\n   c\n\n  # d\n\ne: |-\n  f\ng: |+\n  h\n\n", `a string "\nb\n c\n\n# d\n" 1:4 key 1:1` + "\n" + `e string "f" 8:4 key 8:1` + "\n" + `g string "h\n\n" 10:4 key 10:1`},
		{"folded text", "a: >\n  b\n  c\n\n  d\n   e\n  f\n", `a string "b c\nd\n e\nf\n" 1:4 key 1:1`},
		{"indent of text given", "a: |2-\n    b\n  c\n", `a string "  b\nc" 1:4 key 1:1`},
		{"text without content or line end", "a: |\nb: >-\nc: |\n  d", `a string "" 1:4 key 1:1` + "\n" + `b string "" 2:4 key 2:1` + "\n" + `c string "d" 3:4 key 3:1`},
		{"flow", "a: [b, 'c', {d: 1, \"e\":f}, [],\n  {},\n]\n", `a[0] string "b" 1:5` + "\n" + `a[1] string "c" 1:8` + "\n" + `a[2].d integer "1" 1:17 key 1:14` + "\n" +
			`a[2].e string "f" 1:24 key 1:20` + "\n" + `a[3] list "" 1:28` + "\n" + `a[4] map "" 2:3`},
		{"columns count characters", "é: [ü, 'ö', b]\n", `é[0] string "ü" 1:5` + "\n" + `é[1] string "ö" 1:8` + "\n" + `é[2] string "b" 1:13`},
		{"Windows line ends", "a: b\r\nc: |\r\n  d\r\n\r\n  e\r\n", `a string "b" 1:4 key 1:1` + "\n" + `c string "d\n\ne\n" 2:4 key 2:1`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			compareText(t, []byte(test.text), DefaultLimits)
			found, why := readBlock(part{text: []byte(test.text)}, DefaultLimits, &arena{})
			if why != "" {
				t.Fatalf("refused: %s", why)
			}
			if diff := cmp.Diff(test.want, outline(found.Root)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestBlockReaderRefuses(t *testing.T) {
	deep := Limits{DocumentBytes: 1000, Depth: 3, Nodes: 20, FileNodes: 20, Documents: 1}
	tests := []struct{ text, why string }{
		{"a: &b c\n", "value that begins with &"}, {"a: *b\n", "value that begins with *"}, {"a: !!str b\n", "value that begins with !"},
		{"? a\n: b\n", "value that begins with ?"}, {"%YAML 1.1\n---\na: b\n", "value that begins with %"}, {"<<: {a: b}\n", "merge key"},
		{"a: 1\na: 2\n", "key that stands twice"}, {"1: a\n\"1\": b\n", "key that stands twice"}, {"a: {b: c, b: d}\n", "key that stands twice"}, {"~: a\n", "key that is null"},
		{"a:\n\tb: c\n", "tab before content"}, {"a: [b\n\t]\n", "tab before content"}, {"-\ta\n", "value that begins with \t"}, {"- \t# a\n", "tab after a dash"}, {"a: |\n\tb\n", "odd indent in a text"},
		{"a:\n   b: 1\n  c: 2\n", "odd indent"}, {"a: 1\n  b: 2\n", "key in a scalar, or odd indent"}, {"a: 'b'\n  c\n", "text after the end of a scalar"},
		{"a: b # c\n  d\n", "text after the end of a scalar"}, {"a: b\n# c\n  d\n", "text after the end of a scalar"},
		{"a: b: c\n", "map on the line of its key"}, {"a: - b\n", "value that begins with -"}, {"a:\n  - b\n  c: d\n", "odd indent"}, {"a: b\nc\n", "no key where one belongs"},
		{"a\n", "scalar or flow at the root"}, {"[a]\n", "value that begins with ["}, {"  a: b\nc: d\n", "content after the root"}, {"--- a\n", "content on the marker's line"},
		{"a: b\n...\nc: d\n", "end of document marker"}, {"a: 'b\n...\n'\n", "end of document marker"}, {"a: [\n...\n]\n", "end of document marker"},
		{"a: 'b' c\n", "content after a quoted scalar"}, {"a: 'b'# c\n", "content after a quoted scalar"}, {"a: [b] c\n", "content after a flow collection"}, {"a: 'b\n", "quoted scalar without end"},
		{"'a' : b\n", "content after a quoted scalar"}, {"'a':b\n", "odd key"}, {strings.Repeat("a", 1001) + ": b\n", "odd key"}, {"a: \"\\q\"\n", "rare escape"}, {"a: \"\\ud800\"\n", "rare escape"}, {"a: \"\\u+041\"\n", "rare escape"},
		{"a: [b: c]\n", "pair in a flow list"}, {"a: {b}\n", "odd key in a flow map"}, {"a: {b :c}\n", "odd key in a flow map"}, {"a: [b\n c]\n", "odd flow collection"}, {"a: [b\n", "flow collection without end"},
		{"a: ['b\n c']\n", "quoted scalar on several lines in a flow collection"}, {"a: [b?]\n", "odd flow scalar"}, {"a: [,]\n", "odd flow scalar"},
		{"a: |0\n  b\n", "odd header of a text"}, {"a: |--\n  b\n", "odd header of a text"}, {"a: |# b\n  c\n", "odd header of a text"}, {"a: |\n     \n  b\n", "odd indent in a text"},
		{"a: b\x7f\n", "control character"}, {"a: b\rc: d\n", "control character"}, {"a: \u0085\n", "unusual character"}, {"# \u2028\na: b\n", "unusual character"}, {"a: \ufeffb\n", "unusual character"},
		{"a: {b: {c: {d: e}}}\n", "limits of a document"}, {"a: [" + strings.Repeat("1,", 20) + "]\n", "limits of a document"},
		{"a: [" + strings.Repeat("é", 4096) + ", b]\n", "long line with characters of several bytes"},
	}
	for _, test := range tests {
		compareText(t, []byte(test.text), deep)
		if _, why := readBlock(part{text: []byte(test.text)}, deep, &arena{}); why != test.why {
			t.Errorf("%.60q: refused because %q, want %q", test.text, why, test.why)
		}
	}
	if _, why := readBlock(part{text: []byte("a: b\n")}, deep, &arena{documents: 1}); why != "limits of the file" {
		t.Errorf("second document of one: %q", why)
	}
}

// TestRefusingLeavesNoTrace reads a document after one that was refused half-way.
func TestRefusingLeavesNoTrace(t *testing.T) {
	nodes := &arena{}
	if _, why := readBlock(part{text: []byte("a: b\n")}, DefaultLimits, nodes); why != "" || nodes.count != 2 {
		t.Fatalf("refused because %q, %d values counted", why, nodes.count)
	}
	if _, why := readBlock(part{text: []byte("a: {b: [1, 2], c: |\n")}, DefaultLimits, nodes); why == "" || nodes.count != 2 {
		t.Fatalf("refused because %q, %d values counted", why, nodes.count)
	}
	found, why := readBlock(part{text: []byte("a:\nb:\nc:\n")}, DefaultLimits, nodes)
	want := "a null \"\" 1:3 key 1:1\nb null \"\" 2:3 key 2:1\nc null \"\" 3:3 key 3:1"
	if why != "" || outline(found.Root) != want || nodes.count != 6 {
		t.Errorf("refused because %q, %d values:\n%s", why, nodes.count, outline(found.Root))
	}
}

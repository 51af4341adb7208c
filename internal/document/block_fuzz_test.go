package document

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/test/corpus"
)

// oddTexts have what lies near the border between what the block reader reads and what it refuses.
var oddTexts = []string{
	"a: b\n", "---\na: b\n", "--- # c\n\n# d\na: b # c\n", "  a: 1\n  b: 2\n", "a:\n- 1\n- - 2\n  - 3\n- b: c\n  d:\n  - e\n-\n-  f\n",
	"a:\nb: # c\nc:   \n-\n- # d\n-\n  e: 1\n- - -\n", "a: |\n  x\n\n   y\n  \nb: |-\n  x\nc: |+\n  x\n\n\n# d\nd: |\ne: |+\n\n\nf: 1\n",
	"a: |\n    x\n   # y\n  # z\nb: |  # c\n\n  x\n\ty\n", "a: |\n     \n  x\n", "a: |\n  \tx\n  y\t\n  ", "- |\n  x\n- |-\n x\n-\n  |\n  y\n",
	"a: [1, b, 'c', \"d\", [e], {f: g, \"h\":i}, [], {}] # c\nb: {}\nc: []\nd: { e: f }\n", "a: [http://b:80/c, d:e, -1, --f]\n",
	"\"a\": 'b''c'\n'd': \"e\\n\\\"\\\\ \\t\"\n\"\": ''\n", "1: a\n1.5: b\nyes: c\n\"1.0\": d\n0x1F: e\n", "é: ü # ö\nä: [é, {ö: 'ü'}]\nb: |\n  ß\n",
	"a: 1\r\nb: |\r\n  x\r\n\r\n  y\r\nc: # d\r\n- e\r\n", "a: b\tc \t# d\ne:\tf\n", "a:b: c:d\ne#f: g#h\n:i: :j\n-k: -l\n",
	"a: b\n  c\n  d\n\n  e\nf:\n  g\n  h\n- i\n", "a: b\n  # c\n  d\n", "a: 'b\n  c'\nd: \"e\n  f\\\n  g\"\n", "a: >\n  b\n  c\n\n  d\n   e\n  f\nb: >-\n  x\n", "a: >+\n\n  x\n\n",
	"a: &x b\nc: *x\nd: !!str 5\n<<: {e: f}\n? g\n: h\n", "a: 1\na: 2\n", "a: 1\n b: 2\n", "a:\n    b: 1\n  c: 2\n", "a:\n  - b\n  c: 1\n", "a: b: c\n", "a: - b\n", "- a\nb: c\n",
	"...\na: b\n", "a: b\n...\n", "%YAML 1.1\n---\na: b\n", "a: \"b\"#c\n", "a: [b]#c\n", "a: [b, c\n  ]\nd: {e: f,\n g: h}\n", "a: {b, c}\n", "a: [b: c]\n", "a: [b, ]\n", "a: {b: }\n", "a: @b\n", "a: `b`\n", "a: %b\n",
	"a: \u0085b\n", "a: b\u2028c\n", "\ufeffa: b\n", "a: b\x7f\n", "a: \"\\x41\\u00e9\\/\"\n", "# a\n\t# b\nc: d\n", "a:\n\t- b\n", "-\ta\n", "- \t\n",
	"a : b\n", "'a' : b\n", "'a':b\n", "a: |2\n   b\n", "a: |\n\t\n  b\n", "a: 'b' c\n", "a:\n  'b'\n", "a:\n  b\nc:\n  [d]\ne:\n  {}\n", "a: ~\nb: null\nc: .nan\nd: 2001-01-01\ne: 0o7\n", "key: value\n# end", "a: 1 # b\n #c\n\n\n", "- - - - a\n  - b\n",
	"a: [b, # c\n  d,\n# e\n\"f\",\n  {g: h,\n\"i\":\nj},\n\t]\nk:\n- l\n", "a: [\n...\n]\n", "a: [b\nc]\n", "a: {b: c\n", "a: [b,#c\n]\n", "a: [é, [ü], {ö: ß}] # é\n",
	"a: \"b \\\n\n  \\ c\n\n\n  d \" # e\nf: '\n  g\n\n h''\n'\n", "a: \"b\n...\n\"\n", "a: \"b\nc\": d\n", "\"a\n b\": c\n", "a: \"\\\n\"\nb: '\n'\n", "- \"a\n  b\"\n- 'c\nd'\n",
	"a: >\n   b\n   c\n    d\n   e\n\n   f\n  \n   \tg\n   h\n", "a: |2\n    b\n  c\n- |1-\n x\n", "a:\n- |+2\n    b\n\n\n- >1\n  c\n d\n", "a: >2-\n\n\n   b\n\n  c\n", "a: |0\n  b\n", "a: |1\nb: c\n",
	"a: b # c\n  d\n", "a: b\n\n\n  c: d\n", "a: b\n  - c\n  \"d\"\n  [e\n", "a: b\n  c #d\n  #e\n", "- a\n  b\n -c\n- d\n", "a:\n  b\n  c\n\n  d\n\n\ne: f\n", "a: 1\n  2\nb: |\n\n\n  c\n",
	"? a\n---\nb: c\n---\nd: {e: &f g}\n---\nh: [i, {j: k}]\n", "a: {b: c, b: d}\n", "a: {1: b, yes: c, 'd': e, f/g: h}\n", "a: \"\\x4\"\nb: \"\\ud800\"\n", "a: \"\\ud83d\\ude00\"\n", "a: \"\\+123\\u+123\\x+1\"\n", "a: \"\\u+123\"\n", "a: \"\\x_1\"\n",
}

// seedTexts are documents as they occur: workloads, settings with scripts, definitions, services.
func seedTexts() []string {
	texts := corpus.Documents(60, 2)
	r := rand.New(rand.NewPCG(3, 3))
	one := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	for i := range 60 {
		texts = append(texts,
			fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c%d\ndata:\n  run.sh: |%s\n    #!/bin/sh\n%s    if [ \"$A\" = 'b' ]; then\n      echo \"x: y\" # z\n    fi\n%s  key: %s\n  nginx.conf: |\n    server { listen 80; }\n",
				i, one("", "-", "+", " # c"), one("", "\n", "    \n", "\n\n"), one("", "\n", "\n\n", "      \n"), one("'80'", "\"a\\tb\"", "value # c", "{}", "a b", "")),
			fmt.Sprintf("# %s\napiVersion: v1\nkind: Service\nmetadata: {name: s%d, labels: {app: \"x\", %s: y}}\nspec:\n  selector:\n    app: %s\n  ports:\n%s- name: http\n%s  port: %d\n%s  targetPort: %s\n",
				one("a", "é", ""), i, one("a.b/c", "tier", "\"d\""), one("x", "yes", "1", "~", "null"), strings.Repeat(" ", 2), strings.Repeat(" ", 2), i, strings.Repeat(" ", 2), one("http", "80", "'80'")),
			fmt.Sprintf("properties:\n  spec:\n    description: %s\n    properties:\n      a:\n        items:\n          type: string\n        type: array\n        enum: [%s]\n    required:\n    - a\n    - %s\n",
				one("short", "|-\n      long\n      text", ">\n      folded\n      text\n\n      more", "text that goes\n      on", "'text that\n      goes on'", "\"text that\\\n      \\ goes on\""), one("a, b", "'', \"x\"", "1, 2.5, yes"), one("b", "'c'", "")),
		)
	}
	for _, text := range oddTexts {
		texts = append(texts, text, strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(text, "b", "bé"))
	}
	return texts
}

// metaTexts are what damage puts in: all that means something in YAML.
var metaTexts = []string{":", ": ", "- ", "-", " #", "#", "'", "\"", "\\", "|", "|-\n", "|+\n", ">", ">-\n", "[", "]", "{", "}", ",", ", ", "&a ", "*a", "!!str ", "!", "? ", "?",
	"%", "@", "`", "\t", "\r", "\n", "\r\n", "\n\n", "\n---\n", "\n...\n", "\u0085", "\u2028", "\ufeff", "é", "\u00a0", "<<: ", "<<", "~", "null", "  ", " ", "- - ", "key: |\n", "''", "\\n", "\\x41", "0", "1_0", "=", "\x7f", "\\\n", " \n", "\n "}

// damage changes text at one random place.
func damage(text string, r *rand.Rand) string {
	at := r.IntN(len(text) + 1)
	lines := strings.SplitAfter(text, "\n")
	line := r.IntN(len(lines))
	switch r.IntN(12) {
	case 0, 1, 2:
		return text[:at] + metaTexts[r.IntN(len(metaTexts))] + text[at:]
	case 3:
		return text[:at] + metaTexts[r.IntN(len(metaTexts))] + text[min(len(text), at+1):]
	case 4:
		return text[:at] + text[min(len(text), at+1+r.IntN(3)):]
	case 5:
		return text[:at] // cut off
	case 6:
		other := r.IntN(len(lines))
		lines[line], lines[other] = lines[other], lines[line]
	case 7:
		lines[line] = strings.Repeat(" ", r.IntN(4)) + lines[line]
	case 8:
		lines[line] = strings.TrimPrefix(lines[line], strings.Repeat(" ", 1+r.IntN(3)))
	case 9:
		lines[line] += lines[line]
	case 10:
		for i := line; i < min(len(lines), line+1+r.IntN(6)); i++ {
			lines[i] = " " + lines[i]
		}
	case 11:
		lines[line] = strings.TrimSuffix(lines[line], "\n") + metaTexts[r.IntN(len(metaTexts))] + "\n"
	}
	return strings.Join(lines, "")
}

// piece is some lines of a long text: they show as much as the whole, and are read faster.
func piece(text string, r *rand.Rand) string {
	if len(text) <= 700 {
		return text
	}
	from := r.IntN(len(text) - 600)
	from += strings.IndexByte(text[from:], '\n') + 1
	return text[from:min(from+600, len(text))]
}

// TestBlockReaderAgreesOnDamagedTexts holds the promise of the block reader: refuse or agree.
func TestBlockReaderAgreesOnDamagedTexts(t *testing.T) {
	seeds := seedTexts()
	for _, text := range seeds {
		compareText(t, []byte(text), fuzzLimits)
	}
	count := 200_000
	if testing.Short() {
		count = 20_000
	}
	r := rand.New(rand.NewPCG(5, 5))
	read := 0
	for range count {
		text := piece(seeds[r.IntN(len(seeds))], r)
		switch r.IntN(6) {
		case 0:
			text += piece(seeds[r.IntN(len(seeds))], r)
		case 1:
			text = "nested:\n  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\nnext: 1\n"
		}
		for range 1 + r.IntN(3) {
			text = damage(text, r)
		}
		read += compareText(t, []byte(text), fuzzLimits)
	}
	t.Logf("%d damaged texts, %d documents of them read by the block reader", count, read)
	if read < count/10 {
		t.Errorf("the block reader reads %d documents of %d damaged texts only: the comparison says little", read, count)
	}
}

func FuzzBlock(f *testing.F) {
	for _, text := range seedTexts() {
		if len(text) < 1000 {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) { compareText(t, text, fuzzLimits) })
}

package document

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// utf16Text writes text with a byte order mark; bigEndian chooses the order of bytes.
func utf16Text(text string, bigEndian bool) string {
	var out strings.Builder
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		low, high := byte(unit), byte(unit>>8)
		if bigEndian {
			low, high = high, low
		}
		out.WriteByte(low)
		out.WriteByte(high)
	}
	return out.String()
}

// bomb is a text whose aliases expand to width^levels values.
func bomb(levels, width int) string {
	text := "a0: &a0 [x, x]\n"
	for i := 1; i <= levels; i++ {
		text += fmt.Sprintf("a%d: &a%d [*a%d%s]\n", i, i, i-1, strings.Repeat(fmt.Sprintf(", *a%d", i-1), width-1))
	}
	return text
}

func TestReadsOrSaysWhy(t *testing.T) {
	tests := []struct {
		name, text string
		documents  int
		problems   []string // line:message
	}{
		{"empty", "", 0, nil},
		{"only markers and comments", "---\n# a\n---\n\n--- # b\n", 0, nil},
		{"byte order mark", "\xef\xbb\xbfkey: 1\n", 1, nil},
		{"UTF-16 little endian", utf16Text("key: é\n", false), 1, nil},
		{"UTF-16 big endian", utf16Text("key: é\n", true), 1, nil},
		{"Windows line ends", "a: 1\r\n---\r\nb: 2\r\n", 2, nil},
		{"comment right after the marker", "a: 1\n---# b\nc: 1\n---#\nd:\n\te: 1\n", 2, []string{
			"6:invalid YAML: found character that cannot start any token (indent with spaces, not tabs, and quote values that begin with @, ` or %)"}},
		{"directives belong to the next document", "a: 1\n---\n%YAML 1.1\n---\nkey: 2\n", 2, nil},
		{"Latin-1", "a: 1\nb: \xe9\n", 0, []string{"2:file is not valid UTF-8: save it as UTF-8"}},
		{"NUL", "a: 1\nb: \x00\n", 0, []string{"2:file holds a NUL byte, so it is not text: leave it out, or save it as UTF-8"}},
		{"tab", "a: 1\n---\na:\n\tb: 1\n---\nc: 1\n", 2, []string{
			"4:invalid YAML: found character that cannot start any token (indent with spaces, not tabs, and quote values that begin with @, ` or %)"}},
		{"truncated flow", "a: {b: [1, 2\n---\nc: 1\n", 1, []string{"1:invalid YAML: did not find expected ',' or ']' (close brackets and quotes and line up the indentation)"}},
		{"truncated quote", "a: 1\nb: \"c\n", 0, []string{"2:invalid YAML: found unexpected end of stream"}},
		{"duplicate key", "a: 1\na: 2\n", 1, []string{"2:key \"a\" stands twice in one map; the last one counts: remove the other"}},
		{"unknown anchor", "a: *b\n", 0, []string{"1:invalid YAML: unknown anchor 'b' referenced (define the anchor before its alias)"}},
		{"anchor in itself", "a: &a [*a]\n", 0, []string{"1:anchor \"a\" contains itself: remove the alias"}},
		{"alias bomb", bomb(9, 9), 0, []string{"2:document has more than 1000000 values, aliases expanded: remove the aliases or split it"}},
		{"deep flow", strings.Repeat("[", 20000), 0, []string{"1:nested deeper than 500 levels: flatten the document"}},
		{"deep block", strings.Repeat("- ", 10000) + "a\n", 0, []string{"1:nested deeper than 500 levels: flatten the document"}},
		{"deeper block", strings.Repeat("- ", 20000) + "a\n", 0, []string{"1:invalid YAML: exceeded max depth of 10000 (flatten the document)"}},
		{"many lines", "a:\n" + strings.Repeat("- \n", 1_000_001), 0, []string{"1:document has more than 1000000 lines and commas: split it"}},
		{"large document", "a: " + strings.Repeat("x", 16<<20), 0, []string{"1:document is 16 MiB, larger than the limit of 16 MiB: split it"}},
		{"map as key", "? {a: 1}\n: b\n", 0, []string{"1:a map or list stands as a key: keys must be strings"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			documents, problems := Read([]byte(test.text), DefaultLimits)
			var got []string
			for _, problem := range problems {
				got = append(got, fmt.Sprintf("%d:%s", problem.Line, problem.Message))
			}
			if len(documents) != test.documents || !cmp.Equal(test.problems, got) {
				t.Errorf("%d documents, want %d; problems (-want +got):\n%s", len(documents), test.documents, cmp.Diff(test.problems, got))
			}
		})
	}
}

func TestUTF16IsReadAsWritten(t *testing.T) {
	for _, bigEndian := range []bool{false, true} {
		documents, _ := Read([]byte(utf16Text("key: grün 𝄞\n", bigEndian)), DefaultLimits)
		if len(documents) != 1 || documents[0].Root.Get("key").Text() != "grün 𝄞" {
			t.Errorf("big endian %t: got %v", bigEndian, documents)
		}
	}
}

func TestLimitsOfAFileKeepWhatWasReadBefore(t *testing.T) {
	limits := DefaultLimits
	limits.Documents = 3
	documents, problems := Read([]byte(strings.Repeat("---\na: 1\n", 5)), limits)
	want := []Problem{{Line: 7, Lost: true, Message: "file has more than 3 documents: split it; the rest was not read"}}
	if len(documents) != 3 || !cmp.Equal(want, problems) {
		t.Errorf("got %d documents, problems %v", len(documents), problems)
	}
	limits = DefaultLimits
	limits.FileNodes = 5
	documents, problems = Read([]byte(strings.Repeat("---\na: 1\n", 5)), limits)
	want = []Problem{{Line: 7, Lost: true, Message: "file has more than 5 values: split it; the rest was not read"}}
	if len(documents) != 3 || !cmp.Equal(want, problems) {
		t.Errorf("got %d documents, problems %v", len(documents), problems)
	}
}

package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSafe(t *testing.T) {
	for text, want := range map[string]string{
		"plain ~": "plain ~", "é漢字🚀": "é漢字🚀", "\x1b[31m": `\x1b[31m`, "a\nb\tc\rd": `a\nb\tc\x0dd`, "\x00\x7f": `\x00\x7f`,
		"\u009b2J": `\x9b2J`, "\u202eexe.png": `\u202eexe.png`, "zero\u200bwidth": `zero\u200bwidth`, "\xff\xc3": `\xff\xc3`, "\u2028": `\u2028`, "\ufeffa": `\ufeffa`,
	} {
		if got := safe(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	if got, want := safeLines("a\n\tb\x07"), "a\n\tb\\x07"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClip(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{{"short", 5, "short"}, {"longer", 5, "lo..."}, {"漢字漢字", 8, "漢字漢字"}, {"漢字漢字", 7, "漢字..."}, {"é\u0301éé", 3, "é\u0301éé"}} {
		if got := clip(test.text, test.width); got != test.want {
			t.Errorf("%s at %d: got %s, want %s", test.text, test.width, got, test.want)
		}
	}
}

func TestFirstSentence(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "",
		"One. Two.":                          "One.",
		"Set e.g. a. Then b.":                "Set e.g. a.",
		"Version 1.2 is fine, use\nit. So":   "Version 1.2 is fine, use it.",
		"No full stop\n\nnext":               "No full stop",
		"Set:\n\n```yaml\na: b\n```":         "Set:",
		"Set:\n```yaml\na: b\n```\nNot here": "Set:",
		"Set:\n\n    a: b\n":                 "Set:",
		"Ends so:\n\nBut no code follows.":   "Ends so",
	} {
		if got := firstSentence(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestProse(t *testing.T) {
	text := "Set `a`\nto b:\n\n```yaml\nx:\n\n  y: 1\n```\nNot \x1b there:\n    indented: 1\n      more: 2\nAn odd ` stays."
	want := []paragraph{
		{Spans: []span{{Text: "Set "}, {Text: "a", Code: true}, {Text: " to b:"}}},
		{Block: "x:\n\n  y: 1"},
		{Spans: []span{{Text: `Not \x1b there:`}}},
		{Block: "indented: 1\n  more: 2"},
		{Spans: []span{{Text: "An odd ` stays."}}},
	}
	if diff := cmp.Diff(want, prose(text)); diff != "" {
		t.Error(diff)
	}
	if got := prose(" \n"); got != nil {
		t.Errorf("empty text gives %v", got)
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := number(n); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

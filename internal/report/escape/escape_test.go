package escape

import "testing"

func TestLineAndLines(t *testing.T) {
	tests := []struct{ text, line, lines string }{
		{"plain", "plain", "plain"},
		{"a\nb\tc", `a\nb\tc`, "a\nb\tc"},
		{"a\r\nb\rc", `a\x0d\nb\x0dc`, "a\nb\\x0dc"},
		{"\x1b[31mred", `\x1b[31mred`, `\x1b[31mred`},
		{"a\u202eb\u200bc", `a\u202eb\u200bc`, `a\u202eb\u200bc`},
		{"a\xffb", `a\xffb`, `a\xffb`},
		{"a\ufffeb\u0085", `a\ufffeb\x85`, `a\ufffeb\x85`},
		{"häuser 家", "häuser 家", "häuser 家"},
	}
	for _, test := range tests {
		if got := Line(test.text); got != test.line {
			t.Errorf("Line(%q) is %q, want %q", test.text, got, test.line)
		}
		if got := Lines(test.text); got != test.lines {
			t.Errorf("Lines(%q) is %q, want %q", test.text, got, test.lines)
		}
	}
}

func TestMarkdown(t *testing.T) {
	if got, want := Markdown("<b>|a_*`[x](y)~&"), "&lt;b&gt;&#124;a&#95;&#42;&#96;&#91;x&#93;(y)&#126;&amp;"; got != want {
		t.Errorf("Markdown is %q, want %q", got, want)
	}
}

// TestPolicyHash is the example of https://www.w3.org/TR/CSP2/#script-src-hash-usage.
func TestPolicyHash(t *testing.T) {
	if got, want := PolicyHash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="; got != want {
		t.Errorf("hash is %s, want %s", got, want)
	}
}

func TestLink(t *testing.T) {
	for text, want := range map[string]string{"https://example.com/a?b=c": "https://example.com/a?b=c", "http://x": "http://x", "javascript:alert(1)": "", "https:": "",
		"//example.com": "", "https://user:pass@example.com": "", "https://example.com/a b": "", "https://example.com/\u202e": "", "data:text/html,x": ""} {
		if got := Link(text); got != want {
			t.Errorf("Link(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestCell(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "plain": "plain", "-": "-", "-1": "'-1", "=1+1": "'=1+1", "+1": "'+1", "@x": "'@x", "\tx": "'\tx", "\rx": `\x0dx`,
		"  =1": "'  =1", "＝1": "'＝1", "a=b": "a=b", "\nx": "'\nx", "\x1b[2J": `\x1b[2J`,
	} {
		if got := Cell(cell); got != want {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
	}
}

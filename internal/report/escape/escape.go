// Package escape writes text of strangers so that it does nothing but be read: on terminals, in
// Markdown and HTML, and in the content policies of pages. Begin with Line.
package escape

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes text harmless on one line: control characters, terminal escapes, line ends, invisible
// characters and those that turn the direction of reading are shown as \xNN or \uNNNN.
func Line(text string) string { return neutral(text, false) }

// Lines is Line for text of several lines: line ends and tabs stay, \r\n becomes \n.
func Lines(text string) string { return neutral(text, true) }

func neutral(text string, lines bool) string {
	at := plain(text)
	if at == len(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 8)
	b.WriteString(text[:at])
	for at < len(text) {
		if n := plain(text[at:]); n > 0 { // most of a page is, and need not be looked at letter by letter
			b.WriteString(text[at : at+n])
			at += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[at])
		case lines && r == '\r' && strings.HasPrefix(text[at:], "\r\n"): // the line ends with what follows
		case lines && (r == '\n' || r == '\t'):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\x%02x`, r)
		case Hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		at += size
	}
	return b.String()
}

// plain is how many bytes of a text come first that are written as they are.
func plain(text string) int {
	for i := range len(text) {
		if text[i] < 0x20 || text[i] >= 0x7f {
			return i
		}
	}
	return len(text)
}

// Hidden reports whether a reader cannot see the character or would be misled by it: format
// characters (bidirectional overrides, zero-width ones), separators of lines, private use, and
// what is no character.
func Hidden(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || r&0xfffe == 0xfffe
}

// Markdown writes what has a meaning in Markdown or HTML as character references.
func Markdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case strings.ContainsRune("|#\\`*_[]~$", r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// PolicyHash is the source expression of a content security policy that allows just this script
// or style (https://www.w3.org/TR/CSP3/#grammardef-hash-source).
func PolicyHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Link gives the address of a page that may stand as a link: http or https with a host, without
// user or password; "" for everything else.
func Link(text string) string {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" || parsed.User != nil || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || Hidden(r) }) {
		return ""
	}
	return parsed.String()
}

// Clip cuts text to a number of characters, at least 3, and says so with "...".
func Clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-3]) + "..."
}

// Cell puts an apostrophe before a cell of CSV that a spreadsheet would run as a formula (OWASP, CSV
// Injection), and shows control characters.
func Cell(text string) string {
	text = Lines(text)
	start := strings.TrimLeft(text, " \t\n")
	if text == "-" { // standard input
		return text
	}
	if start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) || text != "" && (text[0] == '\t' || text[0] == '\n') {
		return "'" + text
	}
	return text
}

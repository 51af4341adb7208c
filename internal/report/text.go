package report

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// safe makes text that was scanned harmless on one line.
func safe(text string) string { return escape.Line(text) }

// safeLines is safe for text of several lines: line ends and tabs stay.
func safeLines(text string) string { return escape.Lines(text) }

// columns is how many columns of a terminal the text takes, roughly: East Asian wide characters
// and emoji take two, combining marks none.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case r < 0x300:
			n++
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	return r >= 0x1100 && r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 ||
		r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f300 && r <= 0x1faff || r >= 0x20000 && r <= 0x3fffd
}

// clip shortens text to a number of columns, ending in "..." where it was cut.
func clip(text string, width int) string {
	if columns(text) <= width {
		return text
	}
	n := 0
	for at, r := range text {
		if n += columns(string(r)); n > width-3 {
			return text[:at] + "..."
		}
	}
	return text
}

// wrap breaks text at spaces into lines of at most width columns; a longer word stands alone.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// firstSentence is the beginning of a longer text that can stand alone: up to the end of the first
// sentence or of the first paragraph. It ends in a colon only if a block of code follows.
func firstSentence(text string) string {
	paragraph, rest, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	paragraph, fence, fenced := strings.Cut(paragraph, "\n```")
	words := strings.Fields(paragraph)
	for i, word := range words {
		if strings.HasSuffix(word, ".") && word != "e.g." && word != "i.e." {
			return strings.Join(words[:i+1], " ")
		}
	}
	sentence := strings.Join(words, " ")
	if leads := fenced && fence != "" || strings.HasPrefix(rest, "```") || strings.HasPrefix(rest, "    "); !leads {
		sentence = strings.TrimSuffix(sentence, ":")
	}
	return sentence
}

// fixLine is a fix on one line, where no block of code can follow.
func fixLine(fix string) string { return strings.TrimSuffix(firstSentence(fix), ":") }

// count writes a number with its noun, and thousands apart: "1 finding", "1,200 findings".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(n) + " " + noun
}

// number writes an integer with its thousands apart: 12,345.
func number(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

package graph

import (
	"strings"
	"unicode"
)

// printable replaces what XML forbids and what turns the direction of text, so that a hostile
// name can neither break the file nor look like another.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == '\r':
			return ' '
		case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF, unicode.Is(unicode.Bidi_Control, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// escaped is text for XML, in elements and in quoted attributes.
func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(printable(text))
}

// short is one line of at most limit characters.
func short(text string, limit int) string {
	text = strings.ReplaceAll(printable(text), "\n", " ")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

// textWidth estimates the width of a line in pixels, rather too wide than too narrow: the reader's
// font is unknown.
func textWidth(text string, size float64) float64 {
	width := 0.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("iljtfrI.,:;|/'!()[]- ", r):
			width += 0.4
		case strings.ContainsRune("mwMW@%", r):
			width += 0.98
		case unicode.IsUpper(r):
			width += 0.74
		case r >= 0x1100:
			width += 1.05
		default:
			width += 0.64
		}
	}
	return width * size
}

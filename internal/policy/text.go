package policy

import "strings"

// renamed gives CEL text with free names replaced, each marked as used, and without comments,
// since more text follows on the last line. Fields (a.pod, a.?pod) and string literals stay. A
// macro that binds one of the names would not be accepted by the API server; none is misread.
func renamed(cel string, names map[string]string, used map[string]bool) string {
	var out strings.Builder
	field := false // the last token ended in a dot
	for rest := cel; rest != ""; {
		token := nextToken(rest)
		rest = rest[len(token):]
		switch name, ok := names[token]; {
		case strings.HasPrefix(token, "//"):
			continue
		case ok && !field:
			used[token] = true
			out.WriteString(name)
		default:
			out.WriteString(token)
		}
		if strings.TrimSpace(token) != "" {
			field = token == "." || field && token == "?"
		}
	}
	return strings.TrimSpace(out.String())
}

// nextToken gives the first token of a text that is not empty: a comment, a literal, a word, or
// one character.
func nextToken(text string) string {
	if strings.HasPrefix(text, "//") {
		line, _, _ := strings.Cut(text, "\n")
		return line
	}
	word := 0
	for word < len(text) && isWord(text[word]) {
		word++
	}
	switch {
	case word < len(text) && isQuote(text[word]) && isPrefix(text[:word]):
		return text[:word+literalLength(text[word:], strings.ContainsAny(text[:word], "rR"))]
	case word > 0:
		return text[:word]
	}
	return text[:1]
}

func isWord(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func isQuote(b byte) bool { return b == '\'' || b == '"' }

// isPrefix reports whether a word before a quote belongs to the literal: r for raw, b for bytes.
func isPrefix(word string) bool { return len(word) <= 2 && strings.Trim(word, "rRbB") == "" }

// literalLength gives the length of the literal that text begins with, quotes included; the whole
// text if it does not end.
func literalLength(text string, raw bool) int {
	quote := text[:1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(text, triple) {
		quote = triple
	}
	for i := len(quote); i < len(text); i++ {
		switch {
		case text[i] == '\\' && !raw:
			i++
		case strings.HasPrefix(text[i:], quote):
			return i + len(quote)
		}
	}
	return len(text)
}

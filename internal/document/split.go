package document

import "bytes"

// part is the text of one document and the number of lines before it in the file.
type part struct {
	text   []byte
	before int
}

// split cuts a stream at its document markers, so that a broken document costs only itself.
// A line that begins with three dashes ends a document wherever it stands, also inside a
// block scalar (YAML 1.2 §9.1.2).
func split(text []byte) []part {
	var parts []part
	start, startLine, line := 0, 0, 0
	for at := 0; at < len(text); line++ {
		end := bytes.IndexByte(text[at:], '\n')
		next := len(text)
		if end >= 0 {
			next = at + end + 1
		}
		if isMarker(text[at:next]) && at > start {
			if !onlyDirectives(text[start:at]) {
				parts = append(parts, part{text[start:at], startLine})
				start, startLine = at, line
			}
		}
		at = next
	}
	if start < len(text) {
		parts = append(parts, part{text[start:], startLine})
	}
	return parts
}

func isMarker(line []byte) bool {
	return len(line) >= 3 && line[0] == '-' && line[1] == '-' && line[2] == '-' &&
		(len(line) == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\n' || line[3] == '\r')
}

// onlyDirectives reports whether text holds %YAML or %TAG lines and no content: they belong
// to the document that the next marker opens.
func onlyDirectives(text []byte) bool {
	seen := false
	for line := range bytes.Lines(text) {
		trimmed := bytes.TrimSpace(line)
		switch {
		case len(trimmed) == 0 || trimmed[0] == '#':
		case line[0] == '%':
			seen = true
		default:
			return false
		}
	}
	return seen
}

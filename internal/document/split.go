package document

import (
	"bytes"
	"iter"
)

// part is the text of one document and the number of lines before it in the file.
type part struct {
	text   []byte
	before int
}

// split cuts a stream at its document markers, so that a broken document costs only itself.
// A line that begins with three dashes ends a document wherever it stands, also inside a
// block scalar (YAML 1.2 §9.1.2). Parts without content are left out.
func split(text []byte) iter.Seq[part] {
	return func(yield func(part) bool) {
		start, startLine, line := 0, 0, 0
		var now content
		for at := 0; at < len(text); line++ {
			next := len(text)
			if end := bytes.IndexByte(text[at:], '\n'); end >= 0 {
				next = at + end + 1
			}
			glued := isGlued(text[at:next])
			marker := glued || isMarker(text[at:next])
			if marker && (glued || now != directives) {
				if now == values && !yield(part{text[start:at], startLine}) {
					return
				}
				start, startLine, now = at, line, nothing
				if glued {
					start, startLine = next, line+1
				}
			}
			now = max(now, lineContent(text[at:next], marker))
			at = next
		}
		if now != nothing {
			yield(part{text[start:], startLine})
		}
	}
}

// content is what the lines of a part hold.
type content uint8

const (
	nothing    content = iota
	directives         // %YAML or %TAG lines: they belong to the document that the next marker opens
	values
)

func lineContent(line []byte, marker bool) content {
	if marker {
		line = line[3:]
	}
	trimmed := bytes.Trim(line, " \t\r\n") // not a no-break space, which is content
	switch {
	case len(trimmed) == 0 || trimmed[0] == '#':
		return nothing
	case line[0] == '%' && !marker:
		return directives
	}
	return values
}

// isGlued tells a marker with a comment right after it, as templates that trim white space write
// it: kubectl and Helm cut there, although YAML wants a space. The line itself holds nothing.
func isGlued(line []byte) bool { return bytes.HasPrefix(line, []byte("---#")) }

func isMarker(line []byte) bool {
	return len(line) >= 3 && line[0] == '-' && line[1] == '-' && line[2] == '-' &&
		(len(line) == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\n' || line[3] == '\r')
}

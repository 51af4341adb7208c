package document

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Document is one YAML document or one JSON value of a file.
type Document struct {
	Root *Node
	// Line and EndLine bound the document in the file, from 1.
	Line, EndLine int
}

// Problem is something in a file that could not be read, or was read otherwise than it looks.
type Problem struct {
	Line, Column int // from 1; 0 if it concerns the whole file
	// Lost is true if a document (or the file) was not read because of it.
	Lost bool
	// Message says what is wrong and what to do.
	Message string
}

// Limits bound what reading one file may cost.
type Limits struct {
	FileBytes     int // of a whole file
	DocumentBytes int // of one document in it
	Depth         int // of nesting
	Nodes         int // values in one document, aliases expanded
	FileNodes     int // values in all documents of a file
	Documents     int // in a file
}

// DefaultLimits are wide for real files: the API server itself refuses objects above 3 MiB,
// and text has more than 16 bytes to a value. They keep a hostile file below 1 GiB of memory.
var DefaultLimits = Limits{
	FileBytes: 64 << 20, DocumentBytes: 16 << 20, Depth: 500, Nodes: 1_000_000, FileNodes: 3_000_000, Documents: 100_000,
}

// Read reads all documents of a file. A document that cannot be read is left out and
// stands among the problems; the others are read all the same. Empty documents are dropped.
func Read(text []byte, limits Limits) ([]Document, []Problem) {
	if len(text) > limits.FileBytes {
		return nil, []Problem{{Lost: true, Message: fmt.Sprintf(
			"file is %d MiB, larger than the limit of %d MiB: split it", len(text)>>20, limits.FileBytes>>20)}}
	}
	text, problem := Decode(text)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		if documents, problems, ok := readJSON(text, limits); ok {
			return documents, problems
		}
	}
	return readStream(text, limits)
}

// readStream reads YAML part by part, until the file has cost too much.
func readStream(text []byte, limits Limits) ([]Document, []Problem) {
	var documents []Document
	var problems []Problem
	nodes := &arena{}
	for part := range split(text) {
		found, wrong := readYAML(part, limits, nodes)
		documents = append(documents, found...)
		problems = append(problems, wrong[:min(len(wrong), max(0, mostFileProblems-len(problems)))]...)
		if nodes.full {
			break
		}
	}
	return documents, problems
}

// mostFileProblems is how many problems of one file are reported.
const mostFileProblems = 1000

func tooMuch(documents, nodes int, limits Limits) string {
	switch {
	case documents >= limits.Documents:
		return fmt.Sprintf("file has more than %d documents: split it; the rest was not read", limits.Documents)
	case nodes > limits.FileNodes:
		return fmt.Sprintf("file has more than %d values: split it; the rest was not read", limits.FileNodes)
	}
	return ""
}

// Decode gives the text of a file as UTF-8 without a byte order mark, from UTF-8 or UTF-16,
// or the problem that makes it no text. Lines of documents count in it; Read decodes by itself.
func Decode(text []byte) ([]byte, *Problem) {
	switch {
	case bytes.HasPrefix(text, []byte{0xEF, 0xBB, 0xBF}):
		text = text[3:]
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		text = decodeUTF16(text[2:], 1)
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		text = decodeUTF16(text[2:], 0)
	}
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return nil, &Problem{Line: lineAt(text, at), Lost: true,
			Message: "file holds a NUL byte, so it is not text: leave it out, or save it as UTF-8"}
	}
	if !utf8.Valid(text) {
		at := invalidUTF8(text)
		return nil, &Problem{Line: lineAt(text, at), Lost: true,
			Message: "file is not valid UTF-8: save it as UTF-8"}
	}
	return text, nil
}

// decodeUTF16 takes the text after its byte order mark; high is the index of the high byte in a pair.
func decodeUTF16(text []byte, high int) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = uint16(text[2*i+high])<<8 | uint16(text[2*i+1-high])
	}
	return []byte(string(utf16.Decode(units)))
}

func invalidUTF8(text []byte) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	return at
}

func lineAt(text []byte, at int) int { return 1 + bytes.Count(text[:at], []byte{'\n'}) }

package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// readJSON reads a stream of JSON values. It reports false if the text is not JSON, so that
// it can be read as YAML, whose flow style looks the same but allows more.
func readJSON(text []byte, limits Limits) ([]Document, []Problem, bool) {
	r := &jsonReader{text: text, limits: limits, line: 1, decoder: json.NewDecoder(bytes.NewReader(text))}
	r.decoder.UseNumber()
	var documents []Document
	for {
		if message := tooMuch(len(documents), 0, limits); message != "" {
			return documents, append(r.problems, Problem{Line: r.line, Lost: true, Message: message}), true
		}
		root, err := r.value(nil, 0)
		if errors.Is(err, io.EOF) {
			return documents, r.problems, true
		}
		var limit *limitError
		if errors.As(err, &limit) {
			return documents, append(r.problems, Problem{Line: limit.line, Lost: true, Message: limit.message}), true
		}
		if err != nil {
			return nil, nil, false
		}
		if root.Kind != Null {
			documents = append(documents, Document{Root: root, Line: int(root.Line), EndLine: r.line})
		}
	}
}

type limitError struct {
	line    int
	message string
}

func (e *limitError) Error() string { return e.message }

type jsonReader struct {
	text     []byte
	limits   Limits
	decoder  *json.Decoder
	problems []Problem
	nodes    int
	at       int // where line and lineStart were counted
	line     int
	start    int // offset of the first byte of line
}

// place sets n to the position of the token that ends at the decoder's offset.
func (r *jsonReader) place() (line, column int32) {
	begin := r.at
	for begin < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[begin]) >= 0 {
		if r.text[begin] == '\n' {
			r.line, r.start = r.line+1, begin+1
		}
		begin++
	}
	r.at = int(r.decoder.InputOffset()) // tokens never span lines
	return int32(r.line), int32(begin - r.start + 1)
}

func (r *jsonReader) token() (json.Token, int32, int32, error) {
	token, err := r.decoder.Token()
	if err != nil {
		return nil, 0, 0, err
	}
	line, column := r.place()
	return token, line, column, nil
}

func (r *jsonReader) value(parent *Node, depth int) (*Node, error) {
	token, line, column, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &Node{parent: parent, Line: line, Column: column}
	return n, r.fill(n, token, depth)
}

func (r *jsonReader) fill(n *Node, token json.Token, depth int) error {
	if r.nodes++; r.nodes > r.limits.FileNodes {
		return &limitError{r.line, fmt.Sprintf("file has more than %d values: split it", r.limits.FileNodes)}
	}
	if depth > r.limits.Depth {
		return &limitError{r.line, fmt.Sprintf("nested deeper than %d levels: flatten the document", r.limits.Depth)}
	}
	switch t := token.(type) {
	case bool:
		n.setBool(t)
	case string:
		n.Kind, n.text = String, t
	case json.Number:
		n.setJSONNumber(t.String())
	case json.Delim:
		if t == '[' {
			return r.fillList(n, depth)
		}
		return r.fillMap(n, depth)
	}
	return nil
}

func (n *Node) setJSONNumber(text string) {
	if value, err := strconv.ParseInt(text, 10, 64); err == nil {
		n.setInt(value, text)
		return
	}
	value, _ := strconv.ParseFloat(text, 64) // out of range gives infinity, as it reads
	n.setFloat(value, text)
}

func (r *jsonReader) fillList(n *Node, depth int) error {
	n.Kind = List
	for r.decoder.More() {
		child, err := r.value(n, depth+1)
		if err != nil {
			return unexpected(err)
		}
		child.index = int32(len(n.children))
		n.children = append(n.children, child)
	}
	_, _, _, err := r.token()
	return unexpected(err)
}

func (r *jsonReader) fillMap(n *Node, depth int) error {
	n.Kind = Map
	seen := map[string]int{}
	for r.decoder.More() {
		key, line, column, err := r.token()
		if err != nil {
			return unexpected(err)
		}
		child, err := r.value(n, depth+1)
		if err != nil {
			return unexpected(err)
		}
		child.key, child.KeyLine, child.KeyColumn = key.(string), line, column
		if at, twice := seen[child.key]; twice {
			n.children[at] = child
			if len(r.problems) < mostProblems {
				r.problems = append(r.problems, duplicateKey(int(line), int(column), child.key))
			}
			continue
		}
		seen[child.key] = len(n.children)
		n.children = append(n.children, child)
	}
	n.finish()
	_, _, _, err := r.token()
	return unexpected(err)
}

// unexpected keeps an end in the middle of a value from looking like the end of the stream.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func duplicateKey(line, column int, key string) Problem {
	return Problem{Line: line, Column: column, Message: fmt.Sprintf(
		"key %q stands twice in one map; the last one counts: remove the other", key)}
}

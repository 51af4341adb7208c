package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// quoted reads a string. Most hold no escapes and are only looked up.
func (r *UnplacedReader) quoted(cache *textCache) (string, error) {
	begin, ascii := r.at, true
	for at := begin + 1; at < len(r.text); at++ {
		switch c := r.text[at]; {
		case c == '"':
			if r.at = at + 1; ascii || utf8.Valid(r.text[begin+1:at]) {
				return cache.text(r.text[begin+1 : at]), nil
			}
			return r.escaped(begin)
		case c == '\\':
			size, err := skipString(r.text[begin:])
			if r.at = begin + size; err != nil {
				return "", r.fail("%v", err)
			}
			return r.escaped(begin)
		case c < ' ':
			r.at = at
			return "", r.fail("a control character stands in a string")
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	r.at = len(r.text)
	return "", r.fail("%v", errUnclosed)
}

// escaped reads the string between begin and here as the standard library does.
func (r *UnplacedReader) escaped(begin int) (string, error) {
	var text string
	if err := json.Unmarshal(r.text[begin:r.at], &text); err != nil {
		return "", r.fail("%v", err)
	}
	return text, nil
}

var errUnclosed = errors.New("a string has no end")

var errBare = errors.New("a value is no JSON")

// bare reads true, false, null or a number.
func (r *UnplacedReader) bare(n *Node) error {
	rest := r.text[r.at:]
	for _, word := range [...]string{"true", "false", "null"} {
		if len(rest) >= len(word) && string(rest[:len(word)]) == word {
			if r.at += len(word); word != "null" {
				n.setBool(word == "true")
			}
			return nil
		}
	}
	size := numberSize(rest)
	if size == 0 {
		return r.fail("%v", errBare)
	}
	n.setJSONNumber(r.texts.text(rest[:size]))
	r.at += size
	return nil
}

// numberSize is the length of the number with which text begins (RFC 8259 section 6); 0 for none.
func numberSize(text []byte) int {
	at := 0
	digits := func() bool {
		begin := at
		for at < len(text) && text[at] >= '0' && text[at] <= '9' {
			at++
		}
		return at > begin
	}
	if at < len(text) && text[at] == '-' {
		at++
	}
	if at < len(text) && text[at] == '0' {
		at++
	} else if !digits() {
		return 0
	}
	if at < len(text) && text[at] == '.' {
		if at++; !digits() {
			return 0
		}
	}
	if at < len(text) && (text[at] == 'e' || text[at] == 'E') {
		if at++; at < len(text) && (text[at] == '+' || text[at] == '-') {
			at++
		}
		if !digits() {
			return 0
		}
	}
	return at
}

// SkipJSON gives the number of bytes of the JSON value with which text begins. It only looks for
// the end: what stands in maps and lists need not be JSON.
func SkipJSON(text []byte) (size int, err error) {
	depth := 0
	for at := 0; at < len(text); at++ {
		switch c := text[at]; c {
		case '"':
			size, err := skipString(text[at:])
			if at += size; err != nil {
				return at, err
			}
			at--
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ' ', '\n', '\t', '\r', ',', ':':
			continue
		default:
			for at+1 < len(text) && !endsWord[text[at+1]] {
				at++
			}
		}
		if depth < 0 {
			break
		}
		if depth == 0 {
			return at + 1, nil
		}
	}
	return len(text), errors.New("invalid JSON: a value has no end")
}

// endsWord has the characters at which a number or a word ends.
var endsWord = func() (table [256]bool) {
	for _, c := range " \n\t\r,:{}[]\"" {
		table[c] = true
	}
	return table
}()

// skipString gives the number of bytes of the string with which text begins, quotes included.
func skipString(text []byte) (int, error) {
	for at := 1; at < len(text); {
		step := bytes.IndexByte(text[at:], '"')
		if step < 0 {
			break
		}
		at += step + 1
		slashes := 0
		for text[at-2-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return at, nil
		}
	}
	return len(text), errUnclosed
}

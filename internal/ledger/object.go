package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays of a body may lie in one another.
const maxDepth = 64

// manyKeys is from how many members an object's keys are looked up in a map.
const manyKeys = 32

// checkObject accepts a JSON object that every reader reads alike: compact, no key twice, no half characters.
func checkObject(text []byte) error {
	if len(text) == 0 || text[0] != '{' || !json.Valid(text) {
		return errors.New("not a JSON object")
	}
	if !utf8.Valid(text) {
		return errors.New("not UTF-8")
	}
	return new(walker).walk(text)
}

// walker goes through valid JSON and looks for what encoding/json lets pass. It is written by hand because it reads
// each line of a ledger.
type walker struct {
	scopes []scope  // open objects and arrays
	keys   [][]byte // of all open objects
}

type scope struct {
	object bool
	first  int             // index in keys of the scope's first key
	set    map[string]bool // its keys, once they are many
}

func (w *walker) walk(text []byte) error {
	key := false // the next string is a key
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			key = text[i] == '{'
			if w.scopes = append(w.scopes, scope{object: key, first: len(w.keys)}); len(w.scopes) > maxDepth {
				return fmt.Errorf("nested deeper than %d levels", maxDepth)
			}
		case '}', ']':
			last := len(w.scopes) - 1
			w.keys, w.scopes = w.keys[:w.scopes[last].first], w.scopes[:last]
		case ',':
			key = w.scopes[len(w.scopes)-1].object
		case ' ', '\t', '\r', '\n':
			return errors.New("spaces between values")
		case '"':
			end, err := stringEnd(text, i)
			if err == nil && key {
				err = w.add(text[i:end])
			}
			if err != nil {
				return err
			}
			i, key = end-1, false
		}
	}
	return nil
}

// add keeps a key, given with its quotes, and refuses the second of its name.
func (w *walker) add(quoted []byte) error {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		var text string
		if err := json.Unmarshal(quoted, &text); err != nil {
			return err
		}
		name = []byte(text)
	}
	top := &w.scopes[len(w.scopes)-1]
	if top.has(name, w.keys[top.first:]) {
		return fmt.Errorf("key %q is there twice", name)
	}
	w.keys = append(w.keys, name)
	return nil
}

// has tells whether the name is among the scope's keys so far, and remembers it where it uses a map.
func (s *scope) has(name []byte, keys [][]byte) bool {
	if len(keys) < manyKeys {
		for _, key := range keys {
			if bytes.Equal(key, name) {
				return true
			}
		}
		return false
	}
	if s.set == nil {
		s.set = map[string]bool{}
		for _, key := range keys {
			s.set[string(key)] = true
		}
	}
	was := s.set[string(name)]
	s.set[string(name)] = true
	return was
}

// stringEnd gives the index behind the string that begins at start, and refuses half of a surrogate pair, which some
// readers replace and others keep.
func stringEnd(text []byte, start int) (int, error) {
	for i := start + 1; ; i++ {
		switch text[i] {
		case '"':
			return i + 1, nil
		case '\\':
			if i++; text[i] != 'u' {
				continue
			}
			r := hexRune(text[i+1:])
			i += 4
			if r >= 0xdc00 && r < 0xe000 {
				return 0, errors.New("half of a surrogate pair")
			}
			if r >= 0xd800 && r < 0xdc00 {
				if text[i+1] != '\\' || text[i+2] != 'u' || hexRune(text[i+3:])>>10 != 0xdc00>>10 {
					return 0, errors.New("half of a surrogate pair")
				}
				i += 6
			}
		}
	}
}

// hexRune reads the four digits of a valid \u escape.
func hexRune(text []byte) uint64 {
	r, _ := strconv.ParseUint(string(text[:4]), 16, 32)
	return r
}

// member gives the raw value of a top-level member of an object that checkObject accepted.
func member(object []byte, name string) (json.RawMessage, bool) {
	// Most bodies have no such member: look for its name before parsing. An escape could hide it.
	if !bytes.Contains(object, []byte(`"`+name+`"`)) && bytes.IndexByte(object, '\\') < 0 {
		return nil, false
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return nil, false
	}
	value, ok := members[name] // a map, since a struct's fields would match in any case of letters
	return value, ok
}

package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// cursor is the place in a list after which a page begins. It comes back from outside: nothing in it
// is trusted, and it is only good for the list that it is of.
type cursor struct {
	Order  string `json:"o"`
	Filter []byte `json:"f"`
	Keys   []any  `json:"k"`
}

func writeCursor(by string, f FindingFilter, keys []any) string {
	text, err := json.Marshal(cursor{by, digestOfFilter(f), keys})
	if err != nil {
		panic(err) // texts and numbers can be written
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// digestOfFilter tells filters apart, but for the time that passes between pages.
func digestOfFilter(f FindingFilter) []byte {
	f.Now = time.Time{}
	text, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(text)
	return sum[:8]
}

// readCursor gives the keys of a cursor, nil for an empty one.
func readCursor(what, text, by string, f FindingFilter, o order) ([]any, error) {
	if text == "" {
		return nil, nil
	}
	refused := fmt.Errorf("%s: %w: this is not a cursor of this list: begin with its first page", what, ErrFilter)
	const longest = 8 << 10
	if len(text) > longest {
		return nil, refused
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, refused
	}
	decoder := json.NewDecoder(bytes.NewReader(decoded))
	decoder.UseNumber()
	var c cursor
	if err := decoder.Decode(&c); err != nil || decoder.InputOffset() != int64(len(decoded)) || c.Order != by || !bytes.Equal(c.Filter, digestOfFilter(f)) {
		return nil, refused
	}
	keys, ok := keysOf(c.Keys, o.keys(&pageFinding{}))
	if !ok {
		return nil, refused
	}
	return keys, nil
}

// keysOf gives keys the types of others, if they have such values.
func keysOf(keys, like []any) ([]any, bool) {
	if len(keys) != len(like) {
		return nil, false
	}
	for i, key := range keys {
		switch like[i].(type) {
		case int64:
			number, is := key.(json.Number)
			value, err := number.Int64()
			if !is || err != nil {
				return nil, false
			}
			keys[i] = value
		case string:
			value, is := key.(string)
			if !is || checkText("", value) != nil {
				return nil, false
			}
		}
	}
	return keys, true
}

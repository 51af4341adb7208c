package osv

import (
	"bytes"
	"encoding/json"
	"errors"
)

// span is a part of the text of an advisory.
type span struct{ from, to int }

func (s span) of(text []byte) []byte { return text[s.from:s.to] }

// outline is where the parts of an advisory stand in its text. It is made in one pass that keeps no
// copies, since of 100,000 advisories few are about a package that is wanted.
type outline struct {
	text []byte

	id, modified, published, withdrawn, aliases, upstream, related span
	summary, details, severity, database                           span
	affected                                                       []element
}

// element is one of the affected packages.
type element struct {
	whole           span
	ecosystem, name span // with their quotation marks
}

var (
	errEnds   = errors.New("it ends in the middle")
	errShape  = errors.New("it is no JSON object of an advisory")
	errNoID   = errors.New("it has no id or no time of modification: it is no OSV advisory")
	errString = errors.New("a name in it is no text")
)

// read outlines a text. It checks no more of the JSON than it must; the parts that are used are
// decoded strictly afterwards.
func (o *outline) read(text []byte) error {
	*o = outline{text: text, affected: o.affected[:0]}
	c := cursor{text: bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))}
	o.text = c.text
	err := c.members(func(key []byte) error {
		value := o.field(key)
		if value == nil {
			if string(key) == `"affected"` {
				o.affected = o.affected[:0]
				return c.items(func() error { return o.element(&c) })
			}
			return c.skip()
		}
		return c.take(value)
	})
	if err == nil && c.peek() != 0 {
		err = errShape
	}
	if err == nil && (o.id.to == 0 || o.modified.to == 0) {
		err = errNoID
	}
	return err
}

func (o *outline) field(key []byte) *span {
	switch string(key) {
	case `"id"`:
		return &o.id
	case `"modified"`:
		return &o.modified
	case `"published"`:
		return &o.published
	case `"withdrawn"`:
		return &o.withdrawn
	case `"aliases"`:
		return &o.aliases
	case `"upstream"`:
		return &o.upstream
	case `"related"`:
		return &o.related
	case `"summary"`:
		return &o.summary
	case `"details"`:
		return &o.details
	case `"severity"`:
		return &o.severity
	case `"database_specific"`:
		return &o.database
	}
	return nil
}

func (o *outline) element(c *cursor) error {
	one := element{}
	c.peek()
	one.whole.from = c.at
	err := c.members(func(key []byte) error {
		if string(key) != `"package"` {
			return c.skip()
		}
		if c.peek() != '{' { // null, where only commits are told
			return c.skip()
		}
		return c.members(func(key []byte) error {
			switch string(key) {
			case `"ecosystem"`:
				return c.take(&one.ecosystem)
			case `"name"`:
				return c.take(&one.name)
			}
			return c.skip()
		})
	})
	one.whole.to = c.at
	if one.name.to > 0 && one.ecosystem.to > 0 {
		o.affected = append(o.affected, one)
	}
	return err
}

// withdrawn reports whether the advisory was taken back.
func (o *outline) isWithdrawn() bool {
	text := o.withdrawn.of(o.text)
	return len(text) > 2 && string(text) != "null"
}

// plain gives a JSON text without its quotation marks; only one with escapes is copied.
func plain(quoted []byte) ([]byte, error) {
	if len(quoted) < 2 || quoted[0] != '"' {
		return nil, errString
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1], nil
	}
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		return nil, errString
	}
	return []byte(text), nil
}

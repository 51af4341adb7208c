package wire

import (
	"encoding/binary"
	"errors"
)

// The forms of values that Kubernetes uses (protobuf, "Message Structure").
const (
	varintForm = 0
	bytesForm  = 2
)

// token is one field as it stands on the wire.
type token struct {
	number   uint64
	form     uint8
	value    uint64 // of a varint
	from, to int    // of bytes
}

// span is a part of the text.
type span struct{ from, to int }

// mostVarint is how many bytes a number takes at most.
const mostVarint = 10

var (
	errEnd    = errors.New("a field has no end")
	errBeyond = errors.New("a field reaches beyond what it stands in")
	errNumber = errors.New("a number is too long")
	errForm   = errors.New("a field has a form that Kubernetes does not use")
)

// next reads the field at a place and gives the place behind it. Lengths are believed only as far
// as the part reaches.
func next(text []byte, in span) (token, int, error) {
	tag, at, err := varint(text, in)
	if err != nil {
		return token{}, at, err
	}
	t := token{number: tag >> 3, form: uint8(tag & 7)}
	value, at, err := varint(text, span{at, in.to})
	if err != nil {
		return t, at, err
	}
	switch t.form {
	case varintForm:
		t.value = value
		return t, at, nil
	case bytesForm:
		if value > uint64(in.to-at) {
			return t, at, errEnd
		}
		t.from, t.to = at, at+int(value)
		return t, t.to, nil
	}
	return t, at, errForm
}

// varint reads a number.
func varint(text []byte, in span) (uint64, int, error) {
	if in.from < in.to && text[in.from] < 0x80 {
		return uint64(text[in.from]), in.from + 1, nil
	}
	value, size := binary.Uvarint(text[in.from:in.to])
	if size < 0 {
		return 0, in.from, errNumber
	}
	if size == 0 {
		return 0, in.from, errEnd
	}
	return value, in.from + size, nil
}

package assessment

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What one piece of a report may have at most when it is read piece by piece, in bytes: more lies in
// memory at no time. A finding has about a thousand.
const (
	largestPiece   = 32 << 20
	largestFinding = 4 << 20
)

// ReadEach reads the JSON report of a scan piece by piece, so that memory does not grow with it: each
// finding is given to a function and forgotten, and the rest comes back without findings. The error says
// what is wrong with the report, or is the function's.
func ReadEach(r io.Reader, each func(*Finding) error) (*Assessment, error) {
	s := newStream(r, each)
	if err := s.read(); err != nil {
		var own ownError
		if errors.As(err, &own) {
			return nil, own.error
		}
		return nil, fmt.Errorf("it is no report of a scan: %w", err)
	}
	if s.a.Schema != Schema {
		return nil, fmt.Errorf("its schema is %q, not %q", s.a.Schema, Schema)
	}
	return s.a, nil
}

// stream is one call of ReadEach.
type stream struct {
	*json.Decoder
	source *metered
	a      *Assessment
	each   func(*Finding) error
	fields map[string]any // where the values of the report go, by their names
	seen   map[string]bool
}

// ownError is what reading itself did not find.
type ownError struct{ error }

func newStream(r io.Reader, each func(*Finding) error) *stream {
	source := &metered{reader: r, left: largestPiece}
	a := &Assessment{}
	return &stream{Decoder: json.NewDecoder(source), source: source, a: a, each: each, seen: map[string]bool{}, fields: map[string]any{
		"schema": &a.Schema, "targets": &a.Targets, "controls": &a.Controls, "summary": &a.Summary, "errors": &a.Errors, "gaps": &a.Gaps, "notices": &a.Notices}}
}

func (s *stream) read() error {
	if err := s.delim('{'); err != nil {
		return err
	}
	for s.more(largestPiece) {
		token, err := s.Token()
		if err != nil {
			return s.plain(err)
		}
		if err := s.field(strings.ToLower(token.(string))); err != nil { // names are read as encoding/json reads them
			return err
		}
	}
	if err := s.delim('}'); err != nil {
		return err
	}
	if _, err := s.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("something follows its end")
		}
		return s.plain(err)
	}
	return nil
}

// field reads the value of one name. A name twice is refused: whichever was meant, the other would be lost.
func (s *stream) field(name string) error {
	into, known := s.fields[name]
	if known || name == "findings" {
		if s.seen[name] {
			return fmt.Errorf("it has %s twice", name)
		}
		s.seen[name] = true
	}
	switch {
	case name == "findings":
		return s.findings()
	case !known:
		into = &json.RawMessage{}
	}
	return s.value(into, largestPiece)
}

func (s *stream) findings() error {
	token, err := s.Token()
	switch {
	case err != nil:
		return s.plain(err)
	case token == nil:
		return nil
	case token != json.Delim('['):
		return errors.New("its findings are no list")
	}
	for s.more(largestFinding) {
		var f *Finding
		if err := s.value(&f, largestFinding); err != nil {
			return err
		}
		if f == nil {
			return errors.New("a finding in it is null")
		}
		if err := s.each(f); err != nil {
			return ownError{err}
		}
	}
	return s.delim(']')
}

func (s *stream) more(most int64) bool {
	s.source.left = most
	return s.More()
}

func (s *stream) value(into any, most int64) error {
	s.source.left = most
	return s.plain(s.Decode(into))
}

func (s *stream) delim(want json.Delim) error {
	s.source.left = largestPiece
	token, err := s.Token()
	if token == nil {
		token = "null"
	}
	if err == nil && token != want {
		err = fmt.Errorf("%v stands where %v belongs", token, want)
	}
	return s.plain(err)
}

// plain tells an end that came too early from others; what the source itself says is said as it is.
func (s *stream) plain(err error) error {
	switch {
	case err == nil:
		return nil
	case s.source.err != nil:
		return ownError{s.source.err}
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it was cut off")
	}
	return err
}

// metered ends where one piece is too large.
type metered struct {
	reader io.Reader
	left   int64 // of the piece that is read now
	err    error // of the reader, but for its end
}

func (m *metered) Read(into []byte) (int, error) {
	if m.left <= 0 {
		return 0, errors.New("a piece of it is too large")
	}
	n, err := m.reader.Read(into[:min(int64(len(into)), m.left)])
	m.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	return n, err
}

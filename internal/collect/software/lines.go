package software

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lines gives a file line by line, without their ends. Lines that are too long are faults.
type lines struct {
	s      *source
	r      *bufio.Reader
	number int
	text   []byte // holds until the next line is read
	ended  bool
	read   int64
}

func (s *source) lines() *lines {
	return &lines{s: s, r: bufio.NewReaderSize(s.content, 64<<10)}
}

// next goes to the next line; false at the end.
func (l *lines) next() bool {
	for !l.ended {
		l.text = l.text[:0]
		long := false
		var err error
		for {
			var part []byte
			part, err = l.r.ReadSlice('\n')
			l.read += int64(len(part))
			if long = long || len(l.text)+len(part) > l.s.limits.Line; !long {
				l.text = append(l.text, part...)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
		}
		l.number++
		if l.read > l.s.limits.Text {
			l.s.fail(l.number, "the file is larger than %s: what follows was not read", bytesOf(l.s.limits.Text))
			l.ended = true
			return false
		}
		if err != nil {
			l.end(err)
			if len(l.text) == 0 && !long {
				return false
			}
		}
		if !long {
			l.text = bytes.TrimRight(l.text, "\r\n")
			return true
		}
		l.s.fail(l.number, "line is longer than %d bytes: it was not read", l.s.limits.Line)
	}
	return false
}

func (l *lines) end(err error) {
	l.ended = true
	if !errors.Is(err, io.EOF) {
		l.s.fail(l.number, "read: %v: what follows was not read", err)
	}
}

// lineAt is the line, from 1, in which a byte of a text stands.
func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}

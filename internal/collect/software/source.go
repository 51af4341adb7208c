package software

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// Fault is something in a file that could not be read.
type Fault struct {
	Path    string
	Line    int // from 1; 0 where there are no lines
	Message string
}

// Error is the path, the line if there is one, and the message.
func (f Fault) Error() string {
	if f.Line > 0 {
		return f.Path + ":" + strconv.Itoa(f.Line) + ": " + f.Message
	}
	return f.Path + ": " + f.Message
}

// Faults are those of one file, in its order.
type Faults []Fault

// Error joins the faults, one on a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// source is one file while it is read.
type source struct {
	path         string
	layer        int
	size         int64
	content      io.Reader
	limits       *Limits
	room         int // packages that may still be added
	full         bool
	packages     []software.Package
	faults       Faults
	further      int // faults that are only counted
	distribution distribution
	windows      *windows
}

// longestName in bytes is how long a name or a version may be; no registry knows longer ones.
const longestName = 1024

// add keeps a package. One without a name or version, as private projects are, is left out.
func (s *source) add(p software.Package) {
	switch {
	case p.Name == "" || p.Version == "" && p.Type != software.Go:
		return
	case len(p.Name) > longestName || len(p.Version) > longestName:
		s.fail(0, "the name of a package is longer than %d bytes: it was left out", longestName)
		return
	case len(s.packages) >= s.room:
		if !s.full {
			s.full = true
			s.fail(0, "there are more than %d packages: the rest was left out", s.limits.Packages)
		}
		return
	}
	if p.Path == "" {
		p.Path = s.path
	}
	p.Layer = s.layer
	s.packages = append(s.packages, p)
}

func (s *source) fail(line int, format string, args ...any) {
	if len(s.faults) >= s.limits.Faults {
		s.further++
		return
	}
	s.faults = append(s.faults, Fault{s.path, line, fmt.Sprintf(format, args...)})
}

func (s *source) errorOrNil() error {
	if s.further > 0 {
		s.faults = append(s.faults, Fault{s.path, 0, fmt.Sprintf("%d more faults", s.further)})
	}
	if len(s.faults) == 0 {
		return nil
	}
	return s.faults
}

// text reads the whole file; false, and a fault, if it is too large or breaks off.
func (s *source) text() ([]byte, bool) {
	if s.size > s.limits.Text {
		s.fail(0, "is larger than %s: it was not read", bytesOf(s.limits.Text))
		return nil, false
	}
	text, err := io.ReadAll(io.LimitReader(s.content, s.limits.Text+1))
	if err != nil {
		s.fail(0, "read: %v", err)
		return nil, false
	}
	if int64(len(text)) > s.limits.Text {
		s.fail(0, "is larger than %s: it was not read", bytesOf(s.limits.Text))
		return nil, false
	}
	return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), true
}

// random gives the file for reading at any place, from memory or a temporary file if it comes
// as a stream. done must be called in the end; ok is false, and there is a fault, if it cannot be had.
func (s *source) random() (at io.ReaderAt, size int64, done func(), ok bool) {
	done = func() {}
	if s.size > s.limits.Archive {
		s.fail(0, "is larger than %s: it was not read", bytesOf(s.limits.Archive))
		return nil, 0, done, false
	}
	if at, is := s.content.(io.ReaderAt); is {
		return at, s.size, done, true
	}
	var held bytes.Buffer
	var err error
	if s.size <= s.limits.Memory {
		held.Grow(int(max(0, s.size)) + bytes.MinRead) // else it would double as it grows
		size, err = io.Copy(&held, io.LimitReader(s.content, s.limits.Memory+1))
		if err == nil && size <= s.limits.Memory {
			return bytes.NewReader(held.Bytes()), size, done, true
		}
	}
	var file *os.File
	if err == nil {
		file, size, err = spill(&held, s.content, s.limits.Archive)
	}
	if err != nil {
		s.fail(0, "read: %v", err)
		return nil, 0, done, false
	}
	return file, size, func() { discard(file) }, true
}

var errLarge = errors.New("it is larger than its entry says and than what is read")

func spill(held *bytes.Buffer, rest io.Reader, limit int64) (file *os.File, size int64, err error) {
	file, err = os.CreateTemp("", "kubeproof-*")
	if err != nil {
		return nil, 0, err
	}
	size, err = io.Copy(file, io.LimitReader(io.MultiReader(held, rest), limit+1))
	if err == nil && size > limit {
		err = errLarge
	}
	if err != nil {
		discard(file)
		return nil, 0, err
	}
	return file, size, nil
}

func discard(file *os.File) {
	file.Close()
	os.Remove(file.Name())
}

func bytesOf(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

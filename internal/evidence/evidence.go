// Package evidence takes files in as evidence: of bounded size, of the type that they claim, and
// without secrets. Begin with Take.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

// DefaultLimit is how large a file may be, in bytes, unless Options say otherwise.
const DefaultLimit = 50 << 20

// Options say how files are taken in. The zero value is right for most.
type Options struct {
	// Limit is the largest size in bytes; 0 is DefaultLimit.
	Limit int64
	// Redact masks secrets that are found in texts; otherwise such a file is refused.
	Redact bool
}

// Taken is a file as it is kept.
type Taken struct {
	Name   string // without folders
	Media  string // what the content itself shows, as "application/pdf"
	Data   []byte
	SHA256 string // of Data, in hexadecimal
	// Redacted counts the lines in which secrets were masked.
	Redacted int
	// Unsearched is true if the content is no text, so that it was not searched for secrets.
	Unsearched bool
}

// Take reads a file. The error says what is wrong with it and what to do; nothing of a secret is in it.
func Take(file string, o Options) (*Taken, error) {
	if o.Limit == 0 {
		o.Limit = DefaultLimit
	}
	data, err := read(file, o.Limit)
	if err != nil {
		return nil, err
	}
	return TakeBytes(filepath.Base(file), data, o)
}

// TakeBytes is Take for content that was read already.
func TakeBytes(name string, data []byte, o Options) (*Taken, error) {
	if len(data) == 0 {
		return nil, fmt.Errorf("attach %s: it is empty", name)
	}
	found := mimetype.Detect(data)
	if err := checkType(name, found); err != nil {
		return nil, fmt.Errorf("attach %s: %w", name, err)
	}
	media, _, _ := strings.Cut(found.String(), ";")
	taken := &Taken{Name: name, Media: media, Data: data, Unsearched: !isText(found)}
	if !taken.Unsearched {
		if !utf8.Valid(data) && bytes.IndexByte(data, 0) >= 0 {
			return nil, fmt.Errorf("attach %s: it is a text in UTF-16: save it as UTF-8", name)
		}
		if err := taken.clean(o.Redact); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(taken.Data)
	taken.SHA256 = hex.EncodeToString(sum[:])
	return taken, nil
}

// read reads a plain file that is not too large; a file of many gigabytes is refused unread.
func read(file string, limit int64) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("attach %s: no such file", file)
	case err != nil:
		return nil, fmt.Errorf("attach %s: %w", file, errors.Unwrap(err))
	case info.IsDir():
		return nil, fmt.Errorf("attach %s: it is a folder: name a file, or pack it", file)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("attach %s: it is no plain file", file)
	case info.Size() > limit:
		return nil, tooLarge(file, info.Size(), limit)
	}
	opened, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("attach %s: %w", file, errors.Unwrap(err))
	}
	defer opened.Close()
	// What was a plain file may have become a pipe since: the name is looked up twice.
	if now, err := opened.Stat(); err != nil || !os.SameFile(info, now) {
		return nil, fmt.Errorf("attach %s: it was replaced while it was read: try again", file)
	}
	data, err := io.ReadAll(io.LimitReader(opened, limit+1))
	if err != nil {
		return nil, fmt.Errorf("attach %s: %w", file, err)
	}
	if int64(len(data)) > limit {
		return nil, tooLarge(file, int64(len(data)), limit)
	}
	return data, nil
}

func tooLarge(file string, size, limit int64) error {
	return fmt.Errorf("attach %s: it has %s, the limit is %s: attach a link to where it lies, or the part that shows it",
		file, megabytes(size), megabytes(limit))
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

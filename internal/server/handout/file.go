package handout

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// File is something that is handed out once it is whole: what goes wrong before is an error, not half a
// file. It lies on the disk until it is closed.
type File struct {
	spool       *os.File
	name, media string
	size        int64
}

// Spool lets a function fill a file of a name and a type.
func Spool(name, media string, fill func(io.Writer) error) (*File, error) {
	spool, err := os.CreateTemp("", "kubeproof-download-*")
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	f := &File{spool: spool, name: name, media: media}
	if err := fill(spool); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if f.size, err = spool.Seek(0, io.SeekEnd); err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read temporary file: %w", err), f.Close())
	}
	return f, nil
}

// Send writes the file as an answer that no browser shows or runs.
func (f *File) Send(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", plainMedia(f.media))
	h.Set("Content-Disposition", Disposition(f.name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Content-Length", strconv.FormatInt(f.size, 10))
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(w, f.spool) // who does not listen any more needs no answer
}

// Close removes the file.
func (f *File) Close() error { return errors.Join(f.spool.Close(), os.Remove(f.spool.Name())) }

// plainMedia is a type that no browser runs.
func plainMedia(media string) string {
	switch {
	case strings.HasPrefix(media, "text/"), media == "":
		return "text/plain; charset=utf-8"
	case media == "application/pdf", media == "application/zip", media == "image/png", media == "image/jpeg", media == "application/json":
		return media
	}
	return "application/octet-stream"
}

// Disposition tells a browser to keep the file, and how to call it.
func Disposition(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || escape.Hidden(r) || strings.ContainsRune(`/\"<>|:*?`, r) {
			return '_'
		}
		return r
	}, escape.Clip(name, 150))
	if text := mime.FormatMediaType("attachment", map[string]string{"filename": name}); text != "" {
		return text
	}
	return "attachment"
}

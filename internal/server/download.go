package server

import (
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

// download answers with a file to be kept. It goes by a temporary file, so that who reads slowly holds
// nothing of the store. Whatever it is, a browser that opens it all the same may do nothing with it.
func (v *visit) download(name, media string, fill func(io.Writer) error) error {
	spool, err := os.CreateTemp("", "kubeproof-download-*")
	if err != nil {
		return fmt.Errorf("make temporary file: %w", err)
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	if err := fill(spool); err != nil {
		return err
	}
	size, err := spool.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("read temporary file: %w", err)
	}
	h := v.w.Header()
	h.Set("Content-Type", plainMedia(media))
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	v.w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(v.w, spool) // who does not listen any more needs no answer
	return nil
}

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

// disposition tells a browser to keep the file, and how to call it.
func disposition(name string) string {
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

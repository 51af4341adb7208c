package ledger

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// IndependentVerifier is a second verifier, written in Python without anything of this package. Each bundle holds it.
//
//go:embed verify_ledger.py
var IndependentVerifier []byte

//go:embed bundle.md
var bundleReadme []byte

// BundleWriter writes a bundle as a zip file, the same bytes for the same ledger. The kinds are written in the order
// in which its methods stand here, each in ascending order; what is left out is empty. After an error the bundle is lost:
// Close returns that error too.
type BundleWriter struct {
	archive *zip.Writer
	kind    int       // that is being written, an index into kinds
	lines   io.Writer // the member of that kind, if it is one of lines
	last    string    // that was written of that kind
	seq     int64     // of the last content
	err     error
}

// kinds are the kinds in their order; those with a name are one member of lines.
var kinds = []struct{ plural, member string }{
	{"entries", entriesName}, {"contents", contentsName}, {"checkpoints", checkpointsName}, {"files", ""}, {"reports", ""},
}

const (
	kindEntries = iota
	kindContents
	kindCheckpoints
	kindFiles
	kindReports
)

// NewBundleWriter begins a bundle of the ledger whose current key is v.
func NewBundleWriter(out io.Writer, v Verifier) (*BundleWriter, error) {
	w := &BundleWriter{archive: zip.NewWriter(out), kind: -1, seq: -1}
	if v.isZero() {
		return nil, errors.New("write bundle: no key given")
	}
	w.member(readmeName, bundleReadme)
	w.member(verifierName, IndependentVerifier)
	w.member(keyName, []byte(v.String()+"\n"))
	w.enter(kindEntries)
	return w, w.err
}

// Entry adds the next line of the ledger, without newline. It is not read: a bundle shows a ledger as it is.
func (w *BundleWriter) Entry(line []byte) error {
	if len(line) > MaxLine || bytes.IndexByte(line, '\n') >= 0 {
		return w.fail(errors.New("an entry is not one line, or too long: verify the ledger where it is kept"))
	}
	return w.line(kindEntries, line)
}

// Content adds a content; contents come in ascending order of their entries.
func (w *BundleWriter) Content(c Content) error {
	line, err := c.encode()
	if err == nil && c.Seq <= w.seq {
		err = fmt.Errorf("the content of entry %d comes after that of %d", c.Seq, w.seq)
	}
	if err != nil {
		return w.fail(err)
	}
	w.seq = c.Seq
	return w.line(kindContents, line)
}

// Checkpoint adds a signed checkpoint; the newest comes last.
func (w *BundleWriter) Checkpoint(note []byte) error {
	body, ended := bytes.CutSuffix(note, []byte("\n"))
	if !ended || len(splitNotes(note)) != 1 {
		return w.fail(errors.New("a checkpoint is not a note with one signature"))
	}
	return w.line(kindCheckpoints, body)
}

// File adds a file of evidence and checks that it has this digest and size; files come in ascending order of digests.
func (w *BundleWriter) File(sha256Hex string, size int64, r io.Reader) error {
	out := w.next(kindFiles, filesFolder+sha256Hex)
	if w.err != nil {
		return w.err
	}
	digest := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, digest), io.LimitReader(r, size+1))
	if err == nil && (n != size || hex.EncodeToString(digest.Sum(nil)) != sha256Hex) {
		err = fmt.Errorf("file %s has not the bytes of its name: restore it from its backup", sha256Hex)
	}
	return w.fail(err)
}

// Report adds a report; reports come in ascending order of names. What covers it, if anything does, is up to the entries.
func (w *BundleWriter) Report(name string, r io.Reader) error {
	out := w.next(kindReports, reportsFolder+name)
	if w.err != nil {
		return w.err
	}
	_, err := io.Copy(out, r)
	return w.fail(err)
}

// Close ends the bundle; it does not close the writer beneath.
func (w *BundleWriter) Close() error {
	w.enter(kindReports)
	if w.err != nil {
		return w.err
	}
	return w.fail(w.archive.Close())
}

// fail keeps the first error.
func (w *BundleWriter) fail(err error) error {
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("write bundle: %w", err)
	}
	return w.err
}

// enter goes on to a kind, and makes the members on the way.
func (w *BundleWriter) enter(kind int) {
	if kind < w.kind {
		_ = w.fail(fmt.Errorf("%s come before %s", kinds[kind].plural, kinds[w.kind].plural))
		return
	}
	for w.err == nil && w.kind < kind {
		w.kind++
		w.last = ""
		if name := kinds[w.kind].member; name != "" {
			w.lines = w.create(name)
		}
	}
}

func (w *BundleWriter) line(kind int, line []byte) error {
	w.enter(kind)
	if w.err != nil {
		return w.err
	}
	_, err := w.lines.Write(append(line[:len(line):len(line)], '\n'))
	return w.fail(err)
}

// next begins the next member of a kind.
func (w *BundleWriter) next(kind int, name string) io.Writer {
	w.enter(kind)
	if _, err := defaultBounds.limit(name); err != nil {
		_ = w.fail(fmt.Errorf("%.200q is no name in a bundle", name))
	} else if name <= w.last {
		_ = w.fail(fmt.Errorf("%s comes after %s", name, w.last))
	}
	w.last = name
	return w.create(name)
}

func (w *BundleWriter) member(name string, text []byte) {
	if out := w.create(name); w.err == nil {
		_, err := out.Write(text)
		_ = w.fail(err)
	}
}

// create begins a member. Its time is fixed, the first that zip files know.
func (w *BundleWriter) create(name string) io.Writer {
	if w.err != nil {
		return io.Discard
	}
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	header.SetMode(0o644)
	out, err := w.archive.CreateHeader(header)
	_ = w.fail(err)
	return out
}

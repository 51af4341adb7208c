package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Bundle is what an auditor gets, opened: a [Source], and reports, which no signature covers.
type Bundle struct {
	members map[string]stored
	bounds  bounds
	closer  io.Closer
}

// stored is one file of a bundle, in a zip file or in a folder.
type stored struct {
	size int64
	open func() (io.ReadCloser, error)
}

// Close closes the file beneath.
func (b *Bundle) Close() error {
	if b.closer == nil {
		return nil
	}
	return b.closer.Close()
}

// open gives a member's bytes, and an error where they are more than was announced.
func (b *Bundle) open(name string) (io.ReadCloser, error) {
	m, ok := b.members[name]
	if !ok {
		return nil, fmt.Errorf("open %s in bundle: %w", name, fs.ErrNotExist)
	}
	r, err := m.open()
	if err != nil {
		return nil, fmt.Errorf("open %s in bundle: %w", name, err)
	}
	return &bounded{ReadCloser: r, name: name, left: m.size}, nil
}

type bounded struct {
	io.ReadCloser
	name string
	left int64
}

func (r *bounded) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return 0, fmt.Errorf("read %s in bundle: it is longer than announced", r.name)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("read %s in bundle: get the bundle again: %w", r.name, err)
	}
	return n, err
}

// Verifier is the key that the bundle says is the ledger's. It proves nothing: an auditor has the key from elsewhere.
func (b *Bundle) Verifier() (Verifier, error) {
	text, err := b.read(keyName)
	if err != nil {
		return Verifier{}, err
	}
	v, err := ParseVerifier(string(text))
	if err == nil && v.String()+"\n" != string(text) {
		err = fmt.Errorf("read %s in bundle: it is not one line", keyName)
	}
	return v, err
}

// Files lists the files of evidence, in the order of their digests.
func (b *Bundle) Files() ([]File, error) {
	var files []File
	for _, sum := range b.under(filesFolder) {
		files = append(files, File{SHA256: sum, Size: b.members[filesFolder+sum].size})
	}
	return files, nil
}

// OpenFile opens a file of evidence. Its digest is not checked here.
func (b *Bundle) OpenFile(sha256 string) (io.ReadCloser, error) { return b.open(filesFolder + sha256) }

// Reports lists the names of the reports.
func (b *Bundle) Reports() []string { return b.under(reportsFolder) }

// OpenReport opens a report.
func (b *Bundle) OpenReport(name string) (io.ReadCloser, error) { return b.open(reportsFolder + name) }

// under gives the names in a folder, sorted.
func (b *Bundle) under(folder string) []string {
	var names []string
	for name := range maps.Keys(b.members) {
		if rest, ok := strings.CutPrefix(name, folder); ok {
			names = append(names, rest)
		}
	}
	slices.Sort(names)
	return names
}

// read gives all bytes of a small member.
func (b *Bundle) read(name string) ([]byte, error) {
	r, err := b.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var text bytes.Buffer
	_, err = text.ReadFrom(r)
	return text.Bytes(), err
}

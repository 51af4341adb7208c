// Package intake reads what is handed in with a scan, for pages and API alike: reports, plain or packed
// with gzip, and packed inventories. Each is read once before it is kept, so that what is wrong is told
// while nobody waits, and none of it is held in memory. Begin with Report and Inventory.
package intake

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/store"
)

// LargestReport is what a report may have unpacked, in bytes.
const LargestReport = 512 << 20

// ErrTooLarge is the error of a report that has more.
var ErrTooLarge = errors.New("it has more than 512 MiB unpacked: scan in parts, as by namespace, each with a label of its own")

// Opener opens what was handed in, in the transaction of the store that it may lie in, as often as it is read.
type Opener func(*store.Tx) (io.ReadCloser, error)

// WrongReport is what is wrong with a report itself, and not with how it is read.
type WrongReport struct{ error }

// Unwrap gives what is wrong.
func (w WrongReport) Unwrap() error { return w.error }

// Unpacked opens a report, plain or packed with gzip; one of more bytes than the limit gives ErrTooLarge
// where they begin.
func Unpacked(open Opener, most int64) Opener {
	return func(tx *store.Tx) (io.ReadCloser, error) {
		below, err := open(tx)
		if err != nil {
			return nil, err
		}
		return unpack(below, most, ErrTooLarge)
	}
}

// Report reads a report once, without holding its findings: it gives what is in it, and where to read it
// again. What is wrong with it is a WrongReport.
func Report(ctx context.Context, tx *store.Tx, open Opener) (*assessment.Assessment, *journal.Handed, error) {
	open = Unpacked(open, LargestReport)
	text, err := open(tx)
	if err != nil {
		return nil, nil, err
	}
	defer text.Close()
	m := newMeter()
	report, err := assessment.ReadEach(io.TeeReader(text, m), func(*assessment.Finding) error { return ctx.Err() })
	if err != nil {
		return nil, nil, WrongReport{err}
	}
	return report, &journal.Handed{SHA256: m.digest(), Size: m.size, Open: open}, nil
}

// Inventory reads what a scan saw to its end: it must be packed with gzip, begin as package collect/saved
// writes it, and have at most so many bytes unpacked. It gives digest and size of what was read.
func Inventory(packed io.Reader, most int64) (sha256 string, size int64, err error) {
	m := newMeter()
	r, err := unpack(io.NopCloser(io.TeeReader(packed, m)), most, fmt.Errorf("it unpacks to more than %d GiB", most>>30))
	if err != nil {
		return "", 0, err
	}
	if !r.packed {
		return "", 0, errors.New("it is not packed with gzip")
	}
	buffered := bufio.NewReaderSize(r, 64<<10)
	if err := saved.ReadHeader(buffered); err != nil {
		return "", 0, err
	}
	_, err = io.Copy(io.Discard, buffered)
	return m.digest(), m.size, err
}

// unpacking reads what may be packed with gzip, up to a limit. It reads what is below to its end, where
// the digest of an upload is proven.
type unpacking struct {
	io.Reader
	io.Closer
	packed bool
	left   int64
	more   error // of something larger
}

func unpack(below io.ReadCloser, most int64, more error) (*unpacking, error) {
	buffered := bufio.NewReaderSize(below, 64<<10)
	u := &unpacking{Reader: buffered, Closer: below, left: most, more: more}
	magic, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) { // what is shorter is not packed
		return nil, errors.Join(err, below.Close())
	}
	if string(magic) == "\x1f\x8b" {
		u.packed = true
		if u.Reader, err = gzip.NewReader(buffered); err != nil {
			return nil, errors.Join(fmt.Errorf("unpack it: %w", err), below.Close())
		}
	}
	return u, nil
}

// Read reads what was packed.
func (u *unpacking) Read(into []byte) (int, error) {
	n, err := u.Reader.Read(into)
	if u.left -= int64(n); u.left < 0 {
		return 0, u.more
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("unpack it: it was cut off")
	}
	return n, err
}

// meter takes the digest and the size of what is written to it.
type meter struct {
	sum  hash.Hash
	size int64
}

func newMeter() *meter { return &meter{sum: sha256.New()} }

// Write counts.
func (m *meter) Write(p []byte) (int, error) {
	m.size += int64(len(p))
	return m.sum.Write(p)
}

func (m *meter) digest() string { return hex.EncodeToString(m.sum.Sum(nil)) }

package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/store"
)

// How large what is handed in may be, in bytes.
const (
	largestScan      = 32 << 20  // a report as the body of a request
	largestReport    = 512 << 20 // a report, unpacked
	largestInventory = 256 << 20 // an inventory, packed
	largestUnpacked  = 8 << 30   // an inventory, unpacked
)

// from opens what was handed in: a body in memory, or an upload.
type from func(*store.Tx) (io.ReadCloser, error)

func fromBody(body []byte) from {
	return func(*store.Tx) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
}

func fromUpload(id, person string, now time.Time) from {
	return func(tx *store.Tx) (io.ReadCloser, error) {
		r, _, err := tx.OpenUpload(id, person, now)
		if errors.Is(err, fs.ErrNotExist) {
			err = noUpload(id)
		}
		return r, err
	}
}

// unpacking reads what may be packed with gzip, up to a limit. It reads what is below to its end, where
// its digest is proven.
type unpacking struct {
	io.Reader
	below io.ReadCloser
	left  int64
	more  string // what to say of something larger
}

func unpack(below io.ReadCloser, most int64, more string) (*unpacking, error) {
	buffered := bufio.NewReaderSize(below, 64<<10)
	u := &unpacking{Reader: buffered, below: below, left: most, more: more}
	magic, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, below.Close())
	}
	if string(magic) == "\x1f\x8b" {
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
		return 0, errors.New(u.more)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("unpack it: it was cut off")
	}
	return n, err
}

// Close ends the reading.
func (u *unpacking) Close() error { return u.below.Close() }

const tooLarge = "it has more than 512 MiB unpacked: scan in parts, as by namespace, each with a label of its own"

// unpacked opens a report, whatever it is packed with.
func (f from) unpacked(tx *store.Tx) (io.ReadCloser, error) {
	below, err := f(tx)
	if err != nil {
		return nil, err
	}
	return unpack(below, largestReport, tooLarge)
}

// errReport is what is wrong with a report that was handed in.
type errReport struct{ error }

// readReport reads a report once, without holding its findings: it gives what is in it, and where to read
// it again.
func (a *api) readReport(ctx context.Context, f from) (report *assessment.Assessment, handed *journal.Handed, err error) {
	err = a.Journal.Store().View(ctx, func(tx *store.Tx) error {
		text, err := f.unpacked(tx)
		if err != nil {
			return err
		}
		defer text.Close()
		sum, counted := sha256.New(), &counting{}
		report, err = assessment.ReadEach(io.TeeReader(text, io.MultiWriter(sum, counted)), func(*assessment.Finding) error { return ctx.Err() })
		if err != nil {
			return errReport{err}
		}
		handed = &journal.Handed{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: counted.n, Open: f.unpacked}
		return nil
	})
	return report, handed, err
}

// counting counts what is written to it.
type counting struct{ n int64 }

// Write counts.
func (c *counting) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// readInventory looks at an upload that holds what a scan saw: it must be packed, begin as package
// collect/saved writes it, and unpack to its end. What is wrong with it is told as refused: the report
// counts without it.
func (a *api) readInventory(ctx context.Context, id string) (handed *journal.Handed, refused string, err error) {
	person, now := caller(ctx), a.Now()
	err = a.Journal.Store().View(ctx, func(tx *store.Tx) error {
		below, u, err := tx.OpenUpload(id, person, now)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				err = noUpload(id)
			}
			return err
		}
		defer below.Close()
		if u.Size > largestInventory {
			refused = fmt.Sprintf("it has %d MiB packed, %d are the most", u.Size>>20, largestInventory>>20)
			return nil
		}
		handed = &journal.Handed{SHA256: u.SHA256, Size: u.Size, Open: fromUpload(id, person, now)}
		if err := looksWhole(below); err != nil {
			handed, refused = nil, err.Error()
		}
		return nil
	})
	return handed, refused, err
}

// looksWhole reads a packed inventory to its end.
func looksWhole(below io.ReadCloser) error {
	r, err := unpack(below, largestUnpacked, "it unpacks to more than 8 GiB")
	if err != nil {
		return err
	}
	if _, packed := r.Reader.(*gzip.Reader); !packed {
		return errors.New("it is not packed with gzip")
	}
	buffered := bufio.NewReaderSize(r, 64<<10)
	if err := saved.ReadHeader(buffered); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, buffered)
	return err
}

// Package layer reads one layer of an image as a stream: it unpacks gzip, zstd or nothing, holds
// the blob against its digest, and gives the entries of its tar one by one. Nothing is written to a
// disk, and what unpacks to much more than it should is cut off. Begin with Read.
package layer

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits bound what the layers of one image may cost.
type Limits struct {
	Entries  int64 // in all layers
	Unpacked int64 // bytes in all layers
	// Bomb and Ratio cut off a layer that unpacks to more than Bomb bytes and to more than Ratio
	// times its own size.
	Bomb, Ratio int64
}

// DefaultLimits are wide for real images: text packs to about a fifth, zeros of a disk's image to a
// thousandth.
var DefaultLimits = Limits{Entries: 2_000_000, Unpacked: 64 << 30, Bomb: 2 << 30, Ratio: 200}

// Budget is what is left of the limits for the layers of one image.
type Budget struct {
	limits            Limits
	entries, unpacked int64
}

// NewBudget gives the whole of the limits.
func NewBudget(limits Limits) *Budget { return &Budget{limits: limits} }

// Expected says what a layer must be.
type Expected struct {
	// Digest is that of the blob; "" where it is not known. DiffID is that of the unpacked tar,
	// and is checked where it is not "".
	Digest, DiffID string
	Bytes          int64 // of the blob; 0 where it is not known
}

// Sum is what reading a layer gave beside its entries.
type Sum struct {
	Bytes    int64 // of the blob
	Unpacked int64 // of its tar
	Entries  int64
	Packing  string // gzip, zstd or ""
}

// Entry is one entry of a layer's tar. The content of a file is read from it; what is left of it
// is passed over.
type Entry struct {
	*tar.Header
	io.Reader
	// Sparse is true if the content has holes: it is not read, since it may be endless.
	Sparse bool
}

// Read reads the layer from blob, which it does not close, and tells every entry in its order.
// An error of tell ends it. With any error what was told is not to be trusted as a whole: the
// layer is cut short, is not what its digest says, or is larger than the budget has left.
func Read(ctx context.Context, blob io.Reader, expected Expected, budget *Budget, tell func(Entry) error) (Sum, error) {
	raw, err := newChecked(ctx, blob, expected.Digest, expected.Bytes)
	if err != nil {
		return Sum{}, err
	}
	sum := Sum{}
	err = readTar(raw, expected.DiffID, budget, &sum, tell)
	if err == nil || !isOurs(err) {
		// Other bytes than the digest says are the better reason for a tar that cannot be read.
		if wrong := raw.finish(); wrong != nil {
			err = wrong
		}
	}
	sum.Bytes = raw.count
	return sum, err
}

func readTar(raw *checked, diffID string, budget *Budget, sum *Sum, tell func(Entry) error) error {
	unpacked, packing, err := unpack(raw)
	if err != nil {
		return err
	}
	defer unpacked.Close()
	sum.Packing = packing
	bounded := &bounded{Reader: unpacked, raw: raw, budget: budget}
	whole, err := newChecked(raw.ctx, bounded, diffID, 0)
	if err != nil {
		return err
	}
	defer func() { sum.Unpacked = whole.count }()
	if err := entries(whole, budget, sum, tell); err != nil {
		return err
	}
	if diffID != "" || raw.hash == nil {
		return whole.finish() // the end of what is packed is all that tells that it is whole
	}
	return nil
}

func entries(r io.Reader, budget *Budget, sum *Sum, tell func(Entry) error) error {
	reader := tar.NewReader(r)
	for {
		header, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("the layer ends in the middle: %w", err)
		case err != nil:
			return fmt.Errorf("read the layer's tar: %w", err)
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if budget.entries++; budget.entries > budget.limits.Entries {
			return ours{fmt.Errorf("the layers have more than %d entries: what follows was not read", budget.limits.Entries)}
		}
		sum.Entries++
		if err := tell(Entry{Header: header, Reader: reader, Sparse: IsSparse(header)}); err != nil {
			return ours{err}
		}
	}
}

// IsSparse reports whether the content of an entry has holes, which a tar may claim to be endless.
func IsSparse(header *tar.Header) bool {
	if header.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range header.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// ours is an error that does not come from bytes that cannot be read.
type ours struct{ error }

func (e ours) Unwrap() error { return e.error }

func isOurs(err error) bool {
	var mine ours
	return errors.As(err, &mine) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

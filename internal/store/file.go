package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// file reads a kept file, with one part of it in memory.
type file struct {
	tx     *Tx
	parts  string // reads the data of a part of what key names
	key    any
	digest string
	size   int64
	hash   hash.Hash
	// byOffset is of parts that are numbered by where they begin; else they are counted.
	byOffset bool
	wrong    error // what is said of a file that is not as it was announced; nil says that it is damaged

	part int64
	read int64
	rest []byte
	err  error // that of the last Read, which stays
}

// Read gives the next bytes of the file.
func (f *file) Read(into []byte) (int, error) {
	for len(f.rest) == 0 && f.err == nil {
		f.err = f.next()
	}
	if f.err != nil {
		return 0, f.err
	}
	n := copy(into, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// next reads a part; io.EOF is only given for a file that is whole.
func (f *file) next() error {
	what := "read the file " + f.digest
	found, err := f.tx.row(what, f.parts, []any{f.key, f.part}, &f.rest)
	if err != nil {
		return err
	}
	if found {
		f.read += int64(len(f.rest))
		if f.part++; f.byOffset {
			f.part = f.read
		}
		f.hash.Write(f.rest)
		return nil
	}
	if f.read != f.size || hex.EncodeToString(f.hash.Sum(nil)) != f.digest {
		if f.wrong != nil {
			return fmt.Errorf("%s: %w", what, f.wrong)
		}
		return fmt.Errorf("%s: %w", what, explained(ErrDamaged, fmt.Sprintf("its %d bytes are not the %d that were kept: restore a backup", f.read, f.size), nil))
	}
	return io.EOF
}

// Close ends the reading.
func (f *file) Close() error {
	if errors.Is(f.err, fs.ErrClosed) {
		return f.err
	}
	f.rest, f.err = nil, fmt.Errorf("read the file %s: %w", f.digest, fs.ErrClosed)
	return nil
}

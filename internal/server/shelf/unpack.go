package shelf

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// unpack reads an inventory and gives how many bytes it had unpacked, or would have if its values were
// of common length: the memory that it takes goes by both. What is wrong with it is a
// *BrokenError, whatever it holds.
func unpack(packed []byte, limits Limits) (seen *ask.Seen, size int64, err error) {
	defer func() {
		if wrong := recover(); wrong != nil {
			seen, size, err = nil, 0, &BrokenError{Reason: fmt.Sprintf("it cannot be read (%v)", wrong)}
		}
	}()
	text, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, 0, &BrokenError{Reason: "it is not packed with gzip"}
	}
	bounded := &bounded{from: text, left: limits.Unpacked, values: limits.Unpacked / bytesPerValue, until: time.Now().Add(limits.Reading)}
	inv, err := saved.Read(bounded, document.DefaultLimits)
	switch {
	case errors.Is(bounded.err, errTooLarge):
		return nil, 0, &BrokenError{fmt.Sprintf("it has more than %d MiB unpacked, the most that are read here", limits.Unpacked>>20), true}
	case errors.Is(bounded.err, errTooMany):
		return nil, 0, &BrokenError{fmt.Sprintf("it has more than %d values, the most that are read here", limits.Unpacked/bytesPerValue), true}
	case errors.Is(bounded.err, errTooSlow):
		return nil, 0, &BrokenError{fmt.Sprintf("it was not read within %s", limits.Reading), true}
	case err != nil:
		return nil, 0, &BrokenError{Reason: err.Error()}
	}
	inventory.ResolveOwners(inv.Subjects)
	return ask.Of(inv), max(limits.Unpacked-bounded.left, 24*(limits.Unpacked/bytesPerValue-bounded.values)), nil
}

// bytesPerValue is how long a value is at least on average: real objects have about 24 bytes to a value,
// and each takes memory however short it is.
const bytesPerValue = 16

// valuesPerLine is what a line counts for: each makes an object, or an error, whatever it holds.
const valuesPerLine = 16

var (
	errTooLarge = errors.New("too large")
	errTooMany  = errors.New("too many values")
	errTooSlow  = errors.New("too slow")
)

// bounded reads no more than so many bytes and values of JSON, until a time.
type bounded struct {
	from   io.Reader
	left   int64
	values int64
	until  time.Time
	err    error // the bound that was met
}

var comma, lineEnd = []byte{','}, []byte{'\n'}

// Read reads on until a bound is met.
func (b *bounded) Read(p []byte) (int, error) {
	if b.err == nil && time.Now().After(b.until) {
		b.err = errTooSlow
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.err = errTooLarge
		return 0, b.err
	}
	if b.values -= int64(bytes.Count(p[:n], comma) + valuesPerLine*bytes.Count(p[:n], lineEnd)); b.values < 0 {
		b.err = errTooMany
		return 0, b.err
	}
	return n, err
}

package layer

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"regexp"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// checked counts and hashes what is read through it and ends when the context does.
type checked struct {
	ctx    context.Context
	from   io.Reader
	digest string
	size   int64
	hash   hash.Hash // nil where the digest is not known
	count  int64
	err    error // of the source, but for its end
}

var digestForm = regexp.MustCompile(`^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$`)

// ValidDigest reports whether text is a digest that can be checked: sha256 or sha512 in lower case.
func ValidDigest(text string) bool { return digestForm.MatchString(text) }

// Checked gives a reader whose end is an error if the bytes read until then are not those of the
// digest, or not of the size (0 where it is not known).
func Checked(ctx context.Context, from io.Reader, digest string, size int64) (io.Reader, error) {
	if digest == "" {
		return nil, fmt.Errorf("no digest to hold the bytes against")
	}
	c, err := newChecked(ctx, from, digest, size)
	if err != nil {
		return nil, err
	}
	return closing{c}, nil
}

func newChecked(ctx context.Context, from io.Reader, digest string, size int64) (*checked, error) {
	c := &checked{ctx: ctx, from: from, digest: digest, size: size}
	switch {
	case digest == "":
	case !ValidDigest(digest):
		return nil, fmt.Errorf("digest %q is neither sha256 nor sha512: the blob was not read", digest)
	case strings.HasPrefix(digest, "sha256:"):
		c.hash = sha256.New()
	default:
		c.hash = sha512.New()
	}
	return c, nil
}

func (c *checked) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, fmt.Errorf("stopped: %w", err)
	}
	n, err := c.from.Read(p)
	c.count += int64(n)
	if c.hash != nil {
		c.hash.Write(p[:n])
	}
	if c.size > 0 && c.count > c.size {
		return 0, fmt.Errorf("%s is longer than the %d bytes that its descriptor says: it was changed", c.name(), c.size)
	}
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

func (c *checked) name() string {
	if c.digest == "" {
		return "the layer"
	}
	return c.digest
}

// finish reads what is left and holds the whole against digest and size.
func (c *checked) finish() error {
	if c.err == nil {
		if _, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{c}, make([]byte, 64<<10)); err != nil {
			return err
		}
	}
	return c.verdict()
}

func (c *checked) verdict() error {
	if c.err != nil {
		return c.err
	}
	if c.size > 0 && c.count != c.size {
		return fmt.Errorf("%s has %d bytes, not the %d that its descriptor says: it is cut short", c.name(), c.count, c.size)
	}
	if c.hash == nil {
		return nil
	}
	algorithm, _, _ := strings.Cut(c.digest, ":")
	if got := algorithm + ":" + hex.EncodeToString(c.hash.Sum(nil)); got != c.digest {
		return fmt.Errorf("digest is %s, not %s as it should be: the content was changed", got, c.digest)
	}
	return nil
}

// closing turns the end of checked into its verdict.
type closing struct{ *checked }

func (c closing) Read(p []byte) (int, error) {
	n, err := c.checked.Read(p)
	if err == io.EOF {
		if wrong := c.verdict(); wrong != nil {
			err = wrong
		}
	}
	return n, err
}

// mostWindow is how far back a zstd stream may refer: zstd --ultra --long=27 needs as much.
const mostWindow = 128 << 20

// unpack tells the packing by the first bytes, since media types are often wrong.
func unpack(raw io.Reader) (io.ReadCloser, string, error) {
	buffered := bufio.NewReaderSize(raw, 64<<10)
	magic, err := buffered.Peek(4)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	switch {
	case strings.HasPrefix(string(magic), "\x1f\x8b"):
		reader, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, "", fmt.Errorf("unpack gzip: %w", err)
		}
		return reader, "gzip", nil
	case string(magic) == "\x28\xb5\x2f\xfd" || len(magic) == 4 && magic[0]&0xf0 == 0x50 && string(magic[1:]) == "\x2a\x4d\x18":
		reader, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(mostWindow))
		if err != nil {
			return nil, "", fmt.Errorf("unpack zstd: %w", err)
		}
		return reader.IOReadCloser(), "zstd", nil
	}
	return io.NopCloser(buffered), "", nil
}

// Unpack gives what a stream unpacks to, whatever its packing, within the budget.
func Unpack(ctx context.Context, from io.Reader, budget *Budget) (io.ReadCloser, error) {
	raw, err := newChecked(ctx, from, "", 0)
	if err != nil {
		return nil, err
	}
	unpacked, _, err := unpack(raw)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{&bounded{Reader: unpacked, raw: raw, budget: budget}, unpacked}, nil
}

// bounded ends a stream that unpacks to more than the budget has left, or to far more than it was.
type bounded struct {
	io.Reader
	raw    *checked
	budget *Budget
	count  int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.count += int64(n)
	b.budget.unpacked += int64(n)
	limits := b.budget.limits
	switch {
	case b.budget.unpacked > limits.Unpacked:
		return 0, ours{fmt.Errorf("the layers unpack to more than %d MiB: what follows was not read", limits.Unpacked>>20)}
	case b.count > limits.Bomb && b.count/limits.Ratio > b.raw.count:
		return 0, ours{fmt.Errorf("%d KiB unpack to more than %d MiB, as a bomb does: it was not read", b.raw.count>>10, limits.Bomb>>20)}
	}
	return n, err
}

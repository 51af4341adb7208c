package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
)

// sectionsOf tells by its first bytes how a tar is packed as a whole.
func sectionsOf(ctx context.Context, file *os.File) (sections, error) {
	magic := make([]byte, 6)
	n, err := file.ReadAt(magic, 0)
	if n == 0 && errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty: save the image again")
	}
	switch beginning := string(magic[:n]); {
	case strings.HasPrefix(beginning, "\x1f\x8b"), strings.HasPrefix(beginning, "\x28\xb5\x2f\xfd"):
		limits := layer.DefaultLimits
		limits.Unpacked *= mostPasses
		return &packedFile{ctx: ctx, file: file, budget: layer.NewBudget(limits)}, nil
	case strings.HasPrefix(beginning, "BZh"):
		return nil, errors.New("it is packed as a whole: unpack it with bunzip2 first")
	case strings.HasPrefix(beginning, "\xfd7zXZ"):
		return nil, errors.New("it is packed as a whole: unpack it with unxz first")
	}
	return plainFile{file}, nil
}

// mostPasses is how often all bytes that one image may have may be unpacked to reach its parts.
const mostPasses = 4

// packedFile is a tar that gzip or zstd packed as a whole. Its parts are reached by unpacking what
// stands before them, which costs time but neither memory nor a disk.
type packedFile struct {
	ctx    context.Context // of the scan, in which all parts are read
	file   *os.File
	budget *layer.Budget
	free   *cursor // one that nobody reads
}

// cursor is a place in the unpacked bytes.
type cursor struct {
	io.ReadCloser
	at int64
}

func (c *cursor) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.at += int64(n)
	return n, err
}

func (p *packedFile) restart() (*cursor, error) {
	info, err := p.file.Stat()
	if err != nil {
		return nil, err
	}
	unpacked, err := layer.Unpack(p.ctx, io.NewSectionReader(p.file, 0, info.Size()), p.budget)
	if err != nil {
		return nil, err
	}
	return &cursor{unpacked, 0}, nil
}

func (p *packedFile) start() (io.Reader, func() int64, error) {
	c, err := p.restart()
	if err != nil {
		return nil, nil, err
	}
	return c, func() int64 { return c.at }, nil
}

// section goes on from where the last one ended if that is before its beginning.
func (p *packedFile) section(offset, size int64) (io.ReadCloser, error) {
	c := p.free
	p.free = nil
	if c == nil || c.at > offset {
		if c != nil {
			c.Close()
		}
		var err error
		if c, err = p.restart(); err != nil {
			return nil, err
		}
	}
	if _, err := io.CopyN(io.Discard, c, offset-c.at); err != nil {
		c.Close()
		return nil, fmt.Errorf("unpack the archive: %w", err)
	}
	return &packedSection{io.LimitReader(c, size), c, p}, nil
}

type packedSection struct {
	io.Reader
	cursor *cursor
	file   *packedFile
}

// Close keeps the cursor for the next section.
func (s *packedSection) Close() error {
	if s.cursor == nil {
		return nil
	}
	if s.file.free != nil {
		s.file.free.Close()
	}
	s.file.free, s.cursor = s.cursor, nil
	return nil
}

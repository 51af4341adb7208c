package source

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
)

// tarFile is a tar that is read where it is: its entries by their places in it.
type tarFile struct {
	bytes sections
	spans map[string]span
	links map[string]string // of symbolic and hard links, as docker save writes for equal layers
}

type span struct{ offset, size int64 }

// sections are the bytes of a tar, of which any part can be read.
type sections interface {
	// start gives a reader at the beginning, and how far it has come.
	start() (reader io.Reader, position func() int64, err error)
	section(offset, size int64) (io.ReadCloser, error)
}

// plainFile is a tar that is not packed.
type plainFile struct{ file *os.File }

func (p plainFile) start() (io.Reader, func() int64, error) {
	_, err := p.file.Seek(0, io.SeekStart)
	return p.file, func() int64 {
		offset, _ := p.file.Seek(0, io.SeekCurrent) // never fails where reading did not
		return offset
	}, err
}

func (p plainFile) section(offset, size int64) (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(p.file, offset, size)), nil
}

// The bounds of the tar of an image, which holds a few files for each layer.
const (
	mostEntries = 200_000
	mostNames   = 32 << 20 // bytes
)

// indexTar reads the headers of a tar and passes over the rest. Of entries with one name the last
// counts, as when they are unpacked.
func indexTar(bytes sections) (*tarFile, error) {
	t := &tarFile{bytes: bytes, spans: map[string]span{}, links: map[string]string{}}
	from, position, err := bytes.start()
	if err != nil {
		return nil, err
	}
	reader := tar.NewReader(from)
	names := 0
	for count := 0; ; count++ {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, tarError(err, count)
		}
		if names += len(header.Name); count >= mostEntries || names > mostNames {
			return nil, fmt.Errorf("it has more than %d entries, which no archive of an image needs: save the image with docker save", mostEntries)
		}
		// The reader has read the header and nothing of what follows, since it buffers nothing.
		t.add(header, position())
	}
}

func tarError(err error, count int) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends in the middle: save the image again")
	case count == 0:
		return errors.New("it is no tar: give what docker save, skopeo or buildx wrote")
	}
	return fmt.Errorf("after %d entries it is no tar any more: save the image again: %w", count, err)
}

func (t *tarFile) add(header *tar.Header, offset int64) {
	name := path.Clean("/" + header.Name)[1:]
	switch header.Typeflag {
	case tar.TypeReg:
		if layer.IsSparse(header) {
			delete(t.spans, name)
			return
		}
		delete(t.links, name)
		t.spans[name] = span{offset, header.Size}
	case tar.TypeSymlink:
		t.links[name] = path.Clean("/" + path.Join(path.Dir(name), header.Linkname))[1:]
	case tar.TypeLink:
		t.links[name] = path.Clean("/" + header.Linkname)[1:]
	}
}

func (t *tarFile) has(name string) bool {
	_, err := t.span(name)
	return err == nil
}

func (t *tarFile) span(name string) (span, error) {
	name = path.Clean("/" + name)[1:]
	at := name
	for links := 0; links < 10; links++ {
		if target, linked := t.links[at]; linked {
			at = target
			continue
		}
		if found, ok := t.spans[at]; ok {
			return found, nil
		}
		break
	}
	return span{}, fmt.Errorf("open %s in the archive: %w", name, fs.ErrNotExist)
}

func (t *tarFile) open(name string) (io.ReadCloser, error) {
	found, err := t.span(name)
	if err != nil {
		return nil, err
	}
	return t.bytes.section(found.offset, found.size)
}

func (t *tarFile) read(name string, most int64) ([]byte, error) {
	file, err := t.open(name)
	if err != nil {
		return nil, err
	}
	text, err := readSmall(context.Background(), file, "", most)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}

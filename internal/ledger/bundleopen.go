package ledger

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// OpenBundle opens a zip file, or a folder into which one was unpacked.
func OpenBundle(path string) (*Bundle, error) {
	b, err := openBundle(path)
	if err != nil {
		return nil, fmt.Errorf("open bundle %s: %w", path, err)
	}
	return b, nil
}

func openBundle(path string) (*Bundle, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openFolder(path, defaultBounds)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("neither a zip file nor a folder")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := openZip(file, info.Size(), defaultBounds)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	b.closer = file
	return b, nil
}

// NewBundle opens a zip file of that size, in memory or elsewhere.
func NewBundle(r io.ReaderAt, size int64) (*Bundle, error) {
	b, err := openZip(r, size, defaultBounds)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	return b, nil
}

// openZip also refuses what only looks like a file: links, devices, encrypted members.
func openZip(r io.ReaderAt, size int64, limits bounds) (*Bundle, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not a whole zip file: get it again: %w", err)
	}
	b := &Bundle{members: map[string]stored{}, bounds: limits}
	for _, file := range archive.File {
		if isFolder(file.Name) && file.UncompressedSize64 == 0 {
			continue
		}
		if !file.Mode().IsRegular() || file.Flags&1 != 0 {
			return nil, fmt.Errorf("%.200q is a link, a folder or encrypted: ask for the bundle again", file.Name)
		}
		if file.UncompressedSize64 > uint64(limits.total) {
			return nil, fmt.Errorf("%.200q is of %d bytes, more than all of a bundle may have", file.Name, file.UncompressedSize64)
		}
		if err := b.add(file.Name, stored{size: int64(file.UncompressedSize64), open: file.Open}); err != nil {
			return nil, err
		}
	}
	return b, b.check()
}

// openFolder reads through os.Root, so that no link leads out of the folder.
func openFolder(path string, limits bounds) (*Bundle, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	b := &Bundle{members: map[string]stored{}, bounds: limits, closer: root}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name == "." || isFolder(name+"/") {
				return nil
			}
			return fmt.Errorf("unexpected folder %.200q: unpack the bundle anew", name)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%.200q is a link or a device: unpack the bundle anew", name)
		}
		return b.add(name, stored{size: info.Size(), open: func() (io.ReadCloser, error) { return root.Open(name) }})
	})
	if err == nil {
		err = b.check()
	}
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bundle) add(name string, m stored) error {
	limit, err := b.bounds.limit(name)
	if err != nil {
		return err
	}
	if m.size > limit {
		return fmt.Errorf("%s is of %d bytes, more than %d", name, m.size, limit)
	}
	if _, twice := b.members[name]; twice {
		return fmt.Errorf("%s is there twice: ask for the bundle again", name)
	}
	if len(b.members) >= b.bounds.members {
		return fmt.Errorf("more than %d files", b.bounds.members)
	}
	if b.bounds.total -= m.size; b.bounds.total < 0 {
		return errors.New("its files are too great together")
	}
	b.members[name] = m
	return nil
}

func (b *Bundle) check() error {
	for _, name := range required {
		if _, ok := b.members[name]; !ok {
			return fmt.Errorf("it has no %s: this is not a ledger's bundle", name)
		}
	}
	return nil
}

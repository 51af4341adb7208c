package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// find looks for the database's file and makes it if it is to be created. It never opens a file
// that is there: to close it again would take SQLite's locks from other connections.
func (s *sqliteStore) find(o Options) error {
	info, err := os.Stat(s.path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return explained(ErrForeign, s.path+" is not a file: name a file or a folder", nil)
	case err == nil && info.Size() == 0 && (o.ReadOnly || !o.Create) && sizeOf(s.path+"-wal") == 0:
		return explained(ErrMissing, s.path+" is an empty file: create a store there, correct the place, or restore a backup", nil)
	case err == nil && info.Size() > 0 && info.Size() < sector:
		// SQLite would take it for an empty database and write over it.
		return explained(ErrForeign, s.path+" is not a database: correct the place, or restore a backup", nil)
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return explained(ErrDenied, "look at the rights of "+s.path+" and its folders", err)
	case !errors.Is(err, fs.ErrNotExist):
		return explained(ErrMissing, s.path+" cannot be reached: correct the place", err)
	case o.ReadOnly || !o.Create:
		return explained(ErrMissing, s.path+" is not there: create a store there, or correct the place", nil)
	}
	return s.create()
}

// there refuses to go on where the file was moved or replaced: the connections that are open would write
// into the one that was moved, where nobody looks for it.
func (s *sqliteStore) there() error {
	now, err := os.Stat(s.absolute)
	switch {
	case err != nil:
		return explained(ErrMissing, s.path+" is no longer there: put it back", err)
	case !os.SameFile(now, s.opened):
		return explained(ErrMissing, s.path+" was replaced by another file since it was opened: put the first one back, or start again", nil)
	}
	return nil
}

// sector is what all sizes of a page are a multiple of, and so all sizes of a database.
const sector = 512

// whole refuses a database that ends in the middle of a page: SQLite would read zeros for the rest.
// With a journal the size says nothing, since the rest may be in there.
func (s *sqliteStore) whole() error {
	if sizeOf(s.path+"-wal") > 0 || sizeOf(s.path)%sector == 0 {
		return nil
	}
	return explained(ErrDamaged, s.path+" is cut off: keep a copy of it and restore a backup", nil)
}

// create makes an empty file, for its owner only, that is there even after a loss of power.
func (s *sqliteStore) create() error {
	folder := filepath.Dir(s.path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return s.refused(err)
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster
	}
	if err != nil {
		return s.refused(err)
	}
	if err := errors.Join(f.Close(), syncFolder(folder)); err != nil {
		return s.refused(err)
	}
	return nil
}

func (s *sqliteStore) refused(err error) error {
	switch {
	case isFull(err):
		return explained(ErrFull, "free some space where "+s.path+" is to be", err)
	case isReadOnlyDisk(err):
		return explained(ErrReadOnly, "make "+filepath.Dir(s.path)+" writable, or choose another place", err)
	case errors.Is(err, fs.ErrPermission):
		return explained(ErrDenied, "look at the rights of "+filepath.Dir(s.path), err)
	}
	return fmt.Errorf("create %s: %w", s.path, err)
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	// Some file systems cannot; they then need not.
	_ = f.Sync()
	return nil
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// openReadOnly opens the file for reading. Where SQLite cannot share memory with writers, because
// the folder cannot be written to, the file is read as it lies there; see frozen.
func (s *sqliteStore) openReadOnly(ctx context.Context, absolute string) error {
	s.readers = pool(absolute, 8, "mode=ro", "_query_only=1", "_busy_timeout=10000")
	_, err := s.schema(ctx)
	if err == nil || known(err) || !isUnsharable(err) {
		return nil // the caller asks again and explains
	}
	if sizeOf(s.path+"-wal") > 0 {
		_ = s.readers.Close()
		return explained(ErrReadOnly, "changes wait in "+s.path+"-wal: make the folder writable, or copy it and open the copy", err)
	}
	_ = s.readers.Close()
	s.readers = pool(absolute, 8, "mode=ro", "immutable=1", "_query_only=1")
	s.readers.SetMaxIdleConns(0) // a connection would remember pages that have changed since
	s.frozen = freeze(s.path)
	return nil
}

// frozen is how a file looked that is read without locks. If it looks otherwise after a View, or
// has a journal, somebody has written and the View may have seen half of it.
type frozen struct {
	size     int64
	modified time.Time
}

func freeze(path string) *frozen {
	info, err := os.Stat(path)
	if err != nil || sizeOf(path+"-wal") > 0 {
		return &frozen{size: -1}
	}
	return &frozen{size: info.Size(), modified: info.ModTime()}
}

func (s *sqliteStore) unchanged() error {
	if s.frozen == nil {
		return nil
	}
	now := freeze(s.path)
	if now.size == s.frozen.size && now.modified.Equal(s.frozen.modified) {
		return nil
	}
	return explained(ErrBusy, s.path+" was written to while it was read without locks: open it again", nil)
}

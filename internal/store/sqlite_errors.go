package store

import (
	"errors"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// codeOf gives SQLite's code of an error, with the extended one, or 0.
func codeOf(err error) (primary, extended int) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0, 0
	}
	return e.Code() & 0xff, e.Code()
}

func (s *sqliteStore) explain(err error) error {
	if known(err) {
		return err
	}
	primary, extended := codeOf(err)
	if isFull(err) || extended == sqlite3.SQLITE_IOERR_SHMSIZE {
		primary = sqlite3.SQLITE_FULL
	}
	switch primary {
	case sqlite3.SQLITE_FULL:
		return explained(ErrFull, "free some space where "+s.path+" is and try again; nothing of this change was kept", err)
	case sqlite3.SQLITE_READONLY:
		return explained(ErrReadOnly, "look at the rights of "+s.path+" and its folder", err)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return explained(ErrDenied, "look at the rights of "+s.path+" and its folder", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return explained(ErrBusy, "another process uses "+s.path+": try again, or end it", err)
	case sqlite3.SQLITE_CORRUPT:
		return explained(ErrDamaged, "keep a copy of "+s.path+" and restore a backup", err)
	case sqlite3.SQLITE_NOTADB:
		return explained(ErrForeign, s.path+" is not a database: correct the place, or restore a backup", err)
	}
	return err
}

// isUnsharable tells whether SQLite could not make the files through which it shares a database.
func isUnsharable(err error) bool {
	primary, _ := codeOf(err)
	return primary == sqlite3.SQLITE_CANTOPEN || primary == sqlite3.SQLITE_READONLY
}

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC)
}

func isReadOnlyDisk(err error) bool { return errors.Is(err, syscall.EROFS) }

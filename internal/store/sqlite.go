package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// fileName is the database's file in a folder.
const fileName = "kubeproof.db"

// sqliteStore is a store in a file. Readers and the writer have connections of their own, so that
// what reads cannot write, and cannot be kept waiting by what writes.
type sqliteStore struct {
	path    string
	readers *sql.DB
	writer  *sql.DB // nil if read-only
	casual  *sql.DB // for what need not be durable at once; nil if read-only
	frozen  *frozen // nil unless the file is read as one that nobody writes
	owed    atomic.Bool

	absolute string      // path, wherever the process goes
	opened   fs.FileInfo // the file that was opened
}

func openSQLite(ctx context.Context, place string, o Options, l limits) (database, string, error) {
	path := place
	if isFolder(place) {
		path = filepath.Join(place, fileName)
	}
	s := &sqliteStore{path: path}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, path, fmt.Errorf("find %s: %w", path, err)
	}
	if err := s.find(o); err != nil {
		return nil, path, err
	}
	s.absolute = absolute
	if s.opened, err = os.Stat(path); err != nil {
		return nil, path, s.refused(err)
	}
	lockWell()
	if o.ReadOnly {
		return s, path, s.openReadOnly(ctx, absolute)
	}
	s.readers = pool(absolute, 8, "mode=rw", "_query_only=1", "_busy_timeout=10000")
	writing := []string{"mode=rw", "_pragma=cache_size(-8192)", "_txlock=immediate", "_busy_timeout=20", "_foreign_keys=1",
		"_pragma=secure_delete(ON)", "_pragma=journal_size_limit(67108864)", fmt.Sprintf("_pragma=max_page_count(%d)", max(l.pages, 0))}
	s.writer = pool(absolute, 1, append(writing, "_synchronous=FULL")...)
	// Its commits are whole after a crash too, but only the next one of the writer puts them on the disk.
	s.casual = pool(absolute, 1, append(writing, "_synchronous=NORMAL")...)
	return s, path, nil
}

// isFolder tells whether a place is a folder or, if it is not there yet, named like one.
func isFolder(place string) bool {
	if info, err := os.Stat(place); err == nil {
		return info.IsDir()
	}
	switch filepath.Ext(place) {
	case ".db", ".sqlite", ".sqlite3":
		return strings.HasSuffix(place, string(filepath.Separator))
	}
	return true
}

// pool opens connections to a file with parameters of the driver. The name is a URL, so that no
// path is taken for parameters.
func pool(absolute string, connections int, parameters ...string) *sql.DB {
	name := "file:" + (&url.URL{Path: filepath.ToSlash(absolute)}).EscapedPath()
	common := []string{"_error_rc=1", "_defensive=1", "_dqs=0", "_pragma=trusted_schema(OFF)", "_pragma=cell_size_check(ON)"}
	db, err := sql.Open("sqlite", name+"?"+strings.Join(append(common, parameters...), "&"))
	if err != nil {
		panic(err) // only for a driver that is not there
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// lockWell asks for locks that survive when another part of this process opens and closes the file,
// as a scan of its folder does, and for fdatasync, as SQLite itself uses it on Linux. Where neither
// is to be had the defaults do.
func lockWell() {
	_, _ = sqlite.OFDLocking(true)
	_, _ = sqlite.Fdatasync(true)
}

func (s *sqliteStore) pool(write bool) *sql.DB {
	if write {
		return s.writer
	}
	return s.readers
}

// brief waits for other writers like any change: a file has one writer.
func (s *sqliteStore) brief(durable bool) way {
	w := way{pool: s.casual, write: true, alone: true, begin: func(ctx context.Context, conn *sql.Conn, deadline time.Time) (*sql.Tx, error) {
		return s.begin(ctx, conn, true, deadline)
	}}
	if durable {
		w.pool = s.writer
	}
	return w
}

// load: statements are all there is.
func (s *sqliteStore) load(context.Context, *sql.Conn, string, []string, [][]any) (bool, error) {
	return false, nil
}

// begin tries again and again while another process writes: SQLite's own waiting is so slow to ask
// that one busy process would keep the others out.
func (s *sqliteStore) begin(ctx context.Context, conn *sql.Conn, write bool, deadline time.Time) (*sql.Tx, error) {
	for {
		// The transaction must not end with the context in the middle of a commit, whose outcome
		// nobody would then know. Every statement has the context.
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: !write})
		if err == nil || !errors.Is(s.explain(err), ErrBusy) {
			return tx, err
		}
		if err := pause(ctx, time.Millisecond+rand.N(8*time.Millisecond), deadline); err != nil {
			return nil, err
		}
	}
}

func (s *sqliteStore) schema(ctx context.Context) (int64, error) {
	var tables, ours, version int64
	err := s.readers.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE name = '`+versions+`') FROM sqlite_schema`).Scan(&tables, &ours)
	switch {
	case err != nil:
		return 0, err
	case tables == 0:
		return noSchema, nil
	case ours == 0:
		return 0, explained(ErrForeign, s.path+" is the database of another program: correct the place", nil)
	}
	err = s.readers.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+versions).Scan(&version)
	return version, errors.Join(err, s.whole())
}

// migrate sets the journal mode, which stays with the file, and makes the tables. Two processes
// may do so at once: the one that loses sees that it is done.
func (s *sqliteStore) migrate(ctx context.Context) error {
	deadline := time.Now().Add(patience)
	for {
		err := s.setJournal(ctx)
		if err == nil {
			err = upgrade(ctx, s.writer, goose.DialectSQLite3, "sqlite")
		}
		if err == nil {
			return nil
		}
		explained := s.explain(err)
		if version, unread := s.schema(ctx); unread == nil && version >= Version {
			return nil
		}
		if known(explained) && !errors.Is(explained, ErrBusy) {
			return explained
		}
		if pause(ctx, 5*time.Millisecond+rand.N(50*time.Millisecond), deadline) != nil {
			return explained
		}
	}
}

func (s *sqliteStore) setJournal(ctx context.Context) error {
	var mode string
	if err := s.writer.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return explained(ErrDenied, "the file system of "+s.path+" cannot share memory, which SQLite needs: use a local disk, or PostgreSQL", nil)
	}
	return nil
}

// committed empties the journal after something was erased, since it holds what was written. While
// somebody reads an old state it cannot be; then the next commit does it.
func (s *sqliteStore) committed(ctx context.Context, conn *sql.Conn, erased bool) {
	if erased {
		s.owed.Store(true)
	}
	if !s.owed.Load() {
		return
	}
	var busy, pages, moved int
	err := conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	if err == nil && busy == 0 {
		s.owed.Store(false)
	}
}

func (s *sqliteStore) contains() string { return "instr" }

// learn: its plans follow from the queries alone.
func (s *sqliteStore) learn() string { return "" }

func (s *sqliteStore) prepares() bool { return true }

func (s *sqliteStore) close() error {
	err := s.readers.Close()
	if s.writer != nil {
		// The last to close moves the journal into the file, which takes a connection that may write.
		err = errors.Join(err, s.casual.Close(), s.writer.Close())
	}
	return err
}

// Package store keeps what Kubeproof must not lose: the lines of a ledger with the hashes of
// their tree, contents that may be erased, signed checkpoints, a projection of records, evidence
// files and settings; and what a server needs: accounts, sessions, tokens, scans and the findings of
// all scans with their history, see MergeScan and Findings. They lie in one database, SQLite in a
// file of its own or PostgreSQL, and change together or not at all. What the lines mean is not the
// store's business.
//
// Begin with Open; all reading is in View, all writing in Update, but for sessions. This is the only package with
// SQL: statements are the same for both databases, in the file of what they are about; how the
// databases differ is in sqlite.go and postgres.go, their tables in migrations.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// patience is how long an Update waits for another writer.
const patience = 10 * time.Second

// Options say how to open a store. The zero value opens one that is there, for reading and writing.
type Options struct {
	// Create makes the store, and the folders that lead to it, if it is not there.
	Create bool
	// ReadOnly opens it for View only. Nothing is created or migrated, and it works where
	// nothing can be written, such as a read-only folder or a standby server.
	ReadOnly bool
}

// Store is an open store. Several goroutines and processes may use one at the same time.
type Store struct {
	place    string
	database database
	readOnly bool
	patience time.Duration
	turn     chan struct{} // held by the writer of this process, so that only one waits in the database
}

// database is what differs between the two databases.
type database interface {
	// pool gives the connections for reading or for writing.
	pool(write bool) *sql.DB
	// begin starts a transaction; one that writes waits until it is the only one, up to the deadline.
	begin(ctx context.Context, conn *sql.Conn, write bool, deadline time.Time) (*sql.Tx, error)
	// brief tells how a small change begins that need not be in one order with others.
	brief(durable bool) way
	// load inserts rows in the transaction of a connection, if there is a faster way than statements.
	load(ctx context.Context, conn *sql.Conn, table string, columns []string, rows [][]any) (done bool, err error)
	// contains names the function that looks for a text in another.
	contains() string
	// learn is the statement by which the planner of queries learns what findings there are; "" if it
	// needs none.
	learn() string
	// schema gives the version of the tables, or noSchema. It changes nothing.
	schema(ctx context.Context) (int64, error)
	// migrate brings the tables to this program's version.
	migrate(ctx context.Context) error
	// there tells whether the database is still where it was opened.
	there() error
	// unchanged tells whether what a View has read can be trusted.
	unchanged() error
	// committed follows every commit. What one erased is removed from where it may still be found.
	committed(ctx context.Context, conn *sql.Conn, erased bool)
	// prepares tells whether statements are worth preparing.
	prepares() bool
	// explain makes an error of the database one for people.
	explain(err error) error
	close() error
}

// limits are bounds that tests lower.
type limits struct {
	pages    int64         // of an SQLite database
	patience time.Duration // of an Update
}

// Open opens the store at a place: the path of a folder or a file for SQLite (in a folder the file
// is kubeproof.db; a path that is not there is a file if it ends in .db, .sqlite or .sqlite3), or a
// postgres:// URL. Tables of an older program are brought to this one's version.
func Open(ctx context.Context, place string, o Options) (*Store, error) {
	return open(ctx, place, o, limits{})
}

func open(ctx context.Context, place string, o Options, l limits) (*Store, error) {
	s := &Store{readOnly: o.ReadOnly, patience: cmp.Or(l.patience, patience), turn: make(chan struct{}, 1)}
	if place == "" {
		return nil, errors.New("open the store: no place is given: name a folder, a file or a postgres:// URL")
	}
	var err error
	if strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://") {
		s.database, s.place, err = openPostgres(place)
	} else {
		s.database, s.place, err = openSQLite(ctx, place, o, l)
	}
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	if err := s.prepare(ctx, o); err != nil {
		_ = s.database.close()
		return nil, fmt.Errorf("open the store %s: %w", s.place, s.database.explain(err))
	}
	return s, nil
}

// Place is where the store is, without a password: a file's path or a URL.
func (s *Store) Place() string { return s.place }

// Close ends the use of the store.
func (s *Store) Close() error {
	if err := s.database.close(); err != nil {
		return fmt.Errorf("close the store: %w", s.database.explain(err))
	}
	return nil
}

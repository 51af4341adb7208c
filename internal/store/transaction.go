package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Tx is a transaction: one state of the store for View, one change of it for Update. Only one
// goroutine may use it, and only until the function that was given it returns. Within a function
// that goes through entries, records or others it may be used for anything else.
type Tx struct {
	ctx    context.Context
	store  *Store
	conn   *sql.Conn
	sql    *sql.Tx
	write  bool
	failed error // the first error of the database in an Update, which must not be committed
	erased bool  // something was deleted that people want gone

	size       int64 // of the ledger, once known in an Update; else -1
	fresh      map[int64]tlog.Hash
	statements map[string]*sql.Stmt
}

// View calls a function with a consistent state of the store, that of its first read. Whatever
// others write meanwhile is not seen.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	t, done, err := s.start(ctx, false)
	if err != nil {
		return fmt.Errorf("read the store: %w", err)
	}
	defer done()
	if err := fn(t); err != nil {
		return err
	}
	if err := s.database.unchanged(); err != nil {
		return fmt.Errorf("read the store: %w", err)
	}
	return nil
}

// Update calls a function that may write, and makes all of what it wrote durable when it returns
// nil; else, and when it panics, nothing of it. There is one writer at a time, over all processes;
// Update waits ten seconds for another, or shorter if the context says so, and then gives ErrBusy.
// Do not call it within another Update: it would wait for itself.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	if s.readOnly {
		return fmt.Errorf("write to the store: %w", explained(ErrReadOnly, s.place+" was opened for reading only", nil))
	}
	t, done, err := s.start(ctx, true)
	if err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	defer done()
	if err := fn(t); err != nil {
		return err
	}
	// An error that the function overlooked may have cost a part of its change.
	if t.failed != nil {
		return t.failed
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	return t.commit()
}

// brief calls a function with a small change that depends on nothing else and nothing else on it.
// In PostgreSQL it waits for no other writer. If it need not be durable it waits for no disk
// either: a crash of the machine, not of the program, may lose it.
func (s *Store) brief(ctx context.Context, durable bool, fn func(*Tx) error) error {
	if s.readOnly {
		return fmt.Errorf("write to the store: %w", explained(ErrReadOnly, s.place+" was opened for reading only", nil))
	}
	begin := s.database.brief(durable)
	t, done, err := s.startWith(ctx, begin)
	if err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	defer done()
	if err := fn(t); err != nil {
		return err
	}
	return t.commit()
}

func (t *Tx) commit() error {
	t.closeStatements()
	if err := t.sql.Commit(); err != nil {
		err = t.store.database.explain(err)
		if errors.Is(err, ErrUnreachable) {
			return fmt.Errorf("write to the store: whether the change was kept is not known, look before you make it again: %w", err)
		}
		return fmt.Errorf("write to the store: %w", err)
	}
	t.store.database.committed(t.ctx, t.conn, t.erased)
	return nil
}

// way is how a transaction begins.
type way struct {
	pool  *sql.DB
	write bool
	alone bool // it waits for the other writers of this process
	begin func(ctx context.Context, conn *sql.Conn, deadline time.Time) (*sql.Tx, error)
}

// start begins a transaction of View or Update.
func (s *Store) start(ctx context.Context, write bool) (*Tx, func(), error) {
	return s.startWith(ctx, way{pool: s.database.pool(write), write: write, alone: write,
		begin: func(ctx context.Context, conn *sql.Conn, deadline time.Time) (*sql.Tx, error) {
			return s.database.begin(ctx, conn, write, deadline)
		}})
}

// startWith begins a transaction and gives what ends it, if it was not committed, without a trace.
func (s *Store) startWith(ctx context.Context, w way) (*Tx, func(), error) {
	if err := s.database.there(); err != nil {
		return nil, nil, err
	}
	deadline := time.Now().Add(s.patience)
	release := func() {}
	if w.alone {
		if err := s.waitTurn(ctx, deadline); err != nil {
			return nil, nil, err
		}
		release = func() { <-s.turn }
	}
	conn, err := w.pool.Conn(ctx)
	if err != nil {
		release()
		return nil, nil, s.database.explain(err)
	}
	tx, err := w.begin(ctx, conn, deadline)
	if err != nil {
		_ = conn.Close()
		release()
		return nil, nil, s.busy(ctx, err)
	}
	t := &Tx{ctx: ctx, store: s, conn: conn, sql: tx, write: w.write, size: -1}
	return t, func() {
		t.closeStatements()
		_ = tx.Rollback() // after a commit it does nothing
		_ = conn.Close()
		release()
	}, nil
}

// waitTurn waits for the other writers of this process.
func (s *Store) waitTurn(ctx context.Context, deadline time.Time) error {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return s.busy(ctx, ctx.Err())
	case <-timer.C:
		return s.busy(ctx, context.DeadlineExceeded)
	}
}

// busy explains an error of waiting: to have waited until a deadline means that another writes.
func (s *Store) busy(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return explained(ErrBusy, "another process writes to "+s.place+": try again, or end it", err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.database.explain(err)
}

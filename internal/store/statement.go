package store

import (
	"database/sql"
	"errors"
	"fmt"
)

// A page ends after so many rows or bytes, whichever comes first.
const (
	pageRows  = 512
	pageBytes = 4 << 20
)

// writable refuses what cannot be written, before the database is asked.
func (t *Tx) writable(what string) error {
	if !t.write {
		return fmt.Errorf("%s: %w", what, explained(ErrReadOnly, "a view cannot write: use an update", nil))
	}
	if t.failed != nil {
		return t.failed
	}
	return nil
}

// fail explains an error of the database. In an Update nothing may follow it: a database may have
// undone the whole change already.
func (t *Tx) fail(what string, err error) error {
	if cause := t.ctx.Err(); cause != nil {
		err = cause
	}
	err = fmt.Errorf("%s: %w", what, t.store.database.explain(err))
	if t.write && t.failed == nil {
		t.failed = err
	}
	return err
}

func (t *Tx) exec(what, query string, args ...any) error {
	if err := t.writable(what); err != nil {
		return err
	}
	statement, err := t.prepared(query)
	if err == nil && statement != nil {
		_, err = statement.ExecContext(t.ctx, args...)
	} else if err == nil {
		_, err = t.sql.ExecContext(t.ctx, query, args...)
	}
	if err != nil {
		return t.fail(what, err)
	}
	return nil
}

func (t *Tx) query(what, query string, args ...any) (*sql.Rows, error) {
	if t.failed != nil {
		return nil, t.failed
	}
	statement, err := t.prepared(query)
	var rows *sql.Rows
	if err == nil && statement != nil {
		rows, err = statement.QueryContext(t.ctx, args...)
	} else if err == nil {
		rows, err = t.sql.QueryContext(t.ctx, query, args...)
	}
	if err != nil {
		return nil, t.fail(what, err)
	}
	return rows, nil
}

// row reads the one row of a query; whether there is one is its answer.
func (t *Tx) row(what, query string, args []any, into ...any) (bool, error) {
	found := false
	err := t.rows(what, query, args, func(rows *sql.Rows) (bool, error) {
		found = true
		return false, rows.Scan(into...)
	})
	return found, err
}

// rows calls a function for the rows of a query until it wants no more.
func (t *Tx) rows(what, query string, args []any, scan func(*sql.Rows) (more bool, err error)) error {
	rows, err := t.query(what, query, args...)
	if err != nil {
		return err
	}
	more := true
	for more && err == nil && rows.Next() {
		more, err = scan(rows)
	}
	if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return t.fail(what, err)
	}
	return nil
}

// prepared gives the prepared form of a statement where that saves time, else nil.
func (t *Tx) prepared(query string) (*sql.Stmt, error) {
	if !t.store.database.prepares() {
		return nil, nil
	}
	if statement := t.statements[query]; statement != nil {
		return statement, nil
	}
	statement, err := t.sql.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	if t.statements == nil {
		t.statements = map[string]*sql.Stmt{}
	}
	t.statements[query] = statement
	return statement, nil
}

func (t *Tx) closeStatements() {
	for _, statement := range t.statements {
		_ = statement.Close()
	}
	t.statements = nil
}

// walk goes through the rows of a query a page at a time. Between pages no query is open, so that
// the function may use the transaction, and memory holds one page.
type walk[Row any] struct {
	what  string
	query string                // its last parameter is the number of rows
	after func(last *Row) []any // the parameters that lead to the rows after one; nil at first
	scan  func(*sql.Rows, *Row) (bytes int, err error)
	each  func(Row) error
}

func (w walk[Row]) run(t *Tx) error {
	var last *Row
	for {
		page, more, err := w.page(t, last)
		if err != nil {
			return err
		}
		for _, row := range page {
			if err := w.each(row); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		last = &page[len(page)-1]
	}
}

func (w walk[Row]) page(t *Tx, last *Row) (page []Row, more bool, err error) {
	bytes := 0
	err = t.rows(w.what, w.query, append(w.after(last), pageRows), func(rows *sql.Rows) (bool, error) {
		var row Row
		n, err := w.scan(rows, &row)
		page = append(page, row)
		bytes += n
		more = bytes >= pageBytes || len(page) == pageRows
		return !more, err
	})
	return page, more, err
}

// column1 reads the one column of a query.
func column1[T any](t *Tx, what, query string, args []any) (all []T, err error) {
	err = t.rows(what, query, args, func(rows *sql.Rows) (bool, error) {
		var one T
		err := rows.Scan(&one)
		all = append(all, one)
		return true, err
	})
	return all, err
}

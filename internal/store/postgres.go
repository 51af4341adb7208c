package store

import (
	"context"
	"database/sql"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// writerLock is the advisory lock of the one writer. Its second number is the schema, so that two
// stores in one database do not wait for each other.
const writerLock = `SELECT pg_advisory_%slock(795377424, hashtext(current_schema()))`

// postgresStore is a store in a schema of a PostgreSQL database: the first of the search path.
type postgresStore struct {
	db    *sql.DB
	place string
}

func openPostgres(place string) (database, string, error) {
	config, err := pgx.ParseConfig(place)
	if err != nil {
		// Its text may hold the password.
		return nil, "", explained(ErrUnreachable, "the address of the database cannot be read: write postgres://user:password@host:5432/database, with %XX for special signs", nil)
	}
	if !strings.Contains(place, "connect_timeout") {
		config.ConnectTimeout = patience
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "kubeproof"
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(4)
	db.SetConnMaxIdleTime(5 * time.Minute)
	s := &postgresStore{db: db, place: printable(config)}
	return s, s.place, nil
}

// printable is where a database is, without anything secret.
func printable(config *pgx.ConnConfig) string {
	u := url.URL{Scheme: "postgres", User: url.User(config.User), Path: "/" + config.Database}
	query := url.Values{}
	if strings.HasPrefix(config.Host, "/") {
		query.Set("host", config.Host)
	} else {
		u.Host = net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	}
	if path := config.RuntimeParams["search_path"]; path != "" {
		query.Set("search_path", path)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func (s *postgresStore) pool(bool) *sql.DB { return s.db }

// begin gives readers one state for the whole transaction. A writer reads what is committed when it
// asks: a state of its own would be from before it waited for its turn.
func (s *postgresStore) begin(ctx context.Context, conn *sql.Conn, write bool, deadline time.Time) (*sql.Tx, error) {
	lasting := context.WithoutCancel(ctx) // as in SQLite
	if !write {
		return conn.BeginTx(lasting, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	}
	tx, err := conn.BeginTx(lasting, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, err
	}
	if err := s.lock(ctx, tx, deadline); err != nil {
		_ = tx.Rollback()
		return nil, err
	}
	return tx, nil
}

// brief takes no part in the order of writers.
func (s *postgresStore) brief(durable bool) way {
	return way{pool: s.db, write: true, begin: func(ctx context.Context, conn *sql.Conn, deadline time.Time) (*sql.Tx, error) {
		tx, err := conn.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
		if err == nil {
			err = s.bound(ctx, tx, deadline, durable)
		}
		if err != nil && tx != nil {
			_ = tx.Rollback()
		}
		return tx, err
	}}
}

// load copies rows, which takes a fifth of the time of statements.
func (s *postgresStore) load(ctx context.Context, conn *sql.Conn, table string, columns []string, rows [][]any) (bool, error) {
	return true, conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		return err
	})
}

// lock waits until the transaction is the only writer, and makes sure that its commit is durable
// whatever the server's default is.
func (s *postgresStore) lock(ctx context.Context, tx *sql.Tx, deadline time.Time) error {
	err := s.bound(ctx, tx, deadline, true)
	if err == nil {
		_, err = tx.ExecContext(ctx, strings.Replace(writerLock, "%s", "xact_", 1))
	}
	return err
}

// bound sets how long a transaction waits for locks and whether its commit waits for the disk.
func (s *postgresStore) bound(ctx context.Context, tx *sql.Tx, deadline time.Time, durable bool) error {
	if end, bounded := ctx.Deadline(); bounded && end.Before(deadline) {
		deadline = end.Add(-10 * time.Millisecond) // a wait that the context ends costs the connection
	}
	wait := strconv.FormatInt(max(time.Until(deadline).Milliseconds(), 1), 10)
	_, err := tx.ExecContext(ctx, `SELECT set_config('lock_timeout', $1, true), set_config('synchronous_commit', CASE WHEN NOT $2 THEN 'off'
		WHEN current_setting('synchronous_commit') = 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)`, wait, durable)
	return err
}

func (s *postgresStore) schema(ctx context.Context) (version int64, err error) {
	var schema, table sql.NullString
	err = s.db.QueryRowContext(ctx, `SELECT current_schema(), to_regclass(quote_ident(current_schema()) || '.`+versions+`')::text`).Scan(&schema, &table)
	switch {
	case err != nil:
		return 0, err
	case !schema.Valid:
		return 0, explained(ErrMissing, "the schema of "+s.place+" is not there: create it", nil)
	case !table.Valid:
		return noSchema, nil
	}
	err = s.db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+versions).Scan(&version)
	return version, err
}

// migrate makes the tables while no other program writes or migrates.
func (s *postgresStore) migrate(ctx context.Context) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `SELECT set_config('lock_timeout', $1, false)`, strconv.FormatInt(patience.Milliseconds(), 10)); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, strings.Replace(writerLock, "%s", "", 1)); err != nil {
		return err
	}
	defer func() {
		last := context.WithoutCancel(ctx)
		_, _ = conn.ExecContext(last, strings.Replace(writerLock, "%s", "un", 1))
		_, _ = conn.ExecContext(last, `RESET lock_timeout`)
	}()
	return upgrade(ctx, s.db, goose.DialectPostgres, "postgres")
}

// committed: the server has its own ways with what was deleted.
func (s *postgresStore) committed(context.Context, *sql.Conn, bool) {}

func (s *postgresStore) contains() string { return "strpos" }

// learn: until the server does so by itself, a minute later or never, it takes a million findings for
// none, and reads all of them where an index knows better.
func (s *postgresStore) learn() string { return "ANALYZE findings, finding_events" }

// there: a server that is gone says so itself.
func (s *postgresStore) there() error { return nil }

func (s *postgresStore) unchanged() error { return nil }

// prepares: the driver prepares statements and keeps them with their connection.
func (s *postgresStore) prepares() bool { return false }

func (s *postgresStore) close() error { return s.db.Close() }

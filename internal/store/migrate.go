package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

// Version is the version of the tables that this program writes: the number of the newest migration.
const Version = 3

// versions is the table in which the versions are noted. That it is there tells a store from
// anybody's database.
const versions = "kubeproof_schema"

// noSchema is the version of an empty database.
const noSchema = -1

//go:embed migrations
var migrations embed.FS

// prepare looks what is there and brings it to this program's version.
func (s *Store) prepare(ctx context.Context, o Options) error {
	version, err := s.database.schema(ctx)
	switch {
	case err != nil:
		return err
	case version > Version:
		return explained(ErrNewer, fmt.Sprintf("schema %d, this program knows %d: install that version", version, Version), nil)
	case version == Version:
		return nil
	case version == noSchema && (o.ReadOnly || !o.Create):
		return explained(ErrMissing, s.place+" is empty: create a store there, correct the place, or restore a backup", nil)
	case o.ReadOnly:
		return explained(ErrReadOnly, fmt.Sprintf("it was written by an older kubeproof (schema %d, this program needs %d): open it once for writing", version, Version), nil)
	}
	return s.database.migrate(ctx)
}

// upgrade runs the migrations of a dialect that are still to do, each in a transaction of its own.
func upgrade(ctx context.Context, pool *sql.DB, dialect goose.Dialect, folder string) error {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, pool, files, goose.WithTableName(versions),
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the tables to schema %d: %w", Version, plain(err))
	}
	return nil
}

// plain takes goose's words from an error where the database's say it all.
func plain(err error) error {
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		return partial.Err
	}
	return err
}

// pause waits a moment, unless the deadline or the context ends first.
func pause(ctx context.Context, moment time.Duration, deadline time.Time) error {
	if time.Now().Add(moment).After(deadline) {
		return context.DeadlineExceeded
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(moment):
		return nil
	}
}

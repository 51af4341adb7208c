package store

import (
	"bytes"
	"context"
	"os"
	"testing"
)

func TestDurability(t *testing.T) {
	s := create(t, t.TempDir())
	var synchronous, foreign, erase int
	var journal string
	db := s.database.pool(true)
	for query, into := range map[string]any{`PRAGMA synchronous`: &synchronous, `PRAGMA foreign_keys`: &foreign, `PRAGMA journal_mode`: &journal, `PRAGMA secure_delete`: &erase} {
		if err := db.QueryRow(query).Scan(into); err != nil {
			t.Fatal(err)
		}
	}
	if synchronous != 2 || foreign != 1 || journal != "wal" || erase != 1 {
		t.Errorf("synchronous %d, foreign keys %d, journal %s, secure delete %d", synchronous, foreign, journal, erase)
	}
}

// TestSessionsDoNotWaitForTheDisk looks at the connection that writes them. That their changes are whole
// after a crash all the same is the database's promise.
func TestSessionsDoNotWaitForTheDisk(t *testing.T) {
	s := create(t, t.TempDir())
	var synchronous int
	if err := s.database.brief(false).pool.QueryRow(`PRAGMA synchronous`).Scan(&synchronous); err != nil || synchronous != 1 {
		t.Errorf("synchronous %d, %v", synchronous, err)
	}
	if err := s.database.brief(true).pool.QueryRow(`PRAGMA synchronous`).Scan(&synchronous); err != nil || synchronous != 2 {
		t.Errorf("synchronous %d, %v", synchronous, err)
	}
}

func TestErasedBytesAreGone(t *testing.T) {
	s := create(t, t.TempDir())
	secret := []byte("the name of a person that asked to be forgotten")
	update(t, s, func(tx *Tx) error {
		_, err := add(tx, "entry")
		if err == nil {
			err = tx.PutContent(0, nil, secret)
		}
		return err
	})
	if !holds(t, s.Place(), secret) {
		t.Fatal("the test does not find what is there")
	}
	update(t, s, func(tx *Tx) error { return tx.EraseContent(0) })
	if holds(t, s.Place(), secret) {
		t.Error("erased bytes are still in the files")
	}
	// While somebody reads an older state it must stay; the next update then removes it.
	update(t, s, func(tx *Tx) error { return tx.PutContent(0, nil, secret) })
	view(t, s, func(tx *Tx) error {
		_, err := tx.Size()
		update(t, s, func(tx *Tx) error { return tx.EraseContent(0) })
		return err
	})
	update(t, s, func(tx *Tx) error { return tx.PutSetting("any", "thing") })
	if holds(t, s.Place(), secret) {
		t.Error("erased bytes are still in the files after the reader is gone")
	}
}

func holds(t *testing.T, place string, secret []byte) bool {
	t.Helper()
	found := false
	for _, path := range []string{place, place + "-wal"} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found = found || bytes.Contains(content, secret)
	}
	return found
}

func TestAContextThatHasEnded(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		want(t, s.View(ctx, func(tx *Tx) error { _, err := tx.Size(); return err }), context.Canceled, "read the store: ")
		want(t, s.Update(ctx, func(tx *Tx) error { _, err := add(tx, "x"); return err }), context.Canceled, "write to the store: ")
		expectSize(t, s, 0)
	})
}

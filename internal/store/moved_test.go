package store

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMovedFilesAreNotWritten, and when they are back everything goes on.
func TestMovedFilesAreNotWritten(t *testing.T) {
	place := filepath.Join(t.TempDir(), "store.db")
	s := create(t, place)
	if _, err := addEntry(t.Context(), s, "one"); err != nil {
		t.Fatal(err)
	}
	away := place + ".away"
	move := func(from, to string) {
		t.Helper()
		for _, part := range []string{"", "-wal", "-shm"} {
			if err := os.Rename(from+part, to+part); err != nil && part == "" {
				t.Fatal(err)
			}
		}
	}
	size := func(tx *Tx) error { _, err := tx.Size(); return err }
	move(place, away)
	_, err := addEntry(t.Context(), s, "lost")
	want(t, err, ErrMissing, "put it back")
	want(t, s.View(t.Context(), size), ErrMissing, "put it back")
	want(t, s.CommitSession(t.Context(), "token", nil, noon), ErrMissing, "put it back")
	if err := os.WriteFile(place, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = addEntry(t.Context(), s, "lost")
	want(t, err, ErrMissing, "was replaced")
	move(away, place)
	if seq, err := addEntry(t.Context(), s, "two"); err != nil || seq != 1 {
		t.Errorf("entry %d, %v", seq, err)
	}
}

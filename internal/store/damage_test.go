package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// filled makes a store with entries in a closed file.
func filled(t *testing.T, entries int) (path string) {
	t.Helper()
	s := create(t, filepath.Join(t.TempDir(), "store.db"))
	update(t, s, func(tx *Tx) error {
		for range entries {
			if _, err := addWhole(tx, strings.Repeat("x", 500)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.Place()
}

func TestATruncatedDatabase(t *testing.T) {
	whole := filled(t, 300)
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{100, 1000, 4096, 10_000, len(content) / 2, len(content) - 4096, len(content) - 1} {
		place := filepath.Join(t.TempDir(), "cut.db")
		if err := os.WriteFile(place, content[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		for _, o := range []Options{{}, {Create: true}, {ReadOnly: true}} {
			if err := readAll(t, place, o); err == nil {
				t.Errorf("cut at %d of %d it was read to the end", size, len(content))
			} else if !strings.Contains(err.Error(), "restore a backup") {
				t.Errorf("cut at %d: %v", size, err)
			}
		}
		if after, err := os.ReadFile(place); err != nil || !bytes.Equal(after, content[:size]) {
			t.Errorf("cut at %d it was changed, %v", size, err)
		}
	}
}

// readAll opens a store and reads all that is there.
func readAll(t *testing.T, place string, o Options) error {
	s, err := Open(t.Context(), place, o)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.View(t.Context(), func(tx *Tx) error {
		for _, read := range []func() error{
			func() error { return tx.Entries(0, func(int64, []byte) error { return nil }) },
			func() error { return tx.Contents(0, func(int64, []byte, []byte) error { return nil }) },
			func() error { return tx.Records(func(string, string, []byte) error { return nil }) },
			func() error { return tx.Checkpoints(func(int64, []byte) error { return nil }) },
			func() error { return tx.Files(func(string, int64) error { return nil }) },
		} {
			if err := read(); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestOverwrittenPages(t *testing.T) {
	whole := filled(t, 300)
	f, err := os.OpenFile(whole, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, _ := f.Stat()
	for at := int64(40 * 4096); at < info.Size(); at += 7 * 4096 {
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, 4096), at); err != nil {
			t.Fatal(err)
		}
	}
	want(t, readAll(t, whole, Options{}), ErrDamaged, "keep a copy of "+whole+" and restore a backup")
}

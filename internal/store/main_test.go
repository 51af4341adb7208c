package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/kubeproof/kubeproof/test/postgres"
)

// role is the variable that makes the test program one of the processes in children.
const role = "KUBEPROOF_STORE_TEST_ROLE"

// children are what a test has done by processes of their own, given a place and arguments.
var children = map[string]func(place string, arguments []string) error{
	"append":   childAppend,
	"open":     childOpen,
	"merge":    childMerge,
	"sessions": childSessions,
}

func TestMain(m *testing.M) {
	if child := children[os.Getenv(role)]; child != nil {
		if err := child(os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(postgres.Run(m))
}

// forEachDatabase runs a test with an empty place in SQLite and one in PostgreSQL.
func forEachDatabase(t *testing.T, test func(t *testing.T, place string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "store")) })
	t.Run("postgres", func(t *testing.T) { test(t, postgres.Database(t)) })
}

// forEachStore does so with an open store.
func forEachStore(t *testing.T, test func(t *testing.T, s *Store)) {
	forEachDatabase(t, func(t *testing.T, place string) { test(t, create(t, place)) })
}

func create(t testing.TB, place string) *Store {
	t.Helper()
	return mustOpen(t, place, Options{Create: true})
}

func mustOpen(t testing.TB, place string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), place, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func update(t testing.TB, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// add appends a line as a ledger does: with the hashes that it adds to the tree.
func add(tx *Tx, line string) (int64, error) {
	size, err := tx.Size()
	if err != nil {
		return 0, err
	}
	hashes, err := tlog.StoredHashes(size, []byte(line), tx.HashReader())
	if err != nil {
		return 0, err
	}
	return tx.Append([]byte(line), hashes)
}

// addEntry appends one line in an update of its own.
func addEntry(ctx context.Context, s *Store, line string) (seq int64, err error) {
	err = s.Update(ctx, func(tx *Tx) error {
		seq, err = add(tx, line)
		return err
	})
	return seq, err
}

// root computes the hash of the whole tree from the stored hashes.
func root(tx *Tx) (tlog.Hash, error) {
	size, err := tx.Size()
	if err != nil || size == 0 {
		return tlog.Hash{}, err
	}
	return tlog.TreeHash(size, tx.HashReader())
}

// want asserts that an error wraps another and holds a text.
func want(t testing.TB, err, sentinel error, text string) {
	t.Helper()
	if !errors.Is(err, sentinel) || !strings.Contains(err.Error(), text) {
		t.Errorf("the error is %q\nwant one of %q with %q", fmt.Sprint(err), sentinel, text)
	}
}

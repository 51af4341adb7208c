package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kubeproof/kubeproof/test/postgres"
)

// fill writes until the disk is full and gives the number of entries that were kept.
func fill(t *testing.T, s *Store) int64 {
	t.Helper()
	for {
		err := s.Update(t.Context(), func(tx *Tx) error {
			_, err := addWhole(tx, string(bytes.Repeat([]byte("x"), 10_000)))
			return err
		})
		if err != nil {
			want(t, err, ErrFull, "free some space")
			want(t, err, ErrFull, "nothing of this change was kept")
			return expectWhole(t, s)
		}
	}
}

func TestFullDatabase(t *testing.T) {
	place := filepath.Join(t.TempDir(), "small.db")
	s, err := open(t.Context(), place, Options{Create: true}, limits{pages: 200})
	if err != nil {
		t.Fatal(err)
	}
	kept := fill(t, s)
	if kept < 10 {
		t.Errorf("only %d entries were kept", kept)
	}
	big := bytes.Repeat([]byte("y"), 3<<20)
	want(t, s.Update(t.Context(), putFile(big)), ErrFull, "keep the file")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, place, Options{})
	if size := expectWhole(t, s); size != kept {
		t.Errorf("%d entries, then %d", kept, size)
	}
	update(t, s, func(tx *Tx) error { _, err := addWhole(tx, "there is space again"); return err })
	if size := expectWhole(t, s); size != kept+1 {
		t.Errorf("%d entries were kept, then %d", kept, size)
	}
}

// smallDisk mounts a disk of a few bytes, which takes root.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprint("size=", bytes)); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}

func TestFullDisk(t *testing.T) {
	folder := smallDisk(t, 2<<20)
	s, err := Open(t.Context(), folder, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	kept := fill(t, s)
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=20m"); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error { _, err := addWhole(tx, "there is space again"); return err })
	if size := expectWhole(t, s); size != kept+1 {
		t.Errorf("%d entries were kept, then %d", kept, size)
	}
}

// TestNoDiskForANewStore fills the disk before there is a store.
func TestNoDiskForANewStore(t *testing.T) {
	folder := smallDisk(t, 64<<10)
	_ = os.WriteFile(filepath.Join(folder, "filler"), bytes.Repeat([]byte("x"), 64<<10), 0o600)
	_, err := Open(t.Context(), folder, Options{Create: true})
	want(t, err, ErrFull, "free some space")
	if err := os.Remove(filepath.Join(folder, "filler")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=20m"); err != nil {
		t.Fatal(err)
	}
	expectSize(t, create(t, folder), 0)
}

func TestFullPostgres(t *testing.T) {
	server := postgres.Shared(t)
	folder := smallDisk(t, 3<<20)
	if info, err := os.Stat(filepath.Join(server.Dir, "data")); err != nil {
		t.Fatal(err)
	} else if stat := info.Sys().(*syscall.Stat_t); os.Chown(folder, int(stat.Uid), int(stat.Gid)) != nil {
		t.Skip("the disk cannot be given to the server")
	}
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	place := server.Database(t)
	name := filepath.Base(place)
	if err := server.Exec("CREATE TABLESPACE small LOCATION '"+folder+"'", "ALTER DATABASE "+name+" SET default_tablespace = small"); err != nil {
		t.Skipf("the small disk cannot be used: %v", err)
	}
	t.Cleanup(func() {
		_ = server.Exec("DROP DATABASE "+name+" WITH (FORCE)", "DROP TABLESPACE small")
	})
	s := create(t, place)
	kept := fill(t, s)
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=60m"); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error { _, err := addWhole(tx, "there is space again"); return err })
	if size := expectWhole(t, s); size != kept+1 || kept < 3 {
		t.Errorf("%d entries were kept, then %d", kept, size)
	}
}

// TestAnswersOfPostgres holds what people read for each kind of answer of the server.
func TestAnswersOfPostgres(t *testing.T) {
	s := &postgresStore{place: "postgres://u@h:5432/d"}
	for code, wanted := range map[string]error{
		"53100": ErrFull, "55P03": ErrBusy, "53300": ErrBusy, "25006": ErrReadOnly, "42501": ErrDenied, "28P01": ErrDenied,
		"3D000": ErrMissing, "42P07": ErrForeign, "57P01": ErrUnreachable, "XX001": ErrDamaged,
	} {
		err := s.explain(fmt.Errorf("around: %w", &pgconn.PgError{Code: code, Message: "words of the server"}))
		want(t, err, wanted, "postgres://u@h:5432/d")
		want(t, err, wanted, "words of the server (SQLSTATE "+code+")")
	}
	other := fmt.Errorf("around: %w", &pgconn.PgError{Code: "23505", Message: "twice"})
	if err := s.explain(other); err == nil || err.Error() != "twice (SQLSTATE 23505)" {
		t.Error(err)
	}
	if err := s.explain(context.Canceled); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

package store

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asNobody has a child open a store without any special right and gives what it printed. Root may
// write anywhere, so rights can only be tested by somebody else.
func asNobody(t *testing.T, place string, arguments ...string) string {
	t.Helper()
	command := child(t, "open", place, arguments...)
	if os.Geteuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		command.Path = readableCopy(t, command)
		command.Dir = "/"
	}
	printed, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, command.Stderr)
	}
	return strings.TrimSpace(string(printed))
}

// readableCopy puts the test program where everybody may start it.
func readableCopy(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	program, err := os.ReadFile(command.Path)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(openFolder(t), "program")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// openFolder is a folder that everybody may enter and read.
func openFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, one := range []string{folder, filepath.Dir(folder)} {
		if err := os.Chmod(one, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// readable makes a store of two entries that everybody may read, in a folder that only its owner
// may write to.
func readable(t *testing.T) (folder string, s *Store) {
	t.Helper()
	folder = openFolder(t)
	s = create(t, folder)
	for range 2 {
		if _, err := addEntry(t.Context(), s, "entry"); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(s.Place(), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder, s
}

// lock takes the right to write from a folder, for those who are not root.
func lock(t *testing.T, folder string) {
	t.Helper()
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o755) })
}

func TestReadOnlyFolder(t *testing.T) {
	folder, s := readable(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	lock(t, folder)
	if got := asNobody(t, folder); got != "size 2" {
		t.Error(got)
	}
	got := asNobody(t, folder, "write")
	if !strings.HasPrefix(got, "true false") && !strings.HasPrefix(got, "false true") || !strings.Contains(got, "look at the rights of "+s.Place()) {
		t.Error(got)
	}
	got = asNobody(t, filepath.Join(folder, "new"), "create")
	if !strings.HasPrefix(got, "false true") || !strings.Contains(got, "look at the rights of "+filepath.Join(folder, "new")) {
		t.Error(got)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("reading left %v, %v", entries, err)
	}
}

// TestReadOnlyFolderInUse has its owner write while somebody without the right to reads.
func TestReadOnlyFolderInUse(t *testing.T) {
	folder, s := readable(t)
	for _, file := range []string{"-wal", "-shm"} {
		if err := os.Chmod(s.Place()+file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := asNobody(t, folder); got != "size 2" {
		t.Error(got)
	}
	if err := os.Chmod(s.Place()+"-shm", 0); err != nil {
		t.Fatal(err)
	}
	if got := asNobody(t, folder); !strings.HasPrefix(got, "true false") || !strings.Contains(got, "changes wait in "+s.Place()+"-wal: make the folder writable, or copy it and open the copy") {
		t.Error(got)
	}
}

func TestAFileWithoutRights(t *testing.T) {
	folder, s := readable(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.Place(), 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		t.Cleanup(func() { _ = os.Chmod(s.Place(), 0o600) })
	}
	for _, how := range []string{"read", "write"} {
		if got := asNobody(t, folder, how); !strings.HasPrefix(got, "false true") || !strings.Contains(got, "look at the rights of "+s.Place()) {
			t.Error(got)
		}
	}
	if err := os.Chmod(folder, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o755) })
	if got := asNobody(t, s.Place()); !strings.HasPrefix(got, "false true") || !strings.Contains(got, "look at the rights of "+s.Place()+" and its folders") {
		t.Error(got)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	folder := smallDisk(t, 4<<20)
	s := create(t, folder)
	if _, err := addEntry(t.Context(), s, "entry"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	expectSize(t, mustOpen(t, folder, Options{ReadOnly: true}), 1)
	if s, err := Open(t.Context(), folder, Options{}); err == nil {
		_, err = addEntry(t.Context(), s, "more")
		want(t, err, ErrReadOnly, "look at the rights")
		_ = s.Close()
	}
	_, err := Open(t.Context(), filepath.Join(folder, "new"), Options{Create: true})
	want(t, err, ErrReadOnly, "make "+filepath.Join(folder, "new")+" writable, or choose another place")
}

func TestReadOnlyStore(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		create(t, place)
		s := mustOpen(t, place, Options{ReadOnly: true})
		err := s.Update(t.Context(), func(*Tx) error { t.Error("it was called"); return nil })
		want(t, err, ErrReadOnly, "write to the store: the store is read-only: "+s.Place()+" was opened for reading only")
	})
}

// TestAFrozenFileThatChanges has a file change that is read without locks.
func TestAFrozenFileThatChanges(t *testing.T) {
	place := filled(t, 3)
	s := mustOpen(t, place, Options{ReadOnly: true})
	database := s.database.(*sqliteStore)
	database.frozen = freeze(place)
	expectSize(t, s, 3)
	if err := os.Chtimes(place, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	err := s.View(t.Context(), func(*Tx) error { return nil })
	want(t, err, ErrBusy, place+" was written to while it was read without locks: open it again")
}

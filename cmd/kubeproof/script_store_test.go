package main

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/kubeproof/kubeproof/test/postgres"
)

// scripts are tests that stop the PostgreSQL that they have shared.
type scripts struct{ *testing.M }

// Run runs the tests.
func (s scripts) Run() int { return postgres.Run(s.M) }

// testKey is where a script finds its test.
type testKey struct{}

func testOf(ts *testscript.TestScript) testing.TB { return ts.Value(testKey{}).(testing.TB) }

// newDatabase puts the address of an empty PostgreSQL database into a variable: postgres NAME
//
// What follows is skipped where PostgreSQL is not installed.
func newDatabase(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: postgres NAME")
	}
	ts.Setenv(args[0], postgres.Database(testOf(ts)))
}

// runSQL does to a database of SQLite what somebody could who has the file: sqlite FILE STATEMENT...
func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: sqlite FILE STATEMENT...")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	for _, statement := range args[1:] {
		result, err := db.Exec(statement)
		ts.Check(err)
		if n, _ := result.RowsAffected(); n == 0 && strings.HasPrefix(statement, "UPDATE") {
			ts.Fatalf("%s: no row was changed", statement)
		}
	}
}

// mountDisk makes a folder a disk of its own, or gives that disk another size: disk SIZE FOLDER
//
// What follows is skipped for those who may not mount.
func mountDisk(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: disk SIZE FOLDER")
	}
	folder := ts.MkAbs(args[1])
	if syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size="+args[0]) == nil {
		return
	}
	ts.Check(os.MkdirAll(folder, 0o755))
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+args[0]); err != nil {
		testOf(ts).Skipf("a small disk cannot be mounted: %v", err)
	}
	ts.Defer(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
}

// readOnly takes the right to write to a folder, from root too, or gives it back: [!] read-only FOLDER
func readOnly(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] read-only FOLDER")
	}
	folder := ts.MkAbs(args[0])
	switch {
	case os.Geteuid() != 0 && neg:
		ts.Check(os.Chmod(folder, 0o755))
	case os.Geteuid() != 0:
		ts.Check(os.Chmod(folder, 0o555))
		ts.Defer(func() { _ = os.Chmod(folder, 0o755) })
	case neg:
		ts.Check(syscall.Unmount(folder, syscall.MNT_DETACH))
	default:
		if err := syscall.Mount(folder, folder, "", syscall.MS_BIND, ""); err != nil {
			testOf(ts).Skipf("a folder cannot be made read-only for root: %v", err)
		}
		ts.Defer(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
		ts.Check(syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""))
	}
}

// capture puts what a pattern finds in a file, or stdout or stderr, into a variable: capture NAME FILE PATTERN
func capture(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: capture NAME FILE PATTERN")
	}
	pattern, err := regexp.Compile("(?m)" + args[2])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile(args[1]))
	if found == nil {
		ts.Fatalf("%s has no match for %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[len(found)-1])
}

// nowhere checks that no byte of any file holds a text, members of zip files too: [!] nowhere TEXT PATH...
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: [!] nowhere TEXT PATH...")
	}
	var holders []string
	for _, path := range args[1:] {
		ts.Check(filepath.WalkDir(ts.MkAbs(path), func(file string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(file)
			if err == nil && (bytes.Contains(content, []byte(args[0])) || zipHolds(ts, content, args[0])) {
				holders = append(holders, file)
			}
			return err
		}))
	}
	if !neg && len(holders) > 0 {
		ts.Fatalf("%q is in %s", args[0], strings.Join(holders, ", "))
	}
	if neg && len(holders) == 0 {
		ts.Fatalf("%q is nowhere", args[0])
	}
}

func zipHolds(ts *testscript.TestScript, content []byte, text string) bool {
	packed, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return false
	}
	for _, member := range packed.File {
		in, err := member.Open()
		ts.Check(err)
		data, err := io.ReadAll(in)
		ts.Check(err)
		if bytes.Contains(data, []byte(text)) || zipHolds(ts, data, text) {
			return true
		}
	}
	return false
}

package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	folder := t.TempDir()
	for place, wanted := range map[string]string{
		folder:                               "kubeproof.db",
		folder + "/new":                      "new/kubeproof.db",
		folder + "/deep/new/":                "deep/new/kubeproof.db",
		folder + "/file.db":                  "file.db",
		folder + "/no folder/store.sqlite":   "no folder/store.sqlite",
		folder + "/odd ?mode=memory#%41&.db": "odd ?mode=memory#%41&.db",
	} {
		_, err := Open(t.Context(), place, Options{})
		want(t, err, ErrMissing, "there is no store: "+filepath.Join(folder, wanted)+" is not there: create a store there, or correct the place")
		s := create(t, place)
		if s.Place() != filepath.Join(folder, wanted) {
			t.Errorf("%s is at %s", place, s.Place())
		}
		if _, err := addEntry(t.Context(), s, "entry"); err != nil {
			t.Error(err)
		}
		expectMode(t, s.Place(), 0o600)
		expectMode(t, s.Place()+"-wal", 0o600)
		expectSize(t, mustOpen(t, place, Options{}), 1)
		expectSize(t, mustOpen(t, s.Place(), Options{ReadOnly: true}), 1)
	}
	expectMode(t, folder+"/new", 0o700|fs.ModeDir)
	expectMode(t, folder+"/deep/new", 0o700|fs.ModeDir)
}

func expectMode(t *testing.T, path string, wanted fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode() != wanted {
		t.Errorf("%s has the mode %v, %v", path, info.Mode(), err)
	}
}

func TestNoPlace(t *testing.T) {
	if _, err := Open(t.Context(), "", Options{Create: true}); err == nil || !strings.Contains(err.Error(), "name a folder, a file or a postgres:// URL") {
		t.Error(err)
	}
}

func TestARelativePlaceStaysWhereItIs(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	s := create(t, "here")
	t.Chdir(t.TempDir())
	if _, err := addEntry(t.Context(), s, "entry"); err != nil {
		t.Error(err)
	}
	expectSize(t, mustOpen(t, filepath.Join(folder, "here"), Options{}), 1)
}

func TestPlacesThatHoldNoStore(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := write("text.db", bytes.Repeat([]byte("this is no database\n"), 1000))
	short := write("short.db", []byte("x"))
	foreign := filepath.Join(folder, "foreign.db")
	runSQLite(t, foreign, `CREATE TABLE songs (title TEXT)`)
	for place, wanted := range map[string]error{text: ErrForeign, short: ErrForeign, foreign: ErrForeign, "/dev/null": ErrForeign, filepath.Join(text, "below"): ErrMissing} {
		for _, o := range []Options{{}, {Create: true}, {ReadOnly: true}} {
			if o.Create && wanted == ErrMissing {
				continue // TestAFileInTheWay
			}
			_, err := Open(t.Context(), place, o)
			want(t, err, wanted, place)
		}
	}
	if content, err := os.ReadFile(text); err != nil || len(content) != 20_000 {
		t.Errorf("what was no store was changed: %d bytes, %v", len(content), err)
	}
}

func TestAFileInTheWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), filepath.Join(file, "store"), Options{Create: true})
	if err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Error(err)
	}
}

func TestAnEmptyFile(t *testing.T) {
	place := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(place, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{}, {ReadOnly: true}, {ReadOnly: true, Create: true}} {
		_, err := Open(t.Context(), place, o)
		want(t, err, ErrMissing, place+" is an empty file: create a store there, correct the place, or restore a backup")
	}
	expectSize(t, create(t, place), 0) // as after a crash in the middle of creating it
}

func TestADatabaseWithoutTables(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		if !strings.HasPrefix(place, "postgres") {
			place += ".db"
			runSQLite(t, place, `PRAGMA user_version = 1`)
		}
		for _, o := range []Options{{}, {ReadOnly: true}, {ReadOnly: true, Create: true}} {
			_, err := Open(t.Context(), place, o)
			want(t, err, ErrMissing, "is empty: create a store there, correct the place, or restore a backup")
		}
		expectSize(t, create(t, place), 0)
	})
}

// runSQLite runs statements in a file of SQLite, without a store.
func runSQLite(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestANewerStore(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		s := create(t, place)
		if _, err := s.database.pool(true).Exec(fmt.Sprintf(`INSERT INTO %s (version_id, is_applied) VALUES (%d, true)`, versions, Version+6)); err != nil {
			t.Fatal(err)
		}
		for _, o := range []Options{{}, {Create: true}, {ReadOnly: true}} {
			_, err := Open(t.Context(), place, o)
			want(t, err, ErrNewer, fmt.Sprintf("open the store %s: the store was written by a newer kubeproof: schema %d, this program knows %d: install that version", s.Place(), Version+6, Version))
		}
	})
}

func TestAnUnfinishedMigration(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		s := create(t, place)
		for _, table := range []string{"entries", "checkpoints"} { // their rows cannot be deleted
			if _, err := s.database.pool(true).Exec(`DROP TABLE ` + table + map[bool]string{true: " CASCADE"}[strings.HasPrefix(place, "postgres")]); err != nil {
				t.Fatal(err)
			}
		}
		statements := []string{`DROP TABLE inventory_parts`, `DROP TABLE inventories`, `DROP TABLE upload_parts`, `DROP TABLE uploads`, `DROP TABLE saved_views`, `DROP TABLE links`,
			`DROP TABLE finding_details`, `DROP TABLE finding_events`, `DROP TABLE finding_counts`, `DROP TABLE finding_places`, `DROP TABLE finding_namespaces`, `DROP TABLE finding_days`,
			`DROP TABLE finding_fixes`, `DROP TABLE findings`, `DROP TABLE scans`, `DROP TABLE sources`, `DROP TABLE numbers`, `DROP TABLE accounts`, `DROP TABLE sessions`,
			`DROP TABLE api_tokens`, `DROP TABLE answered`, `DROP TABLE contents`, `DROP TABLE records`, `DROP TABLE file_parts`, `DROP TABLE files`, `DROP TABLE settings`, `DELETE FROM ` + versions + ` WHERE version_id > 0`}
		if strings.HasPrefix(place, "postgres") {
			statements = append(statements, `DROP FUNCTION kubeproof_refuse, kubeproof_entry_in_order, kubeproof_checkpoint_in_order`)
		}
		for _, statement := range statements {
			if _, err := s.database.pool(true).Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Open(t.Context(), place, Options{ReadOnly: true})
		want(t, err, ErrReadOnly, fmt.Sprintf("it was written by an older kubeproof (schema 0, this program needs %d): open it once for writing", Version))
		expectSize(t, mustOpen(t, place, Options{}), 0)
	})
}

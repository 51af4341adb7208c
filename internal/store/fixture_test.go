package store

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/test/postgres"
)

// writeFixtures makes the stores of this version that later ones must be able to open. It is for
// the release of a new version; what was released is never written again:
// go test ./internal/store -run TestOldStores -write-fixtures
var writeFixtures = flag.Bool("write-fixtures", false, "write the fixtures of the present schema version, if there are none")

func fixture(database string, version int) string {
	return filepath.Join("testdata", fmt.Sprintf("%s-v%d.sql", database, version))
}

// fillFixture writes something of each kind.
func fillFixture(tx *Tx) error {
	for i, line := range []string{`{"seq":0,"action":"begin"}`, "", "\x00\xff", "two\nlines", "it's the last"} {
		seq, err := add(tx, line)
		if err != nil {
			return err
		}
		if i%2 == 0 {
			err = tx.PutContent(seq, []byte("salt"), []byte(fmt.Sprint("content of ", seq)))
		}
		if err := errors.Join(err, tx.PutCheckpoint(seq+1, []byte("origin\n1\nhash=\n"))); err != nil {
			return err
		}
	}
	return errors.Join(tx.PutRecord("answer", "ä/1", []byte(`{"value":"yes"}`)), tx.PutRecord("answer", "b", nil),
		putFile([]byte("evidence"))(tx), putFile(nil)(tx), tx.PutSetting("origin", "example.com/log"))
}

// contentOf writes down all that a store holds.
func contentOf(t testing.TB, s *Store) string {
	t.Helper()
	var b strings.Builder
	view(t, s, func(tx *Tx) error {
		origin, err := tx.Setting("origin")
		hash, unhashed := root(tx)
		fmt.Fprintf(&b, "origin %s root %s\n", origin, hash)
		return errors.Join(err, unhashed,
			tx.Entries(0, func(seq int64, line []byte) error { fmt.Fprintf(&b, "entry %d %q\n", seq, line); return nil }),
			tx.Contents(0, func(seq int64, salt, data []byte) error {
				fmt.Fprintf(&b, "content %d %q %q\n", seq, salt, data)
				return nil
			}),
			tx.Checkpoints(func(size int64, note []byte) error { fmt.Fprintf(&b, "checkpoint %d %q\n", size, note); return nil }),
			tx.Records(func(kind, id string, data []byte) error {
				fmt.Fprintf(&b, "record %s %s %q\n", kind, id, data)
				return nil
			}),
			tx.Files(func(digest string, size int64) error {
				r, _, err := tx.OpenFile(digest)
				if err != nil {
					return err
				}
				content, err := io.ReadAll(r)
				fmt.Fprintf(&b, "file %s %d %q\n", digest, size, content)
				return err
			}))
	})
	return b.String()
}

// TestOldStores opens a store of every version that was ever released, on both databases.
func TestOldStores(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		fresh := create(t, place)
		update(t, fresh, fillFixture)
		fillServer(t, fresh)
		fillPages(t, fresh)
		database := strings.TrimPrefix(t.Name(), "TestOldStores/")
		for version := 1; version <= Version; version++ {
			if *writeFixtures && version == Version {
				write(t, fixture(database, version), place, fresh)
			}
			text, err := os.ReadFile(fixture(database, version))
			if err != nil {
				t.Fatalf("version %d has no fixture: release it with -write-fixtures: %v", version, err)
			}
			s := mustOpen(t, load(t, database, string(text)), Options{})
			if diff := cmp.Diff(contentOf(t, fresh), contentOf(t, s)); diff != "" {
				t.Errorf("version %d: %s", version, diff)
			}
			if version >= 2 {
				if diff := cmp.Diff(serverContentOf(t, fresh), serverContentOf(t, s)); diff != "" {
					t.Errorf("version %d: %s", version, diff)
				}
			}
			if version >= 3 {
				if diff := cmp.Diff(pagesContentOf(t, fresh), pagesContentOf(t, s)); diff != "" {
					t.Errorf("version %d: %s", version, diff)
				}
			}
			mustMerge(t, s, scanOf("more", 0), ranAll, false, row("a", "one", "low"))
			if diff := cmp.Diff(tables(t, fresh), tables(t, s)); diff != "" {
				t.Errorf("version %d has other tables than a new store: %s", version, diff)
			}
			if seq, err := addEntry(t.Context(), s, "more"); err != nil || seq != 5 {
				t.Errorf("version %d: entry %d, %v", version, seq, err)
			}
			view(t, s, func(tx *Tx) error { return expectTree(t, tx) })
			if _, err := s.database.pool(true).Exec(`DELETE FROM entries`); err == nil {
				t.Errorf("version %d: entries can be deleted", version)
			}
		}
	})
}

// load makes a database of a fixture.
func load(t *testing.T, database, text string) (place string) {
	t.Helper()
	driver := "sqlite"
	place = filepath.Join(t.TempDir(), "old.db")
	if database == "postgres" {
		driver, place = "pgx", postgres.Database(t)
	}
	db, err := sql.Open(driver, place)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(text); err != nil {
		t.Fatal(err)
	}
	return place
}

// tables describes the tables, columns and triggers of a store.
func tables(t *testing.T, s *Store) (all []string) {
	t.Helper()
	query := `SELECT type || ' ' || name || ': ' || COALESCE(sql, '') FROM sqlite_schema WHERE name <> '` + versions + `' ORDER BY 1`
	if _, is := s.database.(*postgresStore); is {
		query = `SELECT table_name || '.' || column_name || ': ' || data_type || ' ' || COALESCE(collation_name, '') FROM information_schema.columns WHERE table_schema = current_schema()
			UNION ALL SELECT event_object_table || '.' || trigger_name || ': ' || event_manipulation || ' ' || action_statement FROM information_schema.triggers
			UNION ALL SELECT indexname || ': ' || indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1`
	}
	rows, err := s.database.pool(false).Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if len(all) < 8 {
		t.Errorf("only %v", all)
	}
	return all
}

// write dumps a store with its database's own program, and leaves a fixture that is there.
func write(t *testing.T, path, place string, s *Store) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	command := exec.Command("sqlite3", s.Place(), ".dump")
	if strings.HasPrefix(place, "postgres") {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
		command = exec.Command(found[len(found)-1], "--inserts", "--no-owner", "--schema=public", place)
	}
	text, err := command.Output()
	if err != nil {
		t.Fatalf("dump the store: %v", err)
	}
	// What belongs to the program that loads it, and to this server.
	text = regexp.MustCompile(`(?m)^(\\.*|--.*|SET .*|SELECT pg_catalog\.set_config.*|CREATE SCHEMA.*|COMMENT ON SCHEMA.*)?\n`).ReplaceAll(text, nil)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

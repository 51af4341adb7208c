package store

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
)

// lines are what entries may hold: the store looks at nothing.
var lines = []string{`{"seq":0}`, "", "\x00\xff\xfe not text", "two\nlines", strings.Repeat("long ", 50_000)}

func TestEntries(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		var wanted []string
		update(t, s, func(tx *Tx) error {
			for i := range 1100 { // more than two pages
				line := lines[i%len(lines)]
				if i > 20 {
					line = fmt.Sprintf("entry %d", i)
				}
				if seq, err := add(tx, line); err != nil || seq != int64(i) {
					return fmt.Errorf("entry %d got the number %d: %w", i, seq, err)
				}
				wanted = append(wanted, line)
			}
			return nil
		})
		for _, from := range []int64{0, 1, 511, 512, 513, 1099, 1100, 5000} {
			view(t, s, func(tx *Tx) error {
				var got []string
				err := tx.Entries(from, func(seq int64, line []byte) error {
					if seq != from+int64(len(got)) {
						return fmt.Errorf("entry %d comes as the %dth from %d", seq, len(got), from)
					}
					got = append(got, string(line))
					return nil
				})
				if rest := wanted[min(int(from), len(wanted)):]; len(rest) > 0 && !cmp.Equal(rest, got) {
					t.Errorf("from %d: %s", from, cmp.Diff(rest, got))
				}
				return err
			})
		}
	})
}

func TestHashesAreThoseOfTheTree(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		var stored []tlog.Hash // tlog's own way to keep them
		reader := tlog.HashReaderFunc(func(indexes []int64) (all []tlog.Hash, err error) {
			for _, i := range indexes {
				all = append(all, stored[i])
			}
			return all, nil
		})
		for i := range int64(70) {
			line := fmt.Sprintf("entry %d", i)
			hashes, err := tlog.StoredHashes(i, []byte(line), reader)
			if err != nil {
				t.Fatal(err)
			}
			stored = append(stored, hashes...)
			if _, err := addEntry(t.Context(), s, line); err != nil {
				t.Fatal(err)
			}
		}
		view(t, s, func(tx *Tx) error {
			var indexes []int64
			for i := range stored {
				indexes = append(indexes, int64(i))
			}
			got, err := tx.HashReader().ReadHashes(indexes)
			if diff := cmp.Diff(stored, got); diff != "" {
				t.Error(diff)
			}
			if _, err := tx.HashReader().ReadHashes([]int64{int64(len(stored))}); err == nil {
				t.Error("a hash was read that is not there")
			}
			return err
		})
	})
}

func TestAppendRefusesHashesThatDoNotFit(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		err := s.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.Append([]byte("x"), make([]tlog.Hash, 2))
			return err
		})
		if err == nil || err.Error() != "append an entry: entry 0 adds 1 hashes to the tree, not 2" {
			t.Error(err)
		}
	})
}

func TestContents(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		big := bytes.Repeat([]byte("content "), 300_000) // more than a page in three
		update(t, s, func(tx *Tx) error {
			for i := range int64(10) {
				if _, err := add(tx, "entry"); err != nil {
					return err
				}
				if err := tx.PutContent(i, []byte{byte(i)}, big); err != nil {
					return err
				}
			}
			return tx.EraseContent(4)
		})
		if err := s.Update(t.Context(), func(tx *Tx) error { return tx.PutContent(10, nil, nil) }); err == nil {
			t.Error("a content was kept without its entry")
		}
		if err := s.Update(t.Context(), func(tx *Tx) error { return tx.PutContent(3, nil, nil) }); err == nil {
			t.Error("a content was replaced")
		}
		update(t, s, func(tx *Tx) error { return errors.Join(tx.EraseContent(7), tx.EraseContent(7), tx.EraseContent(99)) })
		var got []int64
		view(t, s, func(tx *Tx) error {
			return tx.Contents(2, func(seq int64, salt, data []byte) error {
				if !bytes.Equal(salt, []byte{byte(seq)}) || !bytes.Equal(data, big) {
					t.Errorf("content %d is another", seq)
				}
				got = append(got, seq)
				return nil
			})
		})
		if diff := cmp.Diff([]int64{2, 3, 5, 6, 8, 9}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCheckpoints(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			if size, note, err := tx.Checkpoint(); size != -1 || note != nil || err != nil {
				t.Errorf("without a checkpoint: %d, %q, %v", size, note, err)
			}
			for range 5 {
				if _, err := add(tx, "entry"); err != nil {
					return err
				}
			}
			return errors.Join(tx.PutCheckpoint(2, []byte("two")), tx.PutCheckpoint(5, []byte("five")), tx.PutCheckpoint(5, []byte("five again")))
		})
		for _, size := range []int64{-1, 4, 6} {
			if err := s.Update(t.Context(), func(tx *Tx) error { return tx.PutCheckpoint(size, nil) }); err == nil {
				t.Errorf("a checkpoint of size %d was taken", size)
			}
		}
		view(t, s, func(tx *Tx) error {
			if size, note, err := tx.Checkpoint(); size != 5 || string(note) != "five again" || err != nil {
				t.Errorf("the newest: %d, %q, %v", size, note, err)
			}
			var got []string
			err := tx.Checkpoints(func(size int64, note []byte) error {
				got = append(got, fmt.Sprint(size, " ", string(note)))
				return nil
			})
			if diff := cmp.Diff([]string{"2 two", "5 five", "5 five again"}, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func TestRecordsAreOrderedByBytes(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			for _, key := range []string{"b/1", "a/b", "a/B", "a/ä", "a/a", "B/x", "a/10", "a/9", "a/z", "a/😀", "a/~", "ab/c", "a b/c"} {
				kind, id, _ := strings.Cut(key, "/")
				if err := tx.PutRecord(kind, id, []byte("old")); err != nil {
					return err
				}
			}
			return errors.Join(tx.PutRecord("a", "a", []byte("new")), tx.DeleteRecord("a", "z"), tx.DeleteRecord("a", "not there"))
		})
		wanted := []string{"B/x old", "a/10 old", "a/9 old", "a/B old", "a/a new", "a/b old", "a/~ old", "a/ä old", "a/😀 old", "a b/c old", "ab/c old", "b/1 old"}
		if diff := cmp.Diff(wanted, records(t, s)); diff != "" {
			t.Error(diff)
		}
		update(t, s, func(tx *Tx) error { return errors.Join(tx.DeleteRecords(), tx.PutRecord("made", "anew", nil)) })
		if diff := cmp.Diff([]string{"made/anew "}, records(t, s)); diff != "" {
			t.Error(diff)
		}
	})
}

func records(t testing.TB, s *Store) (all []string) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		return tx.Records(func(kind, id string, data []byte) error {
			all = append(all, kind+"/"+id+" "+string(data))
			return nil
		})
	})
	return all
}

func TestNamesAreText(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		for _, name := range []string{"", "a\x00b", "\xff"} {
			for what, put := range map[string]func(*Tx) error{
				"kind":    func(tx *Tx) error { return tx.PutRecord(name, "id", nil) },
				"id":      func(tx *Tx) error { return tx.PutRecord("kind", name, nil) },
				"setting": func(tx *Tx) error { return tx.PutSetting(name, "value") },
			} {
				if err := s.Update(t.Context(), put); err == nil {
					t.Errorf("the %s %q was taken", what, name)
				}
			}
		}
	})
}

func TestSettings(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.PutSetting("origin", "one"), tx.PutSetting("origin", "two"), tx.PutSetting("empty", ""))
		})
		view(t, s, func(tx *Tx) error {
			for name, wanted := range map[string]string{"origin": "two", "empty": "", "absent": ""} {
				if value, err := tx.Setting(name); value != wanted || err != nil {
					t.Errorf("%s is %q, %v", name, value, err)
				}
			}
			return nil
		})
	})
}

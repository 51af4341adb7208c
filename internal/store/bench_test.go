package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/test/postgres"
)

// line is about as long as those of a ledger.
var line = strings.Repeat("a line of the ledger ", 25)

func benchmarkEach(b *testing.B, bench func(b *testing.B, s *Store)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, create(b, filepath.Join(b.TempDir(), "store"))) })
	b.Run("postgres", func(b *testing.B) { bench(b, create(b, postgres.Database(b))) })
}

// addMany appends entries in one update, each with a content and a record.
func addMany(b *testing.B, s *Store, count int, whole bool) {
	b.Helper()
	update(b, s, func(tx *Tx) error {
		for i := range count {
			seq, err := add(tx, line)
			if err == nil && whole {
				err = tx.PutContent(seq, []byte("salt"), []byte(line))
			}
			if err == nil && whole {
				err = tx.PutRecord("answer", fmt.Sprint(i), []byte(line))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, count := range []int{1, 1000} {
		for name, whole := range map[string]bool{"entry": false, "entry with content and record": true} {
			b.Run(fmt.Sprint(count, " ", name), func(b *testing.B) {
				benchmarkEach(b, func(b *testing.B, s *Store) {
					for b.Loop() {
						addMany(b, s, count, whole)
					}
					b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*count), "µs/entry")
				})
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	benchmarkEach(b, func(b *testing.B, s *Store) {
		for range 10 {
			addMany(b, s, 10_000, false)
		}
		b.Run("100000 entries", func(b *testing.B) {
			for b.Loop() {
				count := 0
				view(b, s, func(tx *Tx) error {
					return tx.Entries(0, func(int64, []byte) error { count++; return nil })
				})
				if count != 100_000 {
					b.Fatalf("%d entries", count)
				}
			}
		})
		b.Run("hash of the tree", func(b *testing.B) {
			for b.Loop() {
				view(b, s, func(tx *Tx) error { _, err := root(tx); return err })
			}
		})
		b.Run("size", func(b *testing.B) {
			for b.Loop() {
				view(b, s, func(tx *Tx) error { _, err := tx.Size(); return err })
			}
		})
	})
}

func BenchmarkOpen(b *testing.B) {
	benchmarkEach(b, func(b *testing.B, s *Store) {
		place := s.Place()
		if _, is := s.database.(*postgresStore); is {
			b.Skip("the place is without its password")
		}
		for b.Loop() {
			other, err := Open(b.Context(), place, Options{})
			if err != nil {
				b.Fatal(err)
			}
			_ = other.Close()
		}
	})
}

func BenchmarkSessions(b *testing.B) {
	benchmarkEach(b, func(b *testing.B, s *Store) {
		later := time.Now().Add(time.Hour)
		for i := range 2000 {
			if err := s.CommitSession(b.Context(), fmt.Sprint(i), []byte(line), later); err != nil {
				b.Fatal(err)
			}
		}
		b.Run("find", func(b *testing.B) {
			for b.Loop() {
				if _, found, err := s.FindSession(b.Context(), "1000"); err != nil || !found {
					b.Fatal(found, err)
				}
			}
		})
		b.Run("commit", func(b *testing.B) {
			for b.Loop() {
				if err := s.CommitSession(b.Context(), "1000", []byte(line), later); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("delete", func(b *testing.B) {
			for b.Loop() {
				if err := s.DeleteSession(b.Context(), "none"); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

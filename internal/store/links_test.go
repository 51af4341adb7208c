package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func take(ctx context.Context, s *Store, digest string, now time.Time) (person string, err error) {
	err = s.Update(ctx, func(tx *Tx) error {
		person, err = tx.TakeLink(digest, now)
		return err
	})
	return person, err
}

// TestLinksAreGoodOnce, until they expire or a newer one of the person is made.
func TestLinksAreGoodOnce(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		ends := noon.Add(time.Hour)
		put := func(digest, person string) {
			t.Helper()
			update(t, s, func(tx *Tx) error { return tx.PutLink(digest, person, ends) })
		}
		put("a", "anna")
		put("b", "bert")
		put("c", "carl")
		put("a2", "anna")
		for _, step := range []struct {
			digest string
			at     time.Time
			person string
		}{
			{"a", noon, ""},
			{"a2", ends, ""},
			{"a2", ends.Add(-time.Microsecond), "anna"},
			{"a2", noon, ""},
			{"B", noon, ""},
			{"b", noon, "bert"},
			{"none", noon, ""},
		} {
			if person, err := take(t.Context(), s, step.digest, step.at); person != step.person || err != nil {
				t.Errorf("%s at %s: %q, %v", step.digest, step.at, person, err)
			}
		}
		put("c", "dora") // the digest is taken over, not held twice
		if person, err := take(t.Context(), s, "c", noon); person != "dora" || err != nil {
			t.Errorf("%q, %v", person, err)
		}
		put("e", "emil")
		if err := s.DeleteExpired(t.Context(), ends); err != nil {
			t.Fatal(err)
		}
		if n := rowsIn(t, s, "links"); n != 0 {
			t.Errorf("%d links stay", n)
		}
	})
}

// TestALinkIsTakenByOne of many who come at once, and by nobody where the change is given up.
func TestALinkIsTakenByOne(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error { return tx.PutLink("a", "anna", noon.Add(time.Hour)) })
		given := errors.New("given up")
		if err := s.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.TakeLink("a", noon)
			return errors.Join(err, given)
		}); !errors.Is(err, given) {
			t.Fatal(err)
		}
		var taken atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				person, err := take(t.Context(), s, "a", noon)
				if err != nil {
					t.Error(err)
				}
				if person != "" {
					taken.Add(1)
				}
			})
		}
		all.Wait()
		if taken.Load() != 1 {
			t.Errorf("%d took the link", taken.Load())
		}
	})
}

func TestLinksRefuseNonsense(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		for _, bad := range [][2]string{{"", "anna"}, {"a", ""}, {"\xff", "anna"}, {"a", "a\x00"}} {
			if err := s.Update(t.Context(), func(tx *Tx) error { return tx.PutLink(bad[0], bad[1], noon) }); err == nil {
				t.Errorf("%q is taken", bad)
			}
		}
		view(t, s, func(tx *Tx) error {
			if _, err := tx.TakeLink("a", noon); !errors.Is(err, ErrReadOnly) {
				t.Errorf("a view takes a link: %v", err)
			}
			_, err := tx.Link(strings.Repeat("x", 1<<20), noon)
			return err
		})
	})
}

package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestUpdateIsAllOrNothing(t *testing.T) {
	failure := errors.New("no")
	forEachStore(t, func(t *testing.T, s *Store) {
		everything := func(tx *Tx) error {
			seq, err := add(tx, "entry")
			return errors.Join(err, tx.PutContent(seq, nil, []byte("content")), tx.PutCheckpoint(seq+1, nil), tx.PutRecord("a", "b", nil), tx.PutSetting("c", "d"))
		}
		if err := s.Update(t.Context(), func(tx *Tx) error { return errors.Join(everything(tx), failure) }); !errors.Is(err, failure) {
			t.Errorf("the function's error came back as %v", err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = s.Update(t.Context(), func(tx *Tx) error { panic(everything(tx)) })
		}()
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Update(ctx, func(tx *Tx) error { defer cancel(); return everything(tx) })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a canceled update gave %v", err)
		}
		expectSize(t, s, 0)
		if all := records(t, s); len(all) > 0 {
			t.Errorf("left over: %v", all)
		}
		update(t, s, everything)
		expectSize(t, s, 1)
	})
}

func expectSize(t testing.TB, s *Store, wanted int64) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		size, err := tx.Size()
		if size != wanted {
			t.Errorf("the ledger has %d entries, not %d", size, wanted)
		}
		return err
	})
}

func TestAnOverlookedErrorIsNotCommitted(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		err := s.Update(t.Context(), func(tx *Tx) error {
			_, _ = add(tx, "entry")
			_ = tx.PutContent(99, nil, nil) // there is no such entry
			return tx.PutRecord("a", "b", nil)
		})
		if err == nil {
			t.Error("an update went through in which a statement had failed")
		}
		expectSize(t, s, 0)
		if err := s.Update(t.Context(), func(tx *Tx) error { _ = tx.PutContent(99, nil, nil); return nil }); err == nil {
			t.Error("an error that was overlooked was not given")
		}
	})
}

func TestViewSeesOneState(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		_, _ = addEntry(t.Context(), s, "first")
		view(t, s, func(tx *Tx) error {
			before, err := tx.Size()
			if err != nil {
				return err
			}
			if _, err := addEntry(t.Context(), s, "second"); err != nil {
				return err
			}
			count := int64(0)
			err = tx.Entries(0, func(int64, []byte) error { count++; return nil })
			if before != 1 || count != 1 {
				t.Errorf("the view saw %d and then %d entries", before, count)
			}
			return err
		})
		expectSize(t, s, 2)
	})
}

func TestViewCannotWrite(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		for name, write := range map[string]func(*Tx) error{
			"append":  func(tx *Tx) error { _, err := add(tx, "x"); return err },
			"record":  func(tx *Tx) error { return tx.PutRecord("a", "b", nil) },
			"records": func(tx *Tx) error { return tx.DeleteRecords() },
			"file":    func(tx *Tx) error { return tx.PutFile(digestOf(nil), 0, nil) },
		} {
			err := s.View(t.Context(), write)
			if !errors.Is(err, ErrReadOnly) {
				t.Errorf("%s in a view gave %v", name, err)
			}
		}
	})
}

func TestWalkingMayUseTheTransaction(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			for i := range 600 {
				if _, err := add(tx, fmt.Sprint("entry ", i)); err != nil {
					return err
				}
			}
			return tx.Entries(0, func(seq int64, line []byte) error {
				if _, err := tx.HashReader().ReadHashes([]int64{seq}); err != nil {
					return err
				}
				return tx.PutRecord("entry", fmt.Sprintf("%04d", seq), line)
			})
		})
		if n := len(records(t, s)); n != 600 {
			t.Errorf("%d records", n)
		}
	})
}

func TestWalkingStopsAtAnError(t *testing.T) {
	enough := errors.New("enough")
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error { return errors.Join(tx.PutRecord("a", "1", nil), tx.PutRecord("a", "2", nil)) })
		calls := 0
		err := s.View(t.Context(), func(tx *Tx) error {
			return tx.Records(func(string, string, []byte) error { calls++; return enough })
		})
		if calls != 1 || !errors.Is(err, enough) {
			t.Errorf("%d calls, %v", calls, err)
		}
	})
}

func TestUpdateWaitsForAnother(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		first, second := create(t, place), create(t, place) // as two processes would
		inside, leave := make(chan bool), make(chan bool)
		done := make(chan error)
		go func() {
			done <- first.Update(context.Background(), func(tx *Tx) error { close(inside); <-leave; _, err := add(tx, "x"); return err })
		}()
		<-inside
		for name, s := range map[string]*Store{"the same": first, "another": second} {
			short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			err := s.Update(short, func(*Tx) error { t.Error("two writers at once"); return nil })
			cancel()
			if !errors.Is(err, ErrBusy) {
				t.Errorf("%s store gave %v", name, err)
			}
			expectSize(t, s, 0) // readers do not wait
		}
		go func() { time.Sleep(50 * time.Millisecond); close(leave) }()
		seq, err := addEntry(t.Context(), second, "y")
		if err := errors.Join(err, <-done); err != nil || seq != 1 {
			t.Errorf("the second writer got %d, %v", seq, err)
		}
	})
}

func TestPatienceEnds(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		first := create(t, place)
		second, err := open(t.Context(), place, Options{}, limits{patience: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		update(t, first, func(tx *Tx) error {
			began := time.Now()
			_, err := addEntry(t.Context(), second, "x")
			want(t, err, ErrBusy, "write to the store: the store is busy: another process")
			if took := time.Since(began); took < 150*time.Millisecond {
				t.Errorf("it waited %v only", took)
			}
			return nil
		})
		expectSize(t, second, 0)
		if _, err := addEntry(t.Context(), second, "x"); err != nil {
			t.Error(err)
		}
	})
}

func TestATransactionEndsWithItsFunction(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		var kept *Tx
		update(t, s, func(tx *Tx) error { kept = tx; return nil })
		if err := kept.PutRecord("a", "b", nil); err == nil {
			t.Error("a transaction was used after its end")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.View(t.Context(), func(*Tx) error { return nil }); err == nil {
			t.Error("a store was used after its end")
		}
	})
}

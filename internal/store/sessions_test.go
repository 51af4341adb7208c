package store

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"
)

// expectSession demands that a session holds a text, or is not there.
func expectSession(t *testing.T, s *Store, token, wanted string) {
	t.Helper()
	data, found, err := s.FindSession(t.Context(), token)
	if err != nil || found != (wanted != "") || string(data) != wanted {
		t.Errorf("the session %q holds %q, %v, %v", token, data, found, err)
	}
}

func TestSessions(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		soon := time.Now().Add(time.Hour)
		ctx := t.Context()
		err := errors.Join(
			s.CommitSessionOf(ctx, "one", "anna", []byte("1"), soon), s.CommitSession(ctx, "one", []byte("1 again"), soon),
			s.CommitSession(ctx, "two", []byte("2"), soon), s.CommitSessionOf(ctx, "two", "bert", []byte("2"), soon),
			s.CommitSession(ctx, "three", []byte("3"), soon), s.CommitSession(ctx, "past", []byte("p"), time.Now().Add(-time.Second)),
			s.CommitSessionOf(ctx, "\xff\x00", "anna", []byte("\x00\xff"), soon))
		if err != nil {
			t.Fatal(err)
		}
		expectSession(t, s, "one", "1 again")
		expectSession(t, s, "two", "2")
		expectSession(t, s, "past", "")
		expectSession(t, s, "", "")
		expectSession(t, s, "\xff\x00", "\x00\xff")
		if err := errors.Join(s.DeleteSessionsOf(ctx, "anna"), s.DeleteSession(ctx, "two"), s.DeleteSession(ctx, "two")); err != nil {
			t.Fatal(err)
		}
		for token, wanted := range map[string]string{"one": "", "two": "", "\xff\x00": "", "three": "3"} {
			expectSession(t, s, token, wanted)
		}
		update(t, s, func(tx *Tx) error { return tx.DeleteAccount("nobody") })
		if err := s.DeleteExpired(ctx, time.Now()); err != nil {
			t.Fatal(err)
		}
		expectRows(t, s, "sessions", 1)
		if err := s.CommitSession(ctx, "big", make([]byte, maxSession+1), soon); err == nil {
			t.Error("a session of any size was taken")
		}
	})
}

// expectRows demands a number of rows of a table.
func expectRows(t testing.TB, s *Store, table string, wanted int) {
	t.Helper()
	var rows int
	if err := s.database.pool(false).QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&rows); err != nil || rows != wanted {
		t.Errorf("%d rows of %s, not %d: %v", rows, table, wanted, err)
	}
}

func TestTokensOfSessionsAreNotKept(t *testing.T) {
	s := create(t, t.TempDir())
	token := []byte("a very secret token of a session")
	if err := s.CommitSession(t.Context(), string(token), []byte("the data of it"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !holds(t, s.Place(), []byte("the data of it")) || holds(t, s.Place(), token) {
		t.Error("the files hold the token, or not the data")
	}
}

func TestSessionsDoNotWaitLong(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		s := create(t, place)
		if err := s.CommitSession(t.Context(), "there", []byte("x"), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		update(t, s, func(tx *Tx) error {
			if _, err := add(tx, "a long change"); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			expectSession(t, s, "there", "x")
			err := s.CommitSession(ctx, "new", []byte("x"), time.Now().Add(time.Hour))
			if _, is := s.database.(*postgresStore); is && err != nil {
				t.Errorf("it waited for a change of the ledger: %v", err)
			} else if !is {
				want(t, err, ErrBusy, "another process writes to")
			}
			return nil
		})
		if err := s.CommitSession(t.Context(), "new", []byte("x"), time.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
		reader := mustOpen(t, place, Options{ReadOnly: true})
		expectSession(t, reader, "new", "x")
		want(t, reader.CommitSession(t.Context(), "new", nil, time.Now()), ErrReadOnly, "opened for reading only")
	})
}

func TestRemembering(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		later := time.Now().Add(time.Hour)
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.Remember("k1", "POST /scans", []byte("\x00\xff"), later), tx.Remember("old", "r", nil, time.Now().Add(-time.Second)),
				tx.Remember("old", "again", nil, later), tx.Remember("old2", "r", nil, time.Now().Add(-time.Second)))
		})
		want(t, s.Update(t.Context(), func(tx *Tx) error { return tx.Remember("k1", "POST /other", nil, later) }), ErrTaken, "the idempotency key was used already")
		view(t, s, func(tx *Tx) error {
			request, response, found, err := tx.Recall("k1")
			if request != "POST /scans" || !bytes.Equal(response, []byte("\x00\xff")) || !found || err != nil {
				t.Errorf("it recalls %q, %q, %v, %v", request, response, found, err)
			}
			request, _, found, err = tx.Recall("old")
			if request != "again" || !found || err != nil {
				t.Errorf("it recalls %q, %v, %v", request, found, err)
			}
			if _, _, found, err = tx.Recall("old2"); found || err != nil {
				t.Errorf("an expired answer was recalled, %v", err)
			}
			return nil
		})
		if err := s.DeleteExpired(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		expectRows(t, s, "answered", 2)
		for _, bad := range []func(*Tx) error{
			func(tx *Tx) error { return tx.Remember("", "r", nil, later) },
			func(tx *Tx) error { return tx.Remember("\x00", "r", nil, later) },
			func(tx *Tx) error { return tx.Remember("k", "r", make([]byte, maxResponse+1), later) },
		} {
			if err := s.Update(t.Context(), bad); err == nil {
				t.Error("a bad answer was remembered")
			}
		}
	})
}

package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// fillServer writes something of each kind that schema 2 has.
func fillServer(t *testing.T, s *Store) {
	t.Helper()
	later := time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := errors.Join(s.CommitSessionOf(t.Context(), "token", "anna", []byte("\x00data"), later), s.CommitSession(t.Context(), "other", nil, later)); err != nil {
		t.Fatal(err)
	}
	a, b, c := row("a", "one", "critical"), row("b", "two", "info"), row("ä", "two", "info")
	c.Outcome, c.Message, c.Data = "accepted", "it's\nÄ", []byte("\x00\xff")
	for day, findings := range [][]FindingRow{{a, b, c}, {b, c}, {a, b}} {
		mustMerge(t, s, scanOf("s", day), func(control string) bool { return day < 2 || control == "one" }, false, findings...)
	}
	mustMerge(t, s, scanOf("t", 0), ranAll, false, b)
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutAccount(Account{Person: "anna", Login: "Anna", Hash: "$argon2id$", Subject: "i s", Failures: 2, LockedUntil: noon, Created: noon, Changed: noon}),
			tx.PutAccount(Account{Person: "bert"}), tx.PutToken(Token{ID: "t", Person: "anna", Name: "ci", Hash: []byte{0, 1}, Scopes: []string{"a", "b"}, Created: noon, Expires: later, Used: noon}),
			tx.Remember("key", "request", []byte("\x00"), later))
	})
}

// serverContentOf writes down all that of a store.
func serverContentOf(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	data, found, err := s.FindSession(t.Context(), "token")
	fmt.Fprintf(&b, "session %q %v %v\n", data, found, err)
	view(t, s, func(tx *Tx) error {
		request, response, found, err := tx.Recall("key")
		fmt.Fprintf(&b, "answer %q %q %v %v\n", request, response, found, err)
		return errors.Join(
			tx.Accounts(func(a Account) error { fmt.Fprintf(&b, "account %+v\n", a); return nil }),
			tx.TokensOf("anna", func(k Token) error { fmt.Fprintf(&b, "token %+v\n", k); return nil }),
			tx.Scans(ScanFilter{}, func(r ScanRow) error { fmt.Fprintf(&b, "scan %+v\n", r); return nil }))
	})
	for _, f := range allFindings(t, s, FindingFilter{}, "subject") {
		view(t, s, func(tx *Tx) error {
			events, err := tx.FindingHistory(f.ID)
			fmt.Fprintf(&b, "finding %+v\n%+v\n", f, events)
			return err
		})
	}
	view(t, s, func(tx *Tx) error {
		points, err := tx.Trend(FindingFilter{}, noon, noon.Add(3*Day), Day)
		fixes, unread := tx.TimeToFix(FindingFilter{})
		counts, uncounted := tx.CountFindings(FindingFilter{}, "control")
		fmt.Fprintf(&b, "%+v\n%+v\n%+v\n", points, fixes, counts)
		return errors.Join(err, unread, uncounted)
	})
	return b.String()
}

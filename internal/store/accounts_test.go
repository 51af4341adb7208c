package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2027, 3, 1, 12, 0, 0, 123_000, time.UTC)

func TestAccounts(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		anna := Account{Person: "p1", Login: "anna@example.com", Hash: "$argon2id$v=19$...", Subject: "https://id.example.com 4711", Failures: 3, LockedUntil: noon, Created: noon, Changed: noon.Add(time.Hour)}
		bert := Account{Person: "p2", Subject: "https://id.example.com 4712", Created: noon}
		carl := Account{Person: "p3", Created: noon}
		update(t, s, func(tx *Tx) error {
			written := anna
			written.Login = " Anna@EXAMPLE.com"
			return errors.Join(tx.PutAccount(bert), tx.PutAccount(written), tx.PutAccount(carl), tx.PutAccount(Account{Person: "p4", Login: "gone"}), tx.DeleteAccount("p4"), tx.DeleteAccount("p4"))
		})
		var all []Account
		view(t, s, func(tx *Tx) error {
			return tx.Accounts(func(a Account) error { all = append(all, a); return nil })
		})
		if diff := cmp.Diff([]Account{anna, bert, carl}, all); diff != "" {
			t.Error(diff)
		}
		view(t, s, func(tx *Tx) error {
			expect := func(what string, wanted string, got *Account, err error) {
				person := ""
				if got != nil {
					person = got.Person
				}
				if person != wanted || err != nil {
					t.Errorf("%s is %q, %v", what, person, err)
				}
			}
			for login, wanted := range map[string]string{"ANNA@example.com": "p1", "anna": "", "": "", "gone": "", "a\x00": "", "\xff": ""} {
				a, err := tx.AccountByLogin(login)
				expect("the login "+login, wanted, a, err)
			}
			for subject, wanted := range map[string]string{bert.Subject: "p2", "": "", "https://id.example.com 47": ""} {
				a, err := tx.AccountBySubject(subject)
				expect("the subject "+subject, wanted, a, err)
			}
			a, err := tx.Account("p1")
			expect("p1", "p1", a, err)
			a, err = tx.Account("p9")
			expect("p9", "", a, err)
			return nil
		})
	})
}

func TestOneAccountPerLoginAndSubject(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.PutAccount(Account{Person: "p1", Login: "straſse", Subject: "i s"}), tx.PutAccount(Account{Person: "p1", Login: "STRASSE", Subject: "i s"}))
		})
		for _, other := range []Account{{Person: "p2", Login: "Strasse"}, {Person: "p2", Subject: "i s"}} {
			err := s.Update(t.Context(), func(tx *Tx) error { return tx.PutAccount(other) })
			want(t, err, ErrTaken, "put an account: it is taken: another account has the ")
		}
		for _, bad := range []Account{{}, {Person: "\xff"}, {Person: "p", Login: "a\x00"}, {Person: "p", Subject: "\xfe"}} {
			if err := s.Update(t.Context(), func(tx *Tx) error { return tx.PutAccount(bad) }); err == nil {
				t.Errorf("%+v was taken", bad)
			}
		}
		err := s.View(t.Context(), func(tx *Tx) error { return tx.PutAccount(Account{Person: "p3"}) })
		want(t, err, ErrReadOnly, "use an update")
	})
}

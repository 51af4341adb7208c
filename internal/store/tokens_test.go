package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		first := Token{ID: "t1", Person: "anna", Name: "ci ✓", Hash: []byte{1, 0, 255}, Scopes: []string{"scans:write", `"odd", one`}, Created: noon, Expires: noon.Add(time.Hour)}
		second := Token{ID: "t0", Person: "anna", Hash: []byte{2}, Created: noon.Add(time.Second)}
		other := Token{ID: "t2", Person: "bert", Hash: []byte{3}}
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.PutToken(first), tx.PutToken(second), tx.PutToken(other), tx.DeleteToken("none"))
		})
		for _, taken := range []Token{{ID: "t1", Person: "x", Hash: []byte{9}}, {ID: "t9", Person: "x", Hash: []byte{3}}} {
			want(t, s.Update(t.Context(), func(tx *Tx) error { return tx.PutToken(taken) }), ErrTaken, "there is such a token already")
		}
		if err := s.Update(t.Context(), func(tx *Tx) error { return tx.PutToken(Token{ID: "t", Person: "p"}) }); err == nil {
			t.Error("a token without a hash was taken")
		}
		for _, now := range []time.Time{noon, noon.Add(59 * time.Second)} {
			if err := s.NoteTokenUse(t.Context(), "t1", now); err != nil {
				t.Fatal(err)
			}
		}
		first.Used = noon // not again within the minute
		expectTokens(t, s, "anna", first, second)
		if err := errors.Join(s.NoteTokenUse(t.Context(), "t1", noon.Add(time.Minute)), s.NoteTokenUse(t.Context(), "none", noon)); err != nil {
			t.Fatal(err)
		}
		first.Used = noon.Add(time.Minute)
		expectTokens(t, s, "anna", first, second)
		view(t, s, func(tx *Tx) error {
			got, err := tx.TokenByHash(first.Hash)
			none, missing := tx.TokenByHash([]byte{7})
			if diff := cmp.Diff(&first, got); diff != "" || none != nil {
				t.Error(diff, none)
			}
			return errors.Join(err, missing)
		})
		update(t, s, func(tx *Tx) error { return errors.Join(tx.DeleteToken("t1"), tx.DeleteAccount("bert")) })
		expectTokens(t, s, "anna", second)
		expectTokens(t, s, "bert")
	})
}

func expectTokens(t *testing.T, s *Store, person string, wanted ...Token) {
	t.Helper()
	var got []Token
	view(t, s, func(tx *Tx) error {
		return tx.TokensOf(person, func(k Token) error { got = append(got, k); return nil })
	})
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Error(diff)
	}
}

package stored

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/server/api"
	"github.com/kubeproof/kubeproof/internal/store"
	"github.com/kubeproof/kubeproof/test/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Run(m)) }

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, k *Keeper)) {
	for name, place := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() },
		"postgres": func(t *testing.T) string { return postgres.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			opened, err := store.Open(t.Context(), place(t), store.Options{Create: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { opened.Close() })
			test(t, New(opened, time.Now))
		})
	}
}

func TestAccounts(t *testing.T) {
	each(t, func(t *testing.T, k *Keeper) {
		ctx := t.Context()
		if _, err := k.AccountOf(ctx, "anna"); !errors.Is(err, server.ErrUnknown) {
			t.Errorf("an unknown login gives %v", err)
		}
		want := server.Account{Person: "p-1", Login: "anna", Hash: "argon2id..."}
		put := func(account server.Account) error {
			return k.ChangeAccount(ctx, account.Person, func(a *server.Account) error { *a = account; return nil })
		}
		if err := put(want); err != nil {
			t.Fatal(err)
		}
		for name, find := range map[string]func() (server.Account, error){
			"login":  func() (server.Account, error) { return k.AccountOf(ctx, "Anna") },
			"person": func() (server.Account, error) { return k.AccountFor(ctx, "p-1") },
		} {
			if got, err := find(); err != nil || got != want {
				t.Errorf("by %s: %+v, %v", name, got, err)
			}
		}
		if err := put(server.Account{Person: "p-2", Login: "ANNA", Hash: "x"}); !errors.Is(err, server.ErrTaken) {
			t.Errorf("a login that is taken gives %v", err)
		}
		want.Hash, want.Subject, want.Failures, want.LockedUntil = "another", "https://id.example 1", 6, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		if err := put(want); err != nil {
			t.Fatal(err)
		}
		refused := errors.New("no")
		if err := k.ChangeAccount(ctx, "p-1", func(a *server.Account) error { a.Hash = "x"; return refused }); !errors.Is(err, refused) {
			t.Error(err)
		}
		if err := put(server.Account{Person: "p-2", Subject: want.Subject}); !errors.Is(err, server.ErrTaken) {
			t.Errorf("a subject that is taken gives %v", err)
		}
		if got, err := k.AccountBySubject(ctx, want.Subject); err != nil || got != want {
			t.Errorf("by subject: %+v, %v", got, err)
		}
		for _, subject := range []string{"", "https://id.example 2"} {
			if _, err := k.AccountBySubject(ctx, subject); !errors.Is(err, server.ErrUnknown) {
				t.Errorf("subject %q gives %v", subject, err)
			}
		}
		if got, _ := k.AccountFor(ctx, "p-1"); got != want {
			t.Errorf("changed: %+v", got)
		}
	})
}

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, k *Keeper) {
		ctx, now := t.Context(), time.Now().UTC().Truncate(time.Second)
		one := server.Session{ID: "a", Person: "p-1", Made: now, Seen: now, Plan: "main", Flash: "done"}
		other := server.Session{ID: "b", Person: "p-1", Made: now, Seen: now}
		for _, session := range []server.Session{one, other} {
			if err := k.PutSession(ctx, session); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := k.Session(ctx, "a"); err != nil || got != one {
			t.Errorf("%+v, %v", got, err)
		}
		if all, err := k.SessionsOf(ctx, "p-1"); err != nil || len(all) != 2 {
			t.Errorf("sessions of p-1: %+v, %v", all, err)
		}
		if all, err := k.SessionsOf(ctx, "p-2"); err != nil || len(all) != 0 {
			t.Errorf("sessions of p-2: %+v, %v", all, err)
		}
		if err := k.DeleteSession(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		if err := k.DeleteSessionsOf(ctx, "p-1"); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"a", "b"} {
			if _, err := k.Session(ctx, id); !errors.Is(err, server.ErrUnknown) {
				t.Errorf("session %s that was ended gives %v", id, err)
			}
		}
		if err := k.Tidy(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, k *Keeper) {
		ctx, now := t.Context(), time.Now()
		_, hash := api.NewToken()
		if found, err := k.Find(ctx, hash); found != nil || err != nil {
			t.Errorf("an unknown token gives %+v, %v", found, err)
		}
		err := k.store.Update(ctx, func(tx *store.Tx) error {
			return tx.PutToken(store.Token{ID: "t-1", Person: "p-1", Name: "ci", Hash: hash, Scopes: []string{api.ScopeScan}, Created: now, Expires: now.Add(time.Hour)})
		})
		if err != nil {
			t.Fatal(err)
		}
		found, err := k.Find(ctx, hash)
		if err != nil || found == nil || found.Person != "p-1" || found.Scopes[0] != api.ScopeScan {
			t.Errorf("%+v, %v", found, err)
		}
		_, hash = api.NewToken()
		made := server.Token{ID: "t-2", Name: "mine", Scopes: []string{api.ScopeRead}, Created: now.UTC().Truncate(time.Microsecond), Expires: now.Add(time.Hour).UTC().Truncate(time.Microsecond)}
		if err := k.AddToken(ctx, "p-2", hash, made); err != nil {
			t.Fatal(err)
		}
		if all, err := k.TokensOf(ctx, "p-2"); err != nil || len(all) != 1 || all[0].Name != "mine" || !all[0].Expires.Equal(made.Expires) {
			t.Errorf("%+v, %v", all, err)
		}
		if err := k.RevokeToken(ctx, "p-1", "t-2"); !errors.Is(err, server.ErrUnknown) {
			t.Errorf("somebody else's token is revoked: %v", err)
		}
		if err := k.RevokeToken(ctx, "p-2", "t-2"); err != nil {
			t.Fatal(err)
		}
		if found, err := k.Find(ctx, hash); found != nil || err != nil {
			t.Errorf("a token that was revoked gives %+v, %v", found, err)
		}
	})
}

// TestLinks: a link is there for another server on the same store, and works once.
func TestLinks(t *testing.T) {
	each(t, func(t *testing.T, k *Keeper) {
		ctx, now := t.Context(), time.Now()
		other := New(k.store, time.Now)
		if err := k.PutLink(ctx, "d-1", "p-1", now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if person, err := other.Link(ctx, "d-1", now); err != nil || person != "p-1" {
			t.Errorf("%q, %v", person, err)
		}
		if person, err := other.Link(ctx, "d-1", now.Add(2*time.Hour)); err != nil || person != "" {
			t.Errorf("it is too old and gives %q, %v", person, err)
		}
		if err := k.PutLink(ctx, "d-2", "p-1", now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"p-1", ""} {
			if person, err := other.TakeLink(ctx, "d-2", now); err != nil || person != want {
				t.Errorf("take %d gives %q, %v", i, person, err)
			}
		}
		if person, _ := k.Link(ctx, "d-1", now); person != "" {
			t.Error("an older link still counts")
		}
	})
}

// Package stored keeps in a store what pages and API need beside reviews: accounts, sessions, tokens.
// Begin with New.
package stored

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/server/api"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Keeper is the accounts, the sessions and the tokens of a store.
type Keeper struct {
	store *store.Store
	now   func() time.Time
}

// New gives those of a store; now is the clock.
func New(s *store.Store, now func() time.Time) *Keeper { return &Keeper{s, now} }

var (
	_ server.Accounts = (*Keeper)(nil)
	_ server.Sessions = (*Keeper)(nil)
	_ server.Links    = (*Keeper)(nil)
	_ server.Tokens   = (*Keeper)(nil)
	_ api.Tokens      = (*Keeper)(nil)
)

// longest is how long a session is kept at most; when it ends before that the server decides.
const longest = 24 * time.Hour

// AccountOf gives the account of a login.
func (k *Keeper) AccountOf(ctx context.Context, login string) (server.Account, error) {
	return k.account(ctx, func(tx *store.Tx) (*store.Account, error) { return tx.AccountByLogin(login) })
}

// AccountFor gives the account of a person.
func (k *Keeper) AccountFor(ctx context.Context, person string) (server.Account, error) {
	return k.account(ctx, func(tx *store.Tx) (*store.Account, error) { return tx.Account(person) })
}

// AccountBySubject gives the account of an identity of OpenID Connect.
func (k *Keeper) AccountBySubject(ctx context.Context, subject string) (server.Account, error) {
	return k.account(ctx, func(tx *store.Tx) (*store.Account, error) { return tx.AccountBySubject(subject) })
}

func (k *Keeper) account(ctx context.Context, find func(*store.Tx) (*store.Account, error)) (account server.Account, err error) {
	err = k.store.View(ctx, func(tx *store.Tx) error {
		found, err := find(tx)
		if err == nil && found == nil {
			err = server.ErrUnknown
		}
		if err == nil {
			account = accountOf(found)
		}
		return err
	})
	return account, err
}

func accountOf(kept *store.Account) server.Account {
	return server.Account{Person: kept.Person, Login: kept.Login, Hash: kept.Hash, Subject: kept.Subject, Failures: kept.Failures, LockedUntil: kept.LockedUntil}
}

// ChangeAccount changes the account of a person, or makes one.
func (k *Keeper) ChangeAccount(ctx context.Context, person string, change func(*server.Account) error) error {
	err := k.store.Update(ctx, func(tx *store.Tx) error {
		kept, err := tx.Account(person)
		if err != nil {
			return err
		}
		if kept == nil {
			kept = &store.Account{Person: person, Created: k.now()}
		}
		account := accountOf(kept)
		if err := change(&account); err != nil {
			return err
		}
		kept.Login, kept.Hash, kept.Subject, kept.Changed = account.Login, account.Hash, account.Subject, k.now()
		kept.Failures, kept.LockedUntil = account.Failures, account.LockedUntil
		return tx.PutAccount(*kept)
	})
	if errors.Is(err, store.ErrTaken) {
		return server.ErrTaken
	}
	return err
}

// Session gives a session by its id.
func (k *Keeper) Session(ctx context.Context, id string) (session server.Session, err error) {
	data, found, err := k.store.FindSession(ctx, id)
	if err == nil && !found {
		err = server.ErrUnknown
	}
	if err == nil {
		err = json.Unmarshal(data, &session)
	}
	return session, err
}

// PutSession keeps a session.
func (k *Keeper) PutSession(ctx context.Context, session server.Session) error {
	data, err := json.Marshal(session)
	if err != nil {
		return err
	}
	// By the clock of the machine, as the store has it: that of a demonstration may stand still.
	return k.store.CommitSessionOf(ctx, session.ID, session.Person, data, time.Now().Add(longest))
}

// DeleteSession ends a session.
func (k *Keeper) DeleteSession(ctx context.Context, id string) error {
	return k.store.DeleteSession(ctx, id)
}

// SessionsOf gives the sessions of a person.
func (k *Keeper) SessionsOf(ctx context.Context, person string) (all []server.Session, err error) {
	err = k.store.SessionsOf(ctx, person, func(data []byte) error {
		var one server.Session
		err := json.Unmarshal(data, &one)
		all = append(all, one)
		return err
	})
	return all, err
}

// DeleteSessionsOf ends all sessions of a person.
func (k *Keeper) DeleteSessionsOf(ctx context.Context, person string) error {
	return k.store.DeleteSessionsOf(ctx, person)
}

// Find gives the token with a hash, and notes that it is used.
func (k *Keeper) Find(ctx context.Context, hash []byte) (found *api.Token, err error) {
	id := ""
	err = k.store.View(ctx, func(tx *store.Tx) error {
		token, err := tx.TokenByHash(hash)
		if err == nil && token != nil {
			id, found = token.ID, &api.Token{Person: token.Person, Scopes: token.Scopes, Expires: token.Expires}
		}
		return err
	})
	if err == nil && found != nil && k.now().Before(found.Expires) {
		k.note(ctx, id)
	}
	return found, err
}

// noting is how long a request waits until the use of its token is noted.
const noting = 200 * time.Millisecond

// note notes that a token is used. Where the disk is full, or somebody writes for long, it is not noted
// this time: to be answered is worth more.
func (k *Keeper) note(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, noting)
	defer cancel()
	_ = k.store.NoteTokenUse(ctx, id, k.now())
}

// Tidy takes away what has expired; whoever serves calls it from time to time.
func (k *Keeper) Tidy(ctx context.Context) error { return k.store.DeleteExpired(ctx, k.now()) }

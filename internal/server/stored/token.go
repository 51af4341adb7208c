package stored

import (
	"context"
	"time"

	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/store"
)

// TokensOf gives the tokens of a person, the oldest first.
func (k *Keeper) TokensOf(ctx context.Context, person string) (all []server.Token, err error) {
	err = k.store.View(ctx, func(tx *store.Tx) error {
		return tx.TokensOf(person, func(t store.Token) error {
			all = append(all, server.Token{ID: t.ID, Name: t.Name, Scopes: t.Scopes, Created: t.Created, Expires: t.Expires, Used: t.Used})
			return nil
		})
	})
	return all, err
}

// AddToken keeps a token of a person by the hash of its text.
func (k *Keeper) AddToken(ctx context.Context, person string, hash []byte, token server.Token) error {
	return k.store.Update(ctx, func(tx *store.Tx) error {
		return tx.PutToken(store.Token{ID: token.ID, Person: person, Name: token.Name, Hash: hash, Scopes: token.Scopes, Created: token.Created, Expires: token.Expires})
	})
}

// RevokeToken ends a token of a person.
func (k *Keeper) RevokeToken(ctx context.Context, person, id string) error {
	return k.store.Update(ctx, func(tx *store.Tx) error {
		found := false
		if err := tx.TokensOf(person, func(t store.Token) error { found = found || t.ID == id; return nil }); err != nil {
			return err
		}
		if !found {
			return server.ErrUnknown
		}
		return tx.DeleteToken(id)
	})
}

// PutLink keeps a one-time link of a person by its digest.
func (k *Keeper) PutLink(ctx context.Context, digest, person string, expires time.Time) error {
	return k.store.Update(ctx, func(tx *store.Tx) error { return tx.PutLink(digest, person, expires) })
}

// Link gives the person of a link that has not expired.
func (k *Keeper) Link(ctx context.Context, digest string, now time.Time) (person string, err error) {
	err = k.store.View(ctx, func(tx *store.Tx) error {
		person, err = tx.Link(digest, now)
		return err
	})
	return person, err
}

// TakeLink uses a link up.
func (k *Keeper) TakeLink(ctx context.Context, digest string, now time.Time) (person string, err error) {
	err = k.store.Update(ctx, func(tx *store.Tx) error {
		person, err = tx.TakeLink(digest, now)
		return err
	})
	return person, err
}

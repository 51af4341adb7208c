package stored

import (
	"context"

	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/store"
)

var _ server.SavedViews = (*Keeper)(nil)

// SavedViews gives the views of a page that a person sees, by name.
func (k *Keeper) SavedViews(ctx context.Context, person, page string) (views []server.SavedView, err error) {
	err = k.store.View(ctx, func(tx *store.Tx) error {
		kept, err := tx.SavedViews(person, page)
		for _, one := range kept {
			views = append(views, server.SavedView(one))
		}
		return err
	})
	return views, err
}

// PutSavedView keeps a view.
func (k *Keeper) PutSavedView(ctx context.Context, view server.SavedView) error {
	return k.store.Update(ctx, func(tx *store.Tx) error { return tx.PutSavedView(store.SavedView(view)) })
}

// DeleteSavedView takes away a view of a person.
func (k *Keeper) DeleteSavedView(ctx context.Context, id, person string) error {
	return k.store.Update(ctx, func(tx *store.Tx) error { return tx.DeleteSavedView(id, person) })
}

package stored

import (
	"context"

	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/store"
)

var _ server.Findings = (*Keeper)(nil)

// List gives a page of findings.
func (k *Keeper) List(ctx context.Context, f store.FindingFilter, order, cursor string, limit int) (page store.FindingPage, err error) {
	err = k.store.View(ctx, func(tx *store.Tx) error {
		page, err = tx.Findings(f, order, cursor, limit)
		return err
	})
	return page, err
}

// Count counts findings by what they have in common.
func (k *Keeper) Count(ctx context.Context, f store.FindingFilter, by string) (counts []store.Count, err error) {
	err = k.store.View(ctx, func(tx *store.Tx) error {
		counts, err = tx.CountFindings(f, by)
		return err
	})
	return counts, err
}

// One gives a finding and what became of it; nil if there is none.
func (k *Keeper) One(ctx context.Context, id int64) (found *store.StoredFinding, events []store.FindingEvent, err error) {
	err = k.store.View(ctx, func(tx *store.Tx) error {
		if found, err = tx.Finding(id); err != nil || found == nil {
			return err
		}
		events, err = tx.FindingHistory(id)
		return err
	})
	return found, events, err
}

package stored

import (
	"context"
	"time"

	"github.com/kubeproof/kubeproof/internal/store"
)

// Dropped counts what DropOld has removed.
type Dropped struct{ Scans, Findings, Inventories int }

// breath is how long others may write between two steps.
const breath = 100 * time.Millisecond

// DropOld removes scans, with the findings that were fixed before, and what scans saw, where they are
// older than they are to be kept; 0 keeps them for ever. The newest of each source stay, and so do the
// reports that the ledger names. It goes in steps, so that others need not wait.
func (k *Keeper) DropOld(ctx context.Context, scans, inventories time.Duration) (d Dropped, err error) {
	if scans > 0 {
		err = k.steps(ctx, func(tx *store.Tx) (bool, error) {
			gone, err := tx.DeleteScansBefore("", k.now().Add(-scans))
			d.Scans, d.Findings = d.Scans+gone.Scans, d.Findings+gone.Findings
			return gone.Scans+gone.Findings > 0, err
		})
	}
	if inventories > 0 && err == nil {
		err = k.steps(ctx, func(tx *store.Tx) (bool, error) {
			gone, err := tx.DeleteInventoriesBefore(k.now().Add(-inventories))
			d.Inventories += gone
			return gone > 0, err
		})
	}
	return d, err
}

// steps makes one change after the other until there is nothing more to do.
func (k *Keeper) steps(ctx context.Context, do func(*store.Tx) (more bool, err error)) error {
	for more := true; more; {
		err := k.store.Update(ctx, func(tx *store.Tx) (err error) {
			more, err = do(tx)
			return err
		})
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(breath):
		}
	}
	return nil
}

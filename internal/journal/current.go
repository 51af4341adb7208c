package journal

import (
	"context"

	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Current gives the state as it is now, for those who look often: it is read anew only after
// somebody wrote. Many share it, so it must not be changed.
func (j *Journal) Current(ctx context.Context) (state *review.State, err error) {
	j.lock.Lock()
	defer j.lock.Unlock()
	err = j.store.View(ctx, func(tx *store.Tx) error {
		size, err := tx.Size()
		if err != nil || j.current != nil && j.current.Size == size {
			return err
		}
		j.current, err = load(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return j.current, nil
}

// keep notes the state that a change made, so that it need not be read anew.
func (j *Journal) keep(state *review.State) {
	j.lock.Lock()
	defer j.lock.Unlock()
	if j.current == nil || j.current.Size < state.Size {
		j.current = state
	}
}

// Store is where the journal lies, for what belongs to no review: accounts, sessions, findings.
func (j *Journal) Store() *store.Store { return j.store }

package journal

import (
	"context"
	"errors"
	"io"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// RotateKey lets a new key sign from now on. The entry is signed by the old key, which is the
// journal's, and by the new one.
func (j *Journal) RotateKey(ctx context.Context, actor string, next *ledger.Key) error {
	err := j.Act(ctx, actor, func(w *Work) error {
		rotation, err := ledger.NewRotation(w.Mark().Seq, j.options.Key, next)
		if err != nil {
			return err
		}
		return errors.Join(w.Do(&review.RotateKey{Rotation: rotation}), w.signNext(next))
	})
	if err == nil {
		j.options.Key = next
	}
	return err
}

// ReplaceLostKey lets a new key sign from now on though the old one is lost. The entry says so, and
// whoever verifies with the old key is told.
func (j *Journal) ReplaceLostKey(ctx context.Context, actor string, next *ledger.Key) error {
	return j.store.Update(ctx, func(tx *store.Tx) error {
		state, err := load(tx)
		if err != nil {
			return err
		}
		old, err := ledger.ParseVerifier(state.Keys[len(state.Keys)-1])
		if err != nil {
			return err
		}
		if err := signedAsItStands(tx, old); err != nil {
			return err
		}
		w := j.work(tx, state, actor)
		rotation, err := ledger.NewLostRotation(w.Mark().Seq, old, next)
		if err != nil {
			return err
		}
		return errors.Join(w.Do(&review.RotateKey{Rotation: rotation}), w.signNext(next))
	})
}

// signNext finishes with another key than the journal's.
func (w *Work) signNext(next *ledger.Key) error {
	err := w.finish(next)
	w.done = 0
	return err
}

// Checkpoint is the newest signed checkpoint, as reports print it.
func (j *Journal) Checkpoint(ctx context.Context) (note []byte, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		_, note, err = tx.Checkpoint()
		return err
	})
	return note, err
}

// Key is the public key that signs now.
func (j *Journal) Key(ctx context.Context) (key ledger.Verifier, err error) {
	err = j.Read(ctx, func(state *review.State) error {
		key, err = ledger.ParseVerifier(state.Keys[len(state.Keys)-1])
		return err
	})
	return key, err
}

// OpenFile gives a kept file to a function.
func (j *Journal) OpenFile(ctx context.Context, sha256 string, use func(io.Reader, int64) error) error {
	return j.store.View(ctx, func(tx *store.Tx) error {
		file, size, err := tx.OpenFile(sha256)
		if err != nil {
			return err
		}
		defer file.Close()
		return use(file, size)
	})
}

// LedgerKey is the key that signs, for statements of people who have none of their own.
func (j *Journal) LedgerKey() (*ledger.Key, error) {
	if j.options.Key == nil {
		return nil, errNoKey
	}
	return j.options.Key, nil
}

package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Past gives the state as it was when the ledger had so many entries, made anew from these. What was
// erased since is not there. It costs some microseconds for each entry: keep what it gives.
func (j *Journal) Past(ctx context.Context, size int64) (state *review.State, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		there, err := tx.Size()
		if err != nil {
			return err
		}
		if size < 1 || size > there {
			return fmt.Errorf("read past: %d entries are asked for, there are %d", size, there)
		}
		var problems []ledger.Problem
		state, problems, err = replay(beginning{source{tx}, ctx, size}, nil)
		if err == nil && len(problems) > 0 {
			err = fmt.Errorf("read past: entry %d: %s: see `kubeproof ledger verify`", problems[0].Seq, problems[0].What)
		}
		return err
	})
	return state, err
}

// beginning is a ledger up to a size.
type beginning struct {
	source
	ctx  context.Context
	size int64
}

// errPassed ends the reading where the beginning does.
var errPassed = errors.New("passed")

// upTo passes on what stands in the beginning.
func (b beginning) upTo(seq int64, each func() error) error {
	if seq >= b.size {
		return errPassed
	}
	if err := b.ctx.Err(); err != nil {
		return err
	}
	return each()
}

// Entries gives those of the beginning.
func (b beginning) Entries(each func(int64, []byte) error) error {
	return unlessPassed(b.source.Entries(func(seq int64, line []byte) error {
		return b.upTo(seq, func() error { return each(seq, line) })
	}))
}

// Contents gives those of the beginning.
func (b beginning) Contents(each func(ledger.Content) error) error {
	return unlessPassed(b.source.Contents(func(c ledger.Content) error {
		return b.upTo(c.Seq, func() error { return each(c) })
	}))
}

func unlessPassed(err error) error {
	if errors.Is(err, errPassed) {
		return nil
	}
	return err
}

package journal

import (
	"context"
	"fmt"
	"math"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Shown is an entry for people: with its text, where that was not erased.
type Shown struct {
	ledger.Entry
	Text   []byte
	Erased bool
}

// shownAtOnce is of how many entries the texts lie in memory.
const shownAtOnce = 50

// Entries gives the entries from a place on with their texts: so many at most, or all to the end if most
// is 0. Of others no text is read.
func (j *Journal) Entries(ctx context.Context, from, most int64, each func(Shown) error) error {
	return j.store.View(ctx, func(tx *store.Tx) error {
		end, err := tx.Size()
		from = max(from, 0)
		if most > 0 && from <= math.MaxInt64-most {
			end = min(end, from+most)
		}
		for ; from < end && err == nil; from += shownAtOnce {
			err = showBetween(tx, from, min(end, from+shownAtOnce), each)
		}
		return err
	})
}

// showBetween gives the entries from a place on that come before another.
func showBetween(tx *store.Tx, from, before int64, each func(Shown) error) error {
	texts := map[int64][]byte{}
	if err := tx.ContentsBetween(from, before, func(seq int64, _, data []byte) error {
		texts[seq] = append([]byte{}, data...)
		return nil
	}); err != nil {
		return err
	}
	return tx.EntriesBetween(from, before, func(seq int64, line []byte) error {
		entry, err := parseEntry(seq, line)
		if err != nil {
			return err
		}
		return each(Shown{entry, texts[seq], entry.Content != "" && texts[seq] == nil})
	})
}

// Lines gives the entries from a place on to the end without their texts, which are not read.
func (j *Journal) Lines(ctx context.Context, from int64, each func(ledger.Entry) error) error {
	return j.store.View(ctx, func(tx *store.Tx) error {
		return tx.Entries(from, func(seq int64, line []byte) error {
			entry, err := parseEntry(seq, line)
			if err != nil {
				return err
			}
			return each(entry)
		})
	})
}

func parseEntry(seq int64, line []byte) (ledger.Entry, error) {
	entry, err := ledger.ParseEntry(line)
	if err != nil {
		return entry, fmt.Errorf("read entry %d: %w: see `kubeproof ledger verify`", seq, err)
	}
	return entry, nil
}

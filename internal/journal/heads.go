package journal

import (
	"context"
	"time"

	"github.com/kubeproof/kubeproof/internal/store"
)

// ScanNumber gives the number of the newest scan of all: what was worked out from scans and findings
// holds until it grows.
func (j *Journal) ScanNumber(ctx context.Context) (number int64, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		number, err = tx.ScanNumber()
		return err
	})
	return number, err
}

// NewestHeads gives the newest scan of each source, or the one so many before, without summary: see
// store.Tx.NewestHeads.
func (j *Journal) NewestHeads(ctx context.Context, back int) (scans []store.ScanRow, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		scans, err = tx.NewestHeads(back)
		return err
	})
	return scans, err
}

// Scores gives how sources stood on each day since a time: see store.Tx.Scores.
func (j *Journal) Scores(ctx context.Context, sources []string, since time.Time) (scores map[string][]store.DayScore, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		scores, err = tx.Scores(sources, since)
		return err
	})
	return scores, err
}

// OpenByControl counts what is open by source, control and severity: see store.Tx.OpenByControl.
func (j *Journal) OpenByControl(ctx context.Context, sources []string) (counts []store.OpenCount, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		counts, err = tx.OpenByControl(sources)
		return err
	})
	return counts, err
}

// ChangedBetween gives what changed between two scans of a source, a page at a time, with the sum of
// what all scans between them changed: see store.Tx.ChangedBetween.
func (j *Journal) ChangedBetween(ctx context.Context, b store.Between, cursor string, limit int) (page store.ChangedPage, sum store.MergeResult, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		if sum, err = tx.SumBetween(b); err != nil {
			return err
		}
		page, err = tx.ChangedBetween(b, cursor, limit)
		return err
	})
	return page, sum, err
}

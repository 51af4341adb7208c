package journal

import (
	"context"
	"io"
	"time"

	"github.com/kubeproof/kubeproof/internal/store"
)

// Scans gives the scans that fit, the newest first: see store.Tx.Scans.
func (j *Journal) Scans(ctx context.Context, f store.ScanFilter) (scans []store.ScanRow, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		return tx.Scans(f, func(one store.ScanRow) error {
			scans = append(scans, one)
			return nil
		})
	})
	return scans, err
}

// Scan gives the scan with an id; nil if there is none.
func (j *Journal) Scan(ctx context.Context, id string) (scan *store.ScanRow, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		scan, err = tx.Scan(id)
		return err
	})
	return scan, err
}

// NewestScans gives the newest scan of each source, by source.
func (j *Journal) NewestScans(ctx context.Context) (scans []store.ScanRow, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		scans, err = tx.NewestScans()
		return err
	})
	return scans, err
}

// Trend gives how many findings were open, found and fixed over time: see store.Tx.Trend.
func (j *Journal) Trend(ctx context.Context, f store.FindingFilter, from, to time.Time, step time.Duration) (points []store.TrendPoint, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		points, err = tx.Trend(f, from, to, step)
		return err
	})
	return points, err
}

// TimeToFix gives by severity how long fixes took: see store.Tx.TimeToFix.
func (j *Journal) TimeToFix(ctx context.Context, f store.FindingFilter) (times map[string]store.FixTime, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		times, err = tx.TimeToFix(f)
		return err
	})
	return times, err
}

// OpenInventory lets a function read what a scan saw, packed as it was handed in. fs.ErrNotExist is
// wrapped if nothing was kept of it.
func (j *Journal) OpenInventory(ctx context.Context, scan string, use func(io.Reader, int64) error) error {
	return j.store.View(ctx, func(tx *store.Tx) error {
		inventory, size, err := tx.OpenInventory(scan)
		if err != nil {
			return err
		}
		defer inventory.Close()
		return use(inventory, size)
	})
}

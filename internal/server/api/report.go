package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/server/intake"
	"github.com/kubeproof/kubeproof/internal/store"
)

// How large what is handed in may be, in bytes.
const (
	largestScan      = 32 << 20  // a report as the body of a request
	largestInventory = 256 << 20 // an inventory, packed
	largestUnpacked  = 8 << 30   // an inventory, unpacked
)

func fromBody(body []byte) intake.Opener {
	return func(*store.Tx) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
}

func fromUpload(id, person string, now time.Time) intake.Opener {
	return func(tx *store.Tx) (io.ReadCloser, error) {
		r, _, err := openUpload(tx, id, person, now)
		return r, err
	}
}

// openUpload opens an upload that is whole, and says so where there is none.
func openUpload(tx *store.Tx, id, person string, now time.Time) (io.ReadCloser, *store.Upload, error) {
	r, u, err := tx.OpenUpload(id, person, now)
	if errors.Is(err, fs.ErrNotExist) {
		err = noUpload(id)
	}
	return r, u, err
}

// readReport reads a report once: see intake.Report.
func (a *api) readReport(ctx context.Context, open intake.Opener) (report *assessment.Assessment, handed *journal.Handed, err error) {
	err = a.Journal.Store().View(ctx, func(tx *store.Tx) error {
		report, handed, err = intake.Report(ctx, tx, open)
		return err
	})
	return report, handed, err
}

// readInventory looks at an upload that holds what a scan saw. What is wrong with it is told as refused:
// the report counts without it.
func (a *api) readInventory(ctx context.Context, id string) (handed *journal.Handed, refused string, err error) {
	person, now := caller(ctx), a.Now()
	err = a.Journal.Store().View(ctx, func(tx *store.Tx) error {
		packed, u, err := openUpload(tx, id, person, now)
		if err != nil {
			return err
		}
		defer packed.Close()
		if u.Size > largestInventory {
			refused = fmt.Sprintf("it has %d MiB packed, %d are the most", u.Size>>20, largestInventory>>20)
			return nil
		}
		if _, _, err := intake.Inventory(packed, largestUnpacked); err != nil {
			refused = err.Error()
			return nil
		}
		handed = &journal.Handed{SHA256: u.SHA256, Size: u.Size, Open: fromUpload(id, person, now)}
		return nil
	})
	return handed, refused, err
}

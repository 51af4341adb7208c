package api

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// ScanLine is a scan in a list.
type ScanLine struct {
	ID          string    `json:"id"`
	Source      string    `json:"source" doc:"REVIEW/ENVIRONMENT/LABEL"`
	Environment string    `json:"environment"`
	Made        time.Time `json:"made"`
	Received    time.Time `json:"received"`
	Version     string    `json:"version,omitempty" doc:"of the program that scanned"`
	SHA256      string    `json:"sha256,omitempty" doc:"of the report"`
	Failures    failures  `json:"failures"`
	Score       float64   `json:"score" doc:"0 to 100; -1 where nothing was judged"`
}

// failures are counted by severity.
type failures struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

func scanOf(r *store.ScanRow) ScanLine {
	n := r.Counts
	return ScanLine{r.ID, r.Source, r.Environment, r.Made, r.Received, r.Version, r.SHA256, failures{n[4], n[3], n[2], n[1], n[0]}, r.Score}
}

type listScansInput struct {
	Source []string  `query:"source" maxItems:"100" doc:"only scans of these: REVIEW/ENVIRONMENT/LABEL"`
	Before time.Time `query:"before" doc:"only scans that were made before: next of the page before"`
	Limit  int       `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type listScansOutput struct {
	Body struct {
		Scans []ScanLine `json:"scans"`
		Next  time.Time  `json:"next,omitzero" doc:"what to give as before for the next page; absent at the end"`
	}
}

// listScans gives scans, the newest first. Those that were made at the same moment are not torn apart.
func (a *api) listScans(ctx context.Context, in *listScansInput) (*listScansOutput, error) {
	out := &listScansOutput{}
	out.Body.Scans = []ScanLine{}
	full := errors.New("the page is full")
	err := a.Journal.Store().View(ctx, func(tx *store.Tx) error {
		return tx.Scans(store.ScanFilter{Sources: in.Source, Before: in.Before}, func(r store.ScanRow) error {
			if n := len(out.Body.Scans); n >= in.Limit && !out.Body.Scans[n-1].Made.Equal(r.Made) {
				out.Body.Next = out.Body.Scans[n-1].Made
				return full
			}
			out.Body.Scans = append(out.Body.Scans, scanOf(&r))
			return nil
		})
	})
	if err != nil && !errors.Is(err, full) {
		return nil, a.problem(err)
	}
	return out, nil
}

type onScan struct {
	Scan string `path:"scan" maxLength:"256"`
}

type scanOutput struct {
	Body struct {
		ScanLine
		Summary   journal.ScanSummary `json:"summary" doc:"what was seen and what was not"`
		Inventory bool                `json:"inventory" doc:"what was seen is kept"`
	}
}

// find gives a scan; 404 if there is none, or none any more.
func (a *api) find(ctx context.Context, id string) (found *store.ScanRow, kept bool, err error) {
	err = a.Journal.Store().View(ctx, func(tx *store.Tx) error {
		if found, err = tx.Scan(id); err != nil || found == nil {
			return err
		}
		r, _, err := tx.OpenInventory(id)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		kept = true
		return r.Close()
	})
	if err == nil && found == nil {
		err = huma.Error404NotFound("scan " + id + " is unknown, or no longer kept")
	}
	return found, kept, a.problem(err)
}

func (a *api) getScan(ctx context.Context, in *onScan) (*scanOutput, error) {
	found, kept, err := a.find(ctx, in.Scan)
	if err != nil {
		return nil, err
	}
	out := &scanOutput{}
	out.Body.ScanLine, out.Body.Summary, out.Body.Inventory = scanOf(found), journal.ReadSummary(found.Summary), kept
	return out, nil
}

func (a *api) getScanReport(ctx context.Context, in *onScan) (*huma.StreamResponse, error) {
	found, _, err := a.find(ctx, in.Scan)
	if err != nil {
		return nil, err
	}
	if found.SHA256 == "" {
		return nil, huma.Error404NotFound("the report of scan " + in.Scan + " is not kept")
	}
	return a.send("scan-"+found.Made.UTC().Format(review.Day)+".json", "application/json", func(out io.Writer) error {
		return a.Journal.OpenFile(ctx, found.SHA256, copyTo(out))
	})
}

func (a *api) getScanInventory(ctx context.Context, in *onScan) (*huma.StreamResponse, error) {
	found, kept, err := a.find(ctx, in.Scan)
	if err != nil {
		return nil, err
	}
	if !kept {
		return nil, huma.Error404NotFound("what scan " + in.Scan + " saw is not kept")
	}
	return a.send("inventory-"+found.Made.UTC().Format(review.Day)+".json.gz", "application/gzip", func(out io.Writer) error {
		return a.Journal.OpenInventory(ctx, in.Scan, copyTo(out))
	})
}

type dropScanInput struct {
	OnAccess
	Label string `path:"label" maxLength:"64"`
	Body  struct {
		Reason string `json:"reason" minLength:"1" doc:"why it no longer counts"`
	}
}

// dropScan says that a scan no longer counts in its review.
func (a *api) dropScan(ctx context.Context, in *dropScanInput) (*reviewOutput, error) {
	return a.onReview(ctx, in.Review, func(w *journal.Work) error {
		id := strings.Join([]string{in.Review, in.Environment, in.Label}, "/")
		if w.State.Scans[id] == nil {
			return huma.Error404NotFound("scan " + id + " is unknown")
		}
		return w.Do(&review.DropScan{ID: id, ReasonText: review.ReasonText{Reason: in.Body.Reason}})
	})
}

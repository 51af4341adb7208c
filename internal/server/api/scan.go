package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server/intake"
	"github.com/kubeproof/kubeproof/internal/store"
)

type recordScanInput struct {
	InReview
	Environment string    `query:"environment" required:"true" maxLength:"64"`
	Label       string    `query:"label" required:"true" maxLength:"64" doc:"tells scans of one environment apart: the newest of each counts"`
	Made        time.Time `query:"made" required:"true" doc:"when the scan was made"`
	Version     string    `query:"version" maxLength:"64" doc:"of the program that scanned"`
	Upload      string    `query:"upload" maxLength:"64" doc:"the upload that is the report; the body by default"`
	Inventory   string    `query:"inventory" maxLength:"64" doc:"the upload that is what was seen, as --save-inventory FILE.gz writes it"`
	RawBody     []byte    `contentType:"application/json" required:"false"`
}

type recordScanOutput struct {
	Body struct {
		SHA256       string `json:"sha256" doc:"of the report, which is kept"`
		Known        bool   `json:"known" doc:"the same report was recorded before; nothing was changed"`
		Satisfied    int    `json:"satisfied"`
		Applicable   int    `json:"applicable"`
		Contradicted int    `json:"contradicted"`
		Refused      string `json:"inventoryRefused,omitempty" doc:"why what was seen is not kept; the report counts all the same"`
	}
}

// recordScan notes what a scan saw. It is idempotent: the newest report of a label is known by its
// digest. A report may be packed with gzip. It is read piece by piece, before others have to wait for the
// change and again while it is made.
func (a *api) recordScan(ctx context.Context, in *recordScanInput) (*recordScanOutput, error) {
	if before, err := answered[recordScanOutput](ctx, a); before != nil || err != nil {
		return before, err
	}
	source := fromBody(in.RawBody)
	switch {
	case (in.Upload == "") == (len(in.RawBody) == 0):
		return nil, huma.Error422UnprocessableEntity("hand the report in either as the body or as an upload")
	case in.Upload != "":
		source = fromUpload(in.Upload, caller(ctx), a.Now())
	}
	done, err := a.reading.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	report, handed, err := a.readReport(ctx, source)
	if err != nil {
		return nil, a.refusedReport(err)
	}
	r := journal.ScanReport{Plan: in.Review, Environment: in.Environment, Label: in.Label, Made: in.Made, Assessment: report, ReportFrom: handed, Names: targetsOf(report), Version: in.Version}
	refused := ""
	if in.Inventory != "" {
		if r.InventoryFrom, refused, err = a.readInventory(ctx, in.Inventory); err != nil {
			return nil, a.refusedReport(err)
		}
	}
	return change(ctx, a, func(w *journal.Work) (*recordScanOutput, error) { return a.record(ctx, w, r, in, refused) })
}

// refusedReport tells what is wrong with what was handed in.
func (a *api) refusedReport(err error) error {
	var wrong intake.WrongReport
	switch {
	case errors.Is(err, store.ErrIncomplete):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, store.ErrDigest):
		return huma.Error422UnprocessableEntity(err.Error())
	case errors.As(err, &wrong) && !isFault(err):
		return huma.Error422UnprocessableEntity("read the report: " + err.Error() + ": make one with `kubeproof scan -o json`")
	}
	return a.problem(err)
}

// record makes the change, and removes the uploads that it used.
func (a *api) record(ctx context.Context, w *journal.Work, r journal.ScanReport, in *recordScanInput, refused string) (out *recordScanOutput, err error) {
	if w.State.Plans[in.Review] == nil {
		return nil, huma.Error404NotFound("review " + in.Review + " is unknown")
	}
	out = &recordScanOutput{}
	if out.Body.SHA256, out.Body.Known, err = w.RecordScan(r); err != nil {
		return nil, err
	}
	for _, id := range []string{in.Upload, in.Inventory} {
		if id != "" {
			if err := w.Tx().DeleteUpload(id, caller(ctx)); err != nil {
				return nil, err
			}
		}
	}
	view, err := a.view(w.State, in.Review)
	if err != nil {
		return nil, err
	}
	out.Body.Satisfied, out.Body.Applicable, out.Body.Contradicted, out.Body.Refused = view.Score.Satisfied, view.Score.Applicable, view.Score.States[review.ItemContradicted], refused
	return out, nil
}

func targetsOf(report *assessment.Assessment) []string {
	var names []string
	for _, target := range report.Targets {
		names = append(names, target.Name)
	}
	if len(names) == 0 {
		return []string{"unnamed"}
	}
	return names
}

// room bounds what is done at once.
type room chan struct{}

// patience is how long a request waits for room.
const patience = 20 * time.Second

// enter waits for room and gives what leaves it.
func (r room) enter(ctx context.Context) (leave func(), err error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case r <- struct{}{}:
		return func() { <-r }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-late.C:
		return nil, later(http.StatusServiceUnavailable, "others are handing in much: try again later")
	}
}

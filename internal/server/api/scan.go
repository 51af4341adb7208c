package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// largestScan bounds the report of a scan, in bytes.
const largestScan = 512 << 20

type recordScanInput struct {
	InReview
	Environment string    `query:"environment" required:"true" maxLength:"64"`
	Label       string    `query:"label" required:"true" maxLength:"64" doc:"tells scans of one environment apart: the newest of each counts"`
	Made        time.Time `query:"made" required:"true" doc:"when the scan was made"`
	RawBody     []byte    `contentType:"application/json"`
}

type recordScanOutput struct {
	Body struct {
		SHA256       string `json:"sha256" doc:"of the report, which is kept"`
		Known        bool   `json:"known" doc:"the same report was recorded before; nothing was changed"`
		Satisfied    int    `json:"satisfied"`
		Applicable   int    `json:"applicable"`
		Contradicted int    `json:"contradicted"`
	}
}

// recordScan notes what a scan saw. It is idempotent: the newest report of a label is known by its digest.
func (a *api) recordScan(ctx context.Context, in *recordScanInput) (*recordScanOutput, error) {
	report, err := assessment.Read(in.RawBody)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity("read the body: " + err.Error() + ": make one with `kubeproof scan -o json`")
	}
	out := &recordScanOutput{}
	err = a.act(ctx, func(w *journal.Work) (err error) {
		if w.State.Plans[in.Review] == nil {
			return huma.Error404NotFound("review " + in.Review + " is unknown")
		}
		out.Body.SHA256, out.Body.Known, err = w.RecordScan(journal.ScanReport{Plan: in.Review, Environment: in.Environment, Label: in.Label, Made: in.Made,
			Assessment: report, JSON: in.RawBody, Names: targetsOf(report)})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, a.tellScore(ctx, in.Review, out)
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

func (a *api) tellScore(ctx context.Context, name string, out *recordScanOutput) error {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return a.problem(err)
	}
	view, err := a.view(state, name)
	if err != nil {
		return a.problem(err)
	}
	out.Body.Satisfied, out.Body.Applicable, out.Body.Contradicted = view.Score.Satisfied, view.Score.Applicable, view.Score.States[review.ItemContradicted]
	return nil
}

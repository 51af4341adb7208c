package api

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/kubeproof/kubeproof/internal/server/handout"
)

// copyTo copies what is opened.
func copyTo(out io.Writer) func(io.Reader, int64) error {
	return func(in io.Reader, _ int64) error {
		_, err := io.Copy(out, in)
		return err
	}
}

// send hands a file out once it is whole.
func (a *api) send(name, media string, fill func(io.Writer) error) (*huma.StreamResponse, error) {
	file, err := handout.Spool(name, media, fill)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, huma.Error404NotFound("the file is not kept any more")
	}
	if err != nil {
		return nil, a.problem(err)
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer file.Close()
		_, w := humago.Unwrap(ctx)
		file.Send(w)
	}}, nil
}

// about is a review as it is handed out now.
func (a *api) about(plan string) handout.About {
	return handout.About{Plan: plan, Library: a.Library, Controls: a.Controls, Now: a.Now(), Version: a.Version}
}

type getReportInput struct {
	InReview
	Format string `path:"format" enum:"html,markdown,xlsx,json,oscal,poam,answers-xlsx,answers-csv,answers-yaml" doc:"a report, or a sheet with the questions"`
}

// known refuses a review that is not there.
func (a *api) known(ctx context.Context, plan string) error {
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return a.problem(err)
	}
	if state.Plans[plan] == nil {
		return huma.Error404NotFound("review " + plan + " is unknown")
	}
	return nil
}

// getReport hands a report of a review out, with the checkpoint of the same moment.
func (a *api) getReport(ctx context.Context, in *getReportInput) (*huma.StreamResponse, error) {
	if err := a.known(ctx, in.Review); err != nil {
		return nil, err
	}
	format, _ := handout.Find(in.Format)
	done, err := a.reading.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	d, err := handout.Gather(ctx, a.Journal, a.about(in.Review))
	if err != nil {
		return nil, a.problem(err)
	}
	file, err := a.send(format.File, format.Media, func(out io.Writer) error { return handout.Write(format.Name, out, d, "") })
	if errors.Is(err, handout.ErrNothing) {
		return nil, huma.Error404NotFound("there is nothing to plan: no item is partly, not satisfied, contradicted, accepted or stale")
	}
	return file, err
}

// makeBundle notes the digests of all reports in the ledger and hands everything out.
func (a *api) makeBundle(ctx context.Context, in *InReview) (*huma.StreamResponse, error) {
	if ctx.Value(againKey{}) != nil {
		return nil, huma.Error422UnprocessableEntity("a bundle is too large to be remembered: leave Idempotency-Key out; made again it is another bundle")
	}
	if err := a.known(ctx, in.Review); err != nil {
		return nil, err
	}
	done, err := a.reading.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	return a.send("audit-"+in.Review+".zip", "application/zip", func(out io.Writer) error {
		d, err := handout.Gather(ctx, a.Journal, a.about(in.Review))
		if err != nil {
			return err
		}
		return handout.Bundle(ctx, a.Journal, d, caller(ctx), "", out)
	})
}

type verifyOutput struct {
	Body struct {
		Whole    bool     `json:"whole"`
		Size     int64    `json:"size" doc:"entries"`
		Problems []string `json:"problems"`
		Warnings []string `json:"warnings"`
		Key      string   `json:"key" doc:"the public key by which it was proved: compare it with one that you know from elsewhere"`
		Seconds  float64  `json:"seconds"`
	}
}

// verifyLedger proves the ledger where it lies.
func (a *api) verifyLedger(ctx context.Context, _ *struct{}) (*verifyOutput, error) {
	done, err := a.reading.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	key, err := a.Journal.Key(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	began := time.Now()
	proved, err := a.Journal.Verify(ctx, key)
	if err != nil {
		return nil, a.problem(err)
	}
	if !proved.OK() {
		a.Log.Error("ledger is not whole", "problems", proved.Problems)
	}
	out := &verifyOutput{}
	out.Body.Whole, out.Body.Size, out.Body.Key, out.Body.Seconds = proved.OK(), proved.State.Size, key.String(), time.Since(began).Seconds()
	out.Body.Problems, out.Body.Warnings = []string{}, append([]string{}, proved.Warnings...)
	for _, one := range proved.Problems {
		out.Body.Problems = append(out.Body.Problems, one.String())
	}
	return out, nil
}

// produces is of an operation that answers with a file.
func produces(media ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		content := map[string]*huma.MediaType{}
		for _, one := range media {
			content[one] = &huma.MediaType{}
		}
		o.Responses = map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: content}}
	}
}

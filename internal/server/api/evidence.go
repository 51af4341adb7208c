package api

import (
	"bytes"
	"cmp"
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/evidence"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

type attachInput struct {
	InReview
	Name      string   `query:"name" required:"true" maxLength:"255" doc:"the file's name: its ending must be what the content is"`
	Title     string   `query:"title" maxLength:"1024"`
	Collected string   `query:"collected" format:"date" doc:"when it was made; today by default"`
	Expires   string   `query:"expires" format:"date" doc:"the last day that it counts"`
	Keys      []string `query:"keys" required:"true" minItems:"1" maxItems:"64" doc:"the questions that it serves"`
	Redact    bool     `query:"redact" doc:"mask secrets in a text instead of refusing it"`
	RawBody   []byte   `contentType:"application/octet-stream"`
}

type attachOutput struct {
	Body struct {
		ID       string `json:"id"`
		SHA256   string `json:"sha256" doc:"of the file as it is kept"`
		Media    string `json:"media" doc:"what the content itself shows"`
		Redacted int    `json:"redacted,omitempty" doc:"lines in which secrets were masked"`
	}
}

// attach takes a file in as evidence of answers.
func (a *api) attach(ctx context.Context, in *attachInput) (*attachOutput, error) {
	taken, err := evidence.TakeBytes(in.Name, in.RawBody, evidence.Options{Redact: in.Redact})
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	action := &review.AddEvidence{ID: journal.NewID("e"), Kind: review.EvidenceFile, Media: taken.Media, Size: int64(len(taken.Data)),
		Period:       review.Period{Collected: cmp.Or(in.Collected, a.Now().UTC().Format(review.Day)), Expires: in.Expires},
		EvidenceText: review.EvidenceText{Title: in.Title, Name: taken.Name, SHA256: taken.SHA256, Redacted: taken.Redacted}}
	if err := a.act(ctx, func(w *journal.Work) error {
		if err := w.Keep(taken.SHA256, action.Size, bytes.NewReader(taken.Data)); err != nil {
			return err
		}
		if err := w.Do(action); err != nil {
			return err
		}
		return w.Do(&review.Link{Evidence: action.ID, Plan: in.Review, Keys: in.Keys})
	}); err != nil {
		return nil, err
	}
	out := &attachOutput{}
	out.Body.ID, out.Body.SHA256, out.Body.Media, out.Body.Redacted = action.ID, taken.SHA256, taken.Media, taken.Redacted
	return out, nil
}

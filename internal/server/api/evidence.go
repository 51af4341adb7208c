package api

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/evidence"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
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
	return change(ctx, a, func(w *journal.Work) (*attachOutput, error) {
		if err := w.Keep(taken.SHA256, action.Size, bytes.NewReader(taken.Data)); err != nil {
			return nil, err
		}
		return attached(w, action, in.Review, in.Keys)
	})
}

// attached adds evidence to answers.
func attached(w *journal.Work, action *review.AddEvidence, plan string, keys []string) (*attachOutput, error) {
	if err := w.Do(action); err != nil {
		return nil, err
	}
	if err := w.Do(&review.Link{Evidence: action.ID, Plan: plan, Keys: keys}); err != nil {
		return nil, err
	}
	out := &attachOutput{}
	out.Body.ID, out.Body.SHA256, out.Body.Media, out.Body.Redacted = action.ID, action.SHA256, action.Media, action.Redacted
	return out, nil
}

type attachTextInput struct {
	InReview
	Body struct {
		Title     string   `json:"title,omitempty" maxLength:"1024"`
		URL       string   `json:"url,omitempty" doc:"where the evidence lies"`
		Note      string   `json:"note,omitempty" doc:"or what was seen, in words"`
		Collected string   `json:"collected,omitempty" format:"date" doc:"today by default"`
		Expires   string   `json:"expires,omitempty" format:"date"`
		Keys      []string `json:"keys" minItems:"1" maxItems:"64" doc:"the questions that it serves"`
	}
}

// attachText takes a link or a note in as evidence of answers.
func (a *api) attachText(ctx context.Context, in *attachTextInput) (*attachOutput, error) {
	kind := review.EvidenceLink
	switch {
	case (in.Body.URL == "") == (in.Body.Note == ""):
		return nil, huma.Error422UnprocessableEntity("give either a url or a note")
	case in.Body.Note != "":
		kind = review.EvidenceNote
	}
	action := &review.AddEvidence{ID: journal.NewID("e"), Kind: kind, Period: review.Period{Collected: cmp.Or(in.Body.Collected, a.Now().UTC().Format(review.Day)), Expires: in.Body.Expires},
		EvidenceText: review.EvidenceText{Title: in.Body.Title, URL: in.Body.URL, Note: in.Body.Note}}
	return change(ctx, a, func(w *journal.Work) (*attachOutput, error) { return attached(w, action, in.Review, in.Body.Keys) })
}

type listEvidenceInput struct {
	InReview
	Page
}

type listEvidenceOutput struct {
	ETag string `header:"ETag"`
	Body struct {
		Evidence []*dossier.Evidence `json:"evidence"`
		Next     string              `json:"next,omitempty"`
	}
}

func (a *api) listEvidence(ctx context.Context, in *listEvidenceInput) (*listEvidenceOutput, error) {
	document, etag, err := a.document(ctx, in.Review)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listEvidenceOutput{ETag: etag}
	out.Body.Evidence, out.Body.Next, err = pageOf(document.Evidence, func(one *dossier.Evidence) string { return one.ID }, nil, in.Page)
	return out, err
}

type onEvidence struct {
	InReview
	Evidence string `path:"evidence" maxLength:"64"`
}

// getEvidenceFile hands the file of a piece of evidence out, once it is known to be whole.
func (a *api) getEvidenceFile(ctx context.Context, in *onEvidence) (*huma.StreamResponse, error) {
	document, _, err := a.document(ctx, in.Review)
	if err != nil {
		return nil, a.problem(err)
	}
	at := slices.IndexFunc(document.Evidence, func(one *dossier.Evidence) bool { return one.ID == in.Evidence })
	if at < 0 {
		return nil, huma.Error404NotFound("evidence " + in.Evidence + " is not in review " + in.Review)
	}
	one := document.Evidence[at]
	if one.SHA256 == "" {
		return nil, huma.Error404NotFound("evidence " + in.Evidence + " has no file")
	}
	return a.send(cmp.Or(one.Name, one.ID), one.Media, func(out io.Writer) error { return a.Journal.OpenFile(ctx, one.SHA256, copyTo(out)) })
}

type detachInput struct {
	OnAnswer
	Evidence string `path:"evidence" maxLength:"64"`
	IfMatch
}

func (a *api) detach(ctx context.Context, in *detachInput) (*answerOutput, error) {
	read, err := in.revision()
	if err != nil {
		return nil, err
	}
	return a.onAnswer(ctx, &in.OnAnswer, func(w *journal.Work) error {
		if err := unchanged(w.State, &in.OnAnswer, read); err != nil {
			return err
		}
		return w.Do(&review.Unlink{Evidence: in.Evidence, Plan: in.Review, Key: in.Key})
	})
}

package api

import (
	"context"
	"encoding/json"

	"github.com/kubeproof/kubeproof/internal/journal"
)

type listEntriesInput struct {
	From  int64 `query:"from" minimum:"0" doc:"the number of the first entry"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// shownEntry is an entry of the ledger with its text.
type shownEntry struct {
	Seq    int64           `json:"seq"`
	Time   string          `json:"time"`
	Actor  string          `json:"actor"`
	Action string          `json:"action"`
	Body   json.RawMessage `json:"body,omitempty"`
	Digest string          `json:"content,omitempty" doc:"the salted digest of the text"`
	Text   json.RawMessage `json:"text,omitempty"`
	Erased bool            `json:"erased,omitempty"`
}

type listEntriesOutput struct {
	Body struct {
		Entries []shownEntry `json:"entries"`
		Next    int64        `json:"next,omitempty" doc:"from for the next page; absent at the end"`
	}
}

func (a *api) listEntries(ctx context.Context, in *listEntriesInput) (*listEntriesOutput, error) {
	out := &listEntriesOutput{}
	out.Body.Entries = []shownEntry{}
	err := a.Journal.Entries(ctx, in.From, int64(in.Limit)+1, func(e journal.Shown) error { // one more, to see whether it is the end
		if len(out.Body.Entries) == in.Limit {
			out.Body.Next = e.Seq
			return nil
		}
		out.Body.Entries = append(out.Body.Entries, shownEntry{e.Seq, e.Time.Format("2006-01-02T15:04:05.999999Z07:00"), e.Actor, e.Action, e.Body, e.Content, e.Text, e.Erased})
		return nil
	})
	if err != nil {
		return nil, a.problem(err)
	}
	return out, nil
}

type checkpointOutput struct {
	Body struct {
		Checkpoint string `json:"checkpoint" doc:"the signed note: keep it elsewhere as a pin"`
	}
}

func (a *api) getCheckpoint(ctx context.Context, _ *struct{}) (*checkpointOutput, error) {
	note, err := a.Journal.Checkpoint(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &checkpointOutput{}
	out.Body.Checkpoint = string(note)
	return out, nil
}

package api

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/store"
)

type listFindingsInput struct {
	State     []string `query:"state" enum:"open,accepted,fixed" doc:"open, accepted, fixed; all by default"`
	Severity  []string `query:"severity" enum:"info,low,medium,high,critical"`
	Control   []string `query:"control"`
	Namespace []string `query:"namespace"`
	Team      []string `query:"team"`
	Source    []string `query:"source" doc:"REVIEW/ENVIRONMENT/LABEL of the scans"`
	Text      string   `query:"q" maxLength:"200" doc:"in message, name or title"`
	Order     string   `query:"order" enum:"severity,age,control,subject" default:"severity"`
	After     string   `query:"after" doc:"next of the page before"`
	Limit     int      `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// foundFinding is a finding with its history in short.
type foundFinding struct {
	ID          int64           `json:"id"`
	Source      string          `json:"source"`
	State       string          `json:"state"`
	Fingerprint string          `json:"fingerprint"`
	Control     string          `json:"control"`
	Title       string          `json:"title"`
	Severity    string          `json:"severity"`
	Risk        int             `json:"risk"`
	Team        string          `json:"team"`
	Outcome     string          `json:"outcome"`
	Message     string          `json:"message"`
	Kind        string          `json:"kind,omitempty"`
	Namespace   string          `json:"namespace,omitempty"`
	Name        string          `json:"name,omitempty"`
	Container   string          `json:"container,omitempty"`
	File        string          `json:"file,omitempty"`
	Line        int             `json:"line,omitempty"`
	FirstSeen   time.Time       `json:"firstSeen"`
	LastSeen    time.Time       `json:"lastSeen"`
	FixedAt     time.Time       `json:"fixedAt,omitzero"`
	Regressed   int             `json:"regressed,omitempty" doc:"times it came back after it was fixed"`
	Kept        json.RawMessage `json:"kept,omitempty" doc:"fix, location, evidence and exception, as the scan told them"`
}

type listFindingsOutput struct {
	Body struct {
		Findings []foundFinding `json:"findings"`
		Next     string         `json:"next,omitempty"`
	}
}

func (a *api) listFindings(ctx context.Context, in *listFindingsInput) (*listFindingsOutput, error) {
	page, err := a.Journal.Findings(ctx, store.FindingFilter{States: in.State, Severities: in.Severity, Controls: in.Control, Namespaces: in.Namespace,
		Teams: in.Team, Sources: in.Source, Text: in.Text}, in.Order, in.After, in.Limit)
	if errors.Is(err, store.ErrFilter) {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	if err != nil {
		return nil, a.problem(err)
	}
	out := &listFindingsOutput{}
	out.Body.Findings, out.Body.Next = []foundFinding{}, page.Next
	for _, f := range page.Findings {
		out.Body.Findings = append(out.Body.Findings, foundFinding{f.ID, f.Source, string(f.State), f.Fingerprint, f.Control, f.Title, f.Severity, f.Risk, f.Team, f.Outcome,
			f.Message, f.Kind, f.Namespace, f.Name, f.Container, f.File, f.Line, f.FirstSeen, f.LastSeen, f.FixedAt, f.Regressed, f.Data})
	}
	return out, nil
}

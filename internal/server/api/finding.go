package api

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/fix"
	"github.com/kubeproof/kubeproof/internal/store"
)

// WantedFindings are the filters of findings; of several values of one kind one must fit.
type WantedFindings struct {
	State     []string `query:"state" enum:"open,accepted,fixed" doc:"open, accepted, fixed; all by default"`
	Severity  []string `query:"severity" enum:"info,low,medium,high,critical"`
	Outcome   []string `query:"outcome" enum:"fail,accepted,unknown,error" doc:"what is unknown, or could not be judged, is open too: it was not seen to be well"`
	Control   []string `query:"control"`
	Namespace []string `query:"namespace"`
	Kind      []string `query:"kind" doc:"of the object"`
	Name      []string `query:"name" doc:"of the object"`
	Team      []string `query:"team"`
	Source    []string `query:"source" doc:"REVIEW/ENVIRONMENT/LABEL of the scans"`
	Review    string   `query:"review" maxLength:"64" doc:"findings of the scans of one review"`
	Older     int      `query:"older" minimum:"0" maximum:"3660" doc:"first seen so many days ago, or before"`
	Younger   int      `query:"younger" minimum:"0" maximum:"3660" doc:"first seen within so many days"`
	Back      bool     `query:"back" doc:"came back after they were fixed"`
	Late      bool     `query:"late" doc:"open for longer than the terms of the review say; name the review if there are several"`
	Text      string   `query:"q" maxLength:"200" doc:"in message, name or title"`
}

// lookedAt is how many findings a request looks at where no index knows the answer.
const lookedAt = 50_000

// filter is the filter as the store has it.
func (a *api) filter(ctx context.Context, in *WantedFindings) (store.FindingFilter, error) {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	f := store.FindingFilter{States: in.State, Severities: in.Severity, Outcomes: in.Outcome, Controls: in.Control, Namespaces: in.Namespace, Kinds: in.Kind, Names: in.Name, Teams: in.Team,
		Sources: in.Source, MinAge: days(in.Older), MaxAge: days(in.Younger), Text: in.Text, Now: a.Now(), Within: lookedAt}
	if in.Back {
		f.Regressed = &in.Back
	}
	if in.Review == "" && !in.Late {
		return f, nil
	}
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return f, a.problem(err)
	}
	review := in.Review
	for id := range state.Plans {
		if len(state.Plans) == 1 && review == "" {
			review = id
		}
	}
	plan := state.Plans[review]
	switch {
	case plan == nil && review == "":
		return f, huma.Error422UnprocessableEntity("late findings of which review? its terms say what is late: name it with review=")
	case plan == nil:
		return f, huma.Error404NotFound("review " + review + " is unknown")
	}
	if f.Reviews = []string{review}; in.Late {
		f.Late = plan.Terms().Late()
	}
	return f, nil
}

type listFindingsInput struct {
	WantedFindings
	Order string `query:"order" enum:"severity,age,control,subject" default:"severity"`
	After string `query:"after" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// FoundFinding is a finding with its history in short.
type FoundFinding struct {
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
		Findings []FoundFinding `json:"findings"`
		Next     string         `json:"next,omitempty"`
		Stopped  bool           `json:"stopped,omitempty" doc:"as many findings were looked at as one request may; next goes on from there"`
	}
}

func (a *api) listFindings(ctx context.Context, in *listFindingsInput) (*listFindingsOutput, error) {
	filter, err := a.filter(ctx, &in.WantedFindings)
	if err != nil {
		return nil, err
	}
	page, err := a.Journal.Findings(ctx, filter, in.Order, in.After, in.Limit)
	if err != nil {
		return nil, a.unasked(err)
	}
	out := &listFindingsOutput{}
	out.Body.Findings, out.Body.Next, out.Body.Stopped = []FoundFinding{}, page.Next, page.Stopped
	for i := range page.Findings {
		out.Body.Findings = append(out.Body.Findings, shown(&page.Findings[i]))
	}
	return out, nil
}

// unasked tells a filter that is none from what broke.
func (a *api) unasked(err error) error {
	if errors.Is(err, store.ErrFilter) {
		return huma.Error422UnprocessableEntity(err.Error())
	}
	return a.problem(err)
}

func shown(f *store.StoredFinding) FoundFinding {
	return FoundFinding{f.ID, f.Source, string(f.State), f.Fingerprint, f.Control, f.Title, f.Severity, f.Risk, f.Team, f.Outcome,
		f.Message, f.Kind, f.Namespace, f.Name, f.Container, f.File, f.Line, f.FirstSeen, f.LastSeen, f.FixedAt, f.Regressed, f.Data}
}

type countFindingsInput struct {
	WantedFindings
	By   string `query:"by" required:"true" enum:"severity,state,control,source,namespace,team"`
	Most int    `query:"most" minimum:"1" maximum:"200" default:"100" doc:"how many groups are given, the largest first"`
}

type findingGroup struct {
	Key        string         `json:"key"`
	N          int            `json:"n"`
	Severities map[string]int `json:"severities" doc:"n by severity, without those that have none"`
}

type countFindingsOutput struct {
	Body struct {
		Groups  []findingGroup `json:"groups"`
		More    bool           `json:"more,omitempty" doc:"there are other groups"`
		Stopped bool           `json:"stopped,omitempty" doc:"as many findings were counted as one request may: there are at least so many"`
	}
}

func (a *api) countFindings(ctx context.Context, in *countFindingsInput) (*countFindingsOutput, error) {
	filter, err := a.filter(ctx, &in.WantedFindings)
	if err != nil {
		return nil, err
	}
	groups, err := a.Journal.GroupFindings(ctx, filter, in.By, in.Most)
	if err != nil {
		return nil, a.unasked(err)
	}
	out := &countFindingsOutput{}
	out.Body.Groups, out.Body.More, out.Body.Stopped = []findingGroup{}, groups.More, groups.Stopped
	for _, one := range groups.All {
		group := findingGroup{one.Key, one.N, map[string]int{}}
		for i, severity := range control.Severities {
			if n := one.BySeverity[i]; n > 0 {
				group.Severities[string(severity)] = n
			}
		}
		out.Body.Groups = append(out.Body.Groups, group)
	}
	return out, nil
}

type getFindingInput struct {
	ID int64 `path:"finding" minimum:"1"`
}

// findingEvent is something that became of a finding.
type findingEvent struct {
	At   time.Time `json:"at"`
	What string    `json:"what" doc:"found, accepted, unaccepted, fixed, returned or, at last, seen"`
	Scan string    `json:"scan,omitempty" doc:"that told it, while it is kept"`
}

// findingPatch mends a finding.
type findingPatch struct {
	Text    string `json:"text" doc:"YAML: a strategic merge patch, or of a Compose service a file that is merged into its own"`
	Set     string `json:"set"`
	Of      string `json:"of,omitempty"`
	Command string `json:"command,omitempty" doc:"that applies the text, kept as patch.yaml, to the cluster"`
	Instead string `json:"instead,omitempty" doc:"what to do where there is no command"`
}

type getFindingOutput struct {
	Body struct {
		FoundFinding
		Due     time.Time      `json:"due,omitzero" doc:"when it has to be mended by the terms of the review"`
		Late    bool           `json:"late,omitempty"`
		History []findingEvent `json:"history"`
		Patch   *findingPatch  `json:"patch,omitempty" doc:"only where it is sure what to set"`
	}
}

func (a *api) getFinding(ctx context.Context, in *getFindingInput) (*getFindingOutput, error) {
	found, kept, events, err := a.Journal.Finding(ctx, in.ID)
	if err != nil {
		return nil, a.problem(err)
	}
	if found == nil {
		return nil, huma.Error404NotFound("finding " + strconv.FormatInt(in.ID, 10) + " is unknown")
	}
	state, err := a.Journal.Current(ctx)
	if err != nil {
		return nil, a.problem(err)
	}
	out := &getFindingOutput{}
	out.Body.FoundFinding, out.Body.History = shown(found), []findingEvent{}
	for _, event := range events {
		out.Body.History = append(out.Body.History, findingEvent{event.At, event.What, event.Scan})
	}
	name, _, _ := strings.Cut(found.Source, "/")
	if plan := state.Plans[name]; plan != nil && found.State == store.StateOpen {
		since := found.FirstSeen
		if found.ReopenedAt.After(since) {
			since = found.ReopenedAt
		}
		out.Body.Due = plan.Terms().Due(control.Severity(found.Severity), since)
		out.Body.Late = !out.Body.Due.IsZero() && a.Now().After(out.Body.Due)
	}
	if p := fix.For(a.Controls[found.Control], fix.Place{APIVersion: kept.APIVersion, Kind: found.Kind, Namespace: found.Namespace, Name: found.Name, Container: found.Container,
		Path: kept.Location.Path, InCluster: found.Cluster != ""}); p != nil {
		out.Body.Patch = &findingPatch{p.Text, p.Set, p.Of, p.Command, p.Instead}
	}
	return out, nil
}

package report

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// page is what the template of the HTML report shows.
type page struct {
	Style         template.CSS
	Script        template.JS
	Policy        string
	Version, Time string
	Verdict       string
	// Mood is bad, warn or good.
	Mood             string
	Headline, Detail string
	Targets          []string
	Known            string

	Failures, FailuresNoun string
	Arcs                   []arc
	Severities, Outcomes   []bar
	Teams, Coverage        []bar
	Topics                 [][]topicRow

	Images *htmlImages
	// Worst are the worst objects of a cluster; none for files.
	Worst           []worstObject
	Errors, Notices []note
	Gaps            []note

	TeamNames, Namespaces       []string
	SeverityChips, OutcomeChips []bar
	Groups                      []htmlGroup
	Cut                         string
	Controls                    []assessment.ControlResult
}

type note struct{ Place, Message string }

type topicRow struct {
	Name  string
	Cells []struct{ Class, Text string }
}

func (r *Report) htmlPage() *page {
	s := r.Assessment.Summary
	p := &page{Version: safe(r.Options.Version), Verdict: r.verdict(), Mood: r.mood()}
	if !r.Options.Time.IsZero() {
		p.Time = r.Options.Time.UTC().Format("2 January 2006, 15:04 UTC")
	}
	p.Headline, p.Detail, _ = strings.Cut(p.Verdict, ": ")
	for _, target := range r.Assessment.Targets {
		name := position(safe(TargetName(target.Name)), 0, 0)
		if target.About != "" {
			name = safe(target.About)
		}
		p.Targets = append(p.Targets, name)
	}
	if known := r.baseline(); known > 0 {
		p.Known = count(known, "failure") + " known from the baseline"
	}
	p.Severities = r.severityBars()
	p.Arcs = arcs(p.Severities)
	total := r.failures().total()
	p.Failures, p.FailuresNoun = number(total), strings.Fields(count(total, "failure"))[1]
	p.Outcomes = stacked(outcomeBars(s.Outcomes))
	p.Teams = r.teamBars()
	p.Coverage = r.coverageBars()
	p.Topics = r.topicTables()
	p.Worst = r.worstObjects()
	p.Images = r.htmlImages()
	r.htmlNotes(p)
	r.htmlGroups(p)
	p.Controls = slices.Clone(r.Assessment.Controls)
	for i := range p.Controls {
		c := &p.Controls[i]
		c.ID, c.Title, c.Unseen = safe(c.ID), safe(c.Title), safe(c.Unseen)
	}
	return p
}

// worstObject is an object with severe failures, and the most urgent of them.
type worstObject struct{ Name, Totals, Message string }

func (r *Report) worstObjects() []worstObject {
	if !r.live() {
		return nil
	}
	var all []worstObject
	for _, s := range severe(byFile(r.urgent())) {
		if len(all) < mostWorst {
			all = append(all, worstObject{safe(s.name), s.tally.String(), clip(safe(s.entries[0].first().Message), 160)})
		}
	}
	return all
}

// mood colours the verdict: good only if something was judged and nothing is open.
func (r *Report) mood() string {
	s := r.Assessment.Summary
	switch {
	case r.failures().total() > 0:
		return "bad"
	case s.Judged == 0 || s.Outcomes.Unknown+s.Outcomes.Error+len(r.Assessment.Errors) > 0:
		return "warn"
	}
	return "good"
}

func (r *Report) severityBars() []bar {
	var bars []bar
	failures := r.failures()
	for rank := len(failures) - 1; rank >= 0; rank-- {
		word := string(control.Severities[rank])
		bars = append(bars, bar{Class: word, Label: word, N: failures[rank], Text: number(failures[rank])})
	}
	return bars
}

func outcomeBars(c assessment.Counts) []bar {
	return []bar{
		{Class: string(assessment.Pass), Label: "passed", N: c.Pass},
		{Class: string(assessment.Fail), Label: "failed", N: c.Fail},
		{Class: string(assessment.Accepted), Label: "accepted", N: c.Accepted},
		{Class: string(assessment.Unknown), Label: "unknown", N: c.Unknown},
		{Class: string(assessment.Error), Label: "in error", N: c.Error},
		{Class: string(assessment.NotApplicable), Label: "not applicable", N: c.NotApplicable},
	}
}

func (r *Report) teamBars() []bar {
	teams := r.teams()
	most := 0
	for _, n := range teams {
		most = max(most, n)
	}
	var bars []bar
	for _, team := range []control.Team{control.Apps, control.Infra, control.Both} {
		bars = append(bars, bar{Label: string(team), N: teams[team], Text: number(teams[team]), Share: percent(teams[team], most)})
	}
	return bars
}

func (r *Report) coverageBars() []bar {
	s := r.Assessment.Summary
	used := s.Controls - len(r.unseen())
	return []bar{
		{Class: "pass", Label: "objects", Text: fmt.Sprintf("%d/%d", s.Judged, s.Subjects), Share: percent(s.Judged, s.Subjects)},
		{Class: "pass", Label: "controls", Text: fmt.Sprintf("%d/%d", used, s.Controls), Share: percent(used, s.Controls)},
	}
}

// topicTables counts failures by topic and severity, the worst topic first, in one or two columns.
func (r *Report) topicTables() [][]topicRow {
	topics := map[string]*tally{}
	most := 1
	for i := range r.Assessment.Findings {
		f := r.Assessment.Findings[i]
		if f.Outcome != assessment.Fail || f.Baseline {
			continue
		}
		name := "other"
		if c := r.Controls[f.Control]; c != nil && c.Topic != "" {
			name = c.Topic
		}
		if topics[name] == nil {
			topics[name] = &tally{}
		}
		topics[name].add(f)
	}
	names := slices.SortedFunc(maps.Keys(topics), func(a, b string) int {
		return cmp.Or(topics[a].worse(*topics[b]), cmp.Compare(a, b))
	})
	for _, t := range topics {
		most = max(most, slices.Max(t[:]))
	}
	var rows []topicRow
	for _, name := range names {
		rows = append(rows, topicCells(safe(name), *topics[name], most))
	}
	if len(rows) == 0 {
		return nil
	}
	if len(rows) < 4 {
		return [][]topicRow{rows}
	}
	half := (len(rows) + 1) / 2
	return [][]topicRow{rows[:half], rows[half:]}
}

// topicCells shades each count in four steps of the largest one.
func topicCells(name string, t tally, most int) topicRow {
	row := topicRow{Name: name}
	for rank := len(t) - 1; rank >= 0; rank-- {
		cell := struct{ Class, Text string }{}
		if n := t[rank]; n > 0 {
			cell.Text = number(n)
			cell.Class = fmt.Sprintf("c-%s t%d", control.Severities[rank], min(4, 1+4*n/(most+1)))
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

func (r *Report) htmlNotes(p *page) {
	a := r.Assessment
	broken, unseen := gapsApart(r.problems())
	for _, e := range broken {
		p.Errors = append(p.Errors, note{e.place(), safe(e.Message)})
	}
	for _, e := range unseen {
		p.Gaps = append(p.Gaps, note{e.place(), safe(e.Message)})
	}
	for _, n := range a.Notices {
		p.Notices = append(p.Notices, note{safe(position(n.File, n.Line, 0)), safe(n.Message)})
	}
	if skipped := skippedFiles(a); skipped != "" {
		p.Gaps = append(p.Gaps, note{Message: "files left out: " + skipped})
	}
	if len(a.Summary.Unjudged) > 0 {
		p.Gaps = append(p.Gaps, note{Message: "kinds that no control knows: " + counted(a.Summary.Unjudged)})
	}
	if unseen := r.unseen(); len(unseen) > 0 {
		p.Gaps = append(p.Gaps, note{Message: count(len(unseen), "control") + " saw nothing to judge: the table of all controls below says what they look for"})
	}
}

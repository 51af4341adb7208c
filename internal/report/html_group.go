package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// htmlGroup is one control with its findings.
type htmlGroup struct {
	ID, Title, Severity, Team string
	Totals                    string
	Open                      bool
	Why, Fix                  []paragraph
	Tags, Links               []string
	Findings                  []htmlFinding
	Cut                       string
}

type htmlFinding struct {
	Severity, Outcome, Word string
	Namespace               int // place in the page's list of namespaces
	Message, Subject        string
	Place, Value, Exception string
	Lines                   []assessment.Line
	Open                    bool
}

func (r *Report) htmlGroups(p *page) {
	groups := r.groups()
	each := len(r.Assessment.Findings)
	if each > htmlMost {
		each = max(htmlLeast, htmlMost/len(groups))
		p.Cut = fmt.Sprintf("This page shows at most %s findings of each control, of %s in all. JSON and CSV reports hold all of them.",
			number(each), number(len(r.Assessment.Findings)))
	}
	spaces := r.namespaces()
	p.Namespaces = spaces
	index := map[string]int{}
	for i, space := range spaces {
		index[space] = i
	}
	teams := map[string]bool{}
	for i, g := range groups {
		p.Groups = append(p.Groups, r.htmlGroup(g, each, index))
		p.Groups[i].Open = i == 0 && len(g.findings) <= htmlOpen
		teams[p.Groups[i].Team] = true
	}
	delete(teams, "")
	p.TeamNames = slices.Sorted(maps.Keys(teams))
	r.htmlChips(p)
}

// namespaces are the namespaces of all findings, in order; what lives in none has "(none)".
func (r *Report) namespaces() []string {
	seen := map[string]bool{}
	for i := range r.Assessment.Findings {
		seen[spaceName(r.Assessment.Findings[i].Subject)] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// spaceName is where people look for a subject: a namespace is in itself.
func spaceName(s assessment.Subject) string {
	switch {
	case s.Namespace == "" && s.Kind == "Namespace":
		return safe(s.Name)
	case s.Namespace == "":
		return "(none)"
	}
	return safe(s.Namespace)
}

// htmlChips offers the severities and outcomes that occur.
func (r *Report) htmlChips(p *page) {
	severities, outcomes := map[control.Severity]bool{}, map[assessment.Outcome]bool{}
	for i := range r.Assessment.Findings {
		severities[r.Assessment.Findings[i].Severity] = true
		outcomes[r.Assessment.Findings[i].Outcome] = true
	}
	for _, severity := range slices.Backward(control.Severities) {
		if severities[severity] {
			p.SeverityChips = append(p.SeverityChips, bar{Class: string(severity), Label: string(severity)})
		}
	}
	for _, b := range outcomeBars(assessment.Counts{}) {
		if outcomes[assessment.Outcome(b.Class)] {
			p.OutcomeChips = append(p.OutcomeChips, b)
		}
	}
}

func (r *Report) htmlGroup(g *byControl, most int, spaces map[string]int) htmlGroup {
	group := htmlGroup{ID: safe(g.id), Title: safe(r.title(g.id)), Severity: safe(string(g.severity)), Team: safe(string(g.findings[0].Team)),
		Totals: groupTotals(g), Fix: prose(g.findings[0].Fix)}
	if c := r.Controls[g.id]; c != nil {
		group.Why, group.Fix = prose(c.Why), prose(c.Fix)
		for _, link := range c.References {
			if isLink(link) {
				group.Links = append(group.Links, link)
			}
		}
	}
	group.Tags = append(group.Tags, "team "+group.Team, fmt.Sprintf("risk %d of 10", g.findings[0].Risk))
	for _, framework := range slices.Sorted(maps.Keys(g.findings[0].Maps)) {
		group.Tags = append(group.Tags, safe(framework+": "+strings.Join(g.findings[0].Maps[framework], ", ")))
	}
	shown := g.findings
	if len(shown) > most {
		shown = shown[:most]
		group.Cut = fmt.Sprintf("and %s more", number(len(g.findings)-most))
	}
	group.Findings = make([]htmlFinding, len(shown))
	for i, f := range shown {
		group.Findings[i] = newHTMLFinding(f)
		group.Findings[i].Namespace = spaces[spaceName(f.Subject)]
		group.Findings[i].Open = len(shown) <= htmlOpen
	}
	return group
}

// groupTotals says how many findings of each outcome a control has.
func groupTotals(g *byControl) string {
	var counts assessment.Counts
	known := 0
	for _, f := range g.findings {
		counts.Add(f.Outcome)
		if f.Baseline && f.Outcome == assessment.Fail {
			known++
		}
	}
	var parts []string
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, number(n)+" "+word)
		}
	}
	add(counts.Fail-known, "failed")
	add(known, "known")
	add(counts.Error, "in error")
	add(counts.Unknown, "unknown")
	add(counts.Accepted, "accepted")
	add(counts.Pass, "passed")
	add(counts.NotApplicable, "not applicable")
	return strings.Join(parts, ", ")
}

func newHTMLFinding(f *assessment.Finding) htmlFinding {
	h := htmlFinding{Severity: safe(string(f.Severity)), Outcome: string(f.Outcome), Message: safe(f.Message),
		Subject: safe(fullName(f.Subject)), Place: safe(place(f))}
	switch {
	case f.Outcome == assessment.Fail && f.Baseline:
		h.Word = "known"
	case f.Outcome != assessment.Fail:
		h.Word, _ = badge(f)
	}
	if v := f.Location.Value; v != nil {
		h.Value = safe(position(v.File, v.Line, v.Column))
	}
	if f.Exception != nil {
		h.Exception = safe("accepted " + exceptionText(f))
	}
	if f.Evidence != nil {
		h.Lines = make([]assessment.Line, len(f.Evidence.Lines))
		for i, line := range f.Evidence.Lines {
			line.Text = safe(strings.ReplaceAll(line.Text, "\t", "    "))
			h.Lines[i] = line
		}
	}
	return h
}

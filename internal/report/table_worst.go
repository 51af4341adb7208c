package report

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// The report of a cluster with more objects than fewObjects begins with the worst of them, at most
// mostWorst.
const (
	fewObjects = 5
	mostWorst  = 9
)

// overview begins the report of a cluster: nobody knows beforehand which of its objects matter, and
// what is said of them fills many screens. Each object that has severe failures is named once, with
// its most urgent finding.
func (t *table) overview(files []*fileFindings) {
	worst := severe(files)
	objects := 0
	for _, in := range files {
		objects += len(in.subjects)
	}
	if len(worst) == 0 || objects <= fewObjects || !t.r.live() {
		return
	}
	t.line("%s  %s", t.paint(bold, "Worst first"), t.paint(dim, t.r.verdict()))
	for i, s := range worst {
		if i == mostWorst && len(worst) > mostWorst+1 {
			t.line("  and %s with critical or high failures, below", count(len(worst)-i, "more object"))
			break
		}
		f := s.entries[0].first()
		_, style := badge(f)
		name := safe(s.name)
		if f.Subject.File != "" {
			name += " in " + safe(f.Subject.File)
		}
		t.line("  %s  %s", t.paint(bold, name), t.paint(style, s.tally.String()))
		t.line("    %s", clip(safe(f.Message), t.width-4))
	}
	t.line("")
}

// severe are the subjects of all files that have critical or high failures, worst first.
func severe(files []*fileFindings) []*subjectFindings {
	var all []*subjectFindings
	for _, in := range files {
		for _, s := range in.subjects {
			if f := s.entries[0].first(); f.Outcome == assessment.Fail && f.Severity.Rank() >= control.High.Rank() {
				all = append(all, s)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *subjectFindings) int { return a.tally.worse(b.tally) })
	return all
}

// lead is a command that leads on, and what it is for.
type lead struct{ command, about string }

// leads are the commands that the summary names, with a control that failed here.
func (t *table) leads() []lead {
	scan, paths, live := "kubeproof scan ...", "kubeproof rbac paths", t.r.live()
	if target := safe(t.r.Options.Target); live && target != "" {
		scan = "kubeproof scan " + target
		if target != "cluster:" {
			paths += " --in " + target
		}
	}
	var all []lead
	worst := slices.IndexFunc(t.urgent, func(f *assessment.Finding) bool { return f.Outcome == assessment.Fail && !f.Baseline })
	if worst >= 0 {
		all = append(all, lead{"kubeproof control explain " + safe(t.urgent[worst].Control), "why it matters, how to mend it, examples"})
	}
	if live && slices.ContainsFunc(t.urgent, byEscalation) {
		all = append(all, lead{paths, "who can become administrator, step by step"})
	}
	if worst >= 0 {
		all = append(all, lead{scan + " -o html=report.html", "everything on one page"})
	}
	if slices.ContainsFunc(t.r.images(), unscanned) {
		all = append(all, lead{scan + " --advisories osv/", "hold the packages against advisories"})
	}
	if slices.ContainsFunc(t.r.problems(), lacksRight) {
		all = append(all, lead{"kubeproof rbac role | kubectl apply -f -", "the rights that a whole scan needs"})
	}
	return all
}

func byEscalation(f *assessment.Finding) bool {
	return f.Outcome == assessment.Fail && strings.HasPrefix(f.Control, "escalation-")
}

// unscanned reports whether the packages of an image were held against no advisories.
func unscanned(f imageFact) bool {
	_, _, looked := f.vulnerabilities()
	return !looked && f.root.Get("packages").Len() > 0
}

// lacksRight reports whether a cluster refused to show something.
func lacksRight(p problem) bool {
	return p.gap && strings.HasSuffix(p.Message, roleHasIt)
}

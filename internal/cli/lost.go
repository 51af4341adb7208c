package cli

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/report"
)

// incomplete reports whether something could not be assessed.
func incomplete(a *assessment.Assessment) bool {
	for _, e := range a.Errors {
		if e.Lost {
			return true
		}
	}
	return a.Summary.Outcomes.Error+a.Summary.Outcomes.Unknown > 0
}

// tellLost names on standard error what could not be assessed, for readers who see only the exit
// code and a report for machines.
func tellLost(streams *Streams, a *assessment.Assessment) {
	var lines []string
	for _, e := range a.Errors {
		if e.Lost {
			lines = append(lines, place(e)+e.Message)
		}
	}
	for _, gap := range a.Gaps {
		if !gap.Excused() {
			lines = append(lines, fmt.Sprintf("%s: %s not seen: %s", report.TargetName(gap.Target), gap.Kind, gap.Reason))
		}
	}
	for _, f := range a.Findings {
		gap := f.Outcome == assessment.Unknown && f.Subject.Kind == inventory.FactCluster && f.Location.Path == ""
		if !gap && (f.Outcome == assessment.Error || f.Outcome == assessment.Unknown) {
			at := inventory.Error{Target: cmp.Or(f.Subject.File, f.Subject.Cluster), File: f.Location.File, Line: f.Location.Line}
			lines = append(lines, place(at)+f.Control+": "+f.Message)
		}
	}
	for i, line := range lines {
		if i == mostLost && len(lines) > mostLost+1 {
			fmt.Fprintf(streams.Err, "kubeproof: and %d more: see the report\n", len(lines)-i)
			return
		}
		fmt.Fprintf(streams.Err, "kubeproof: %s\n", harmless(line))
	}
}

// mostLost is how many lines tellLost writes.
const mostLost = 20

// place is where an error stands, as FILE:LINE: with what is known of it.
func place(e inventory.Error) string {
	switch {
	case e.File == "-":
		e.File = "standard input"
		return place(e)
	case e.File == "":
		return report.TargetName(e.Target) + ": "
	case e.Line == 0:
		return e.File + ": "
	}
	return fmt.Sprintf("%s:%d: ", e.File, e.Line)
}

// harmless replaces what a terminal would obey or not show, such as escapes in a file's name.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

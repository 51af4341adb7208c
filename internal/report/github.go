package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// writeGitHub writes workflow commands that GitHub Actions shows as annotations. A step shows ten
// errors, ten warnings and ten notices, so the most severe come first, in a group for each
// severity. What is settled or known from the baseline is only counted.
//
// Every line with scanned text is a whole command: the runner would also obey an old command
// ("##[...]") in the midst of a plain line.
func writeGitHub(w io.Writer, r *Report) error {
	group, settled := "", 0
	for _, f := range r.urgent() {
		if urgency(f.Outcome) > urgency(assessment.Unknown) || f.Baseline {
			settled++
			continue
		}
		word, _ := badge(f)
		if word != group {
			endGroup(w, group)
			fmt.Fprintf(w, "::group::%s\n", command(word))
			group = word
		}
		annotate(w, f)
	}
	endGroup(w, group)
	for _, e := range r.problems() {
		annotateError(w, e)
	}
	for _, n := range r.Assessment.Notices {
		at := assessment.Location{File: n.File, Line: n.Line}
		fmt.Fprintf(w, "::notice %stitle=%s::%s\n", properties(at), property(safe(string(n.Kind))), command(safe(n.Message)))
	}
	fmt.Fprintf(w, "Kubeproof: %s\n", r.verdict())
	if n := len(r.Assessment.Errors); n > 0 {
		fmt.Fprintf(w, "Kubeproof: %s in what was read\n", count(n, "problem"))
	}
	if settled > 0 {
		fmt.Fprintf(w, "Kubeproof: %s accepted, passed, not applicable or in the baseline, not annotated\n", count(settled, "finding"))
	}
	return nil
}

func endGroup(w io.Writer, group string) {
	if group != "" {
		fmt.Fprintln(w, "::endgroup::")
	}
}

func annotate(w io.Writer, f *assessment.Finding) {
	level := "notice"
	switch {
	case f.Outcome != assessment.Fail, f.Severity == control.Medium:
		level = "warning"
	case f.Severity.Rank() >= control.High.Rank():
		level = "error"
	}
	message := fullName(f.Subject) + ": " + f.Message
	if fix := fixLine(f.Fix); fix != "" && f.Outcome == assessment.Fail {
		message = safe(message) + "\nfix: " + safe(fix)
	} else {
		message = safe(message)
	}
	title := f.Control
	if f.Outcome != assessment.Fail {
		title += " (" + string(f.Outcome) + ")"
	}
	fmt.Fprintf(w, "::%s %stitle=%s::%s\n", level, properties(f.Location), property(safe(title)), command(message))
}

func annotateError(w io.Writer, e problem) {
	level := "warning"
	if e.Lost && !e.gap {
		level = "error"
	}
	at := assessment.Location{File: e.File, Line: e.Line, Column: e.Column}
	message := safe(e.Message)
	if e.File == "" {
		message = e.place() + ": " + message
	}
	fmt.Fprintf(w, "::%s %stitle=not assessed::%s\n", level, properties(at), command(message))
}

// properties are the place of an annotation; "" if there is no file that a repository could hold.
func properties(at assessment.Location) string {
	if at.File == "" || at.File == "-" {
		return ""
	}
	text := "file=" + property(safe(at.File)) + ","
	if at.Line > 0 {
		text += fmt.Sprintf("line=%d,", at.Line)
		if at.Column > 0 {
			text += fmt.Sprintf("col=%d,", at.Column)
		}
	}
	return text
}

// command escapes the text of a workflow command, property the value of one of its properties, as
// actions/toolkit does.
func command(text string) string { return commandEscapes.Replace(text) }

func property(text string) string { return propertyEscapes.Replace(text) }

var (
	commandEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

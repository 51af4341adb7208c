package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// csvColumns are the columns and what stands in them. New ones are added at the end.
var csvColumns = []struct {
	name string
	cell func(*assessment.Finding) string
}{
	{"control", func(f *assessment.Finding) string { return f.Control }},
	{"title", func(f *assessment.Finding) string { return f.Title }},
	{"outcome", func(f *assessment.Finding) string { return string(f.Outcome) }},
	{"severity", func(f *assessment.Finding) string { return string(f.Severity) }},
	{"risk", func(f *assessment.Finding) string { return riskText(f) }},
	{"team", func(f *assessment.Finding) string { return string(f.Team) }},
	{"message", func(f *assessment.Finding) string { return f.Message }},
	{"file", func(f *assessment.Finding) string { return f.Location.File }},
	{"line", func(f *assessment.Finding) string { return line(f.Location.Line) }},
	{"column", func(f *assessment.Finding) string { return line(f.Location.Column) }},
	{"path", func(f *assessment.Finding) string { return f.Location.Path }},
	{"kind", func(f *assessment.Finding) string { return f.Subject.Kind }},
	{"apiVersion", func(f *assessment.Finding) string { return f.Subject.APIVersion }},
	{"namespace", func(f *assessment.Finding) string { return f.Subject.Namespace }},
	{"name", func(f *assessment.Finding) string { return f.Subject.Name }},
	{"container", func(f *assessment.Finding) string { return f.Subject.Container }},
	{"cluster", func(f *assessment.Finding) string { return f.Subject.Cluster }},
	{"fix", func(f *assessment.Finding) string { return f.Fix }},
	{"maps", func(f *assessment.Finding) string { return strings.Join(mapped(f.Maps), "; ") }},
	{"exception", exceptionText},
	{"baseline", func(f *assessment.Finding) string { return strconv.FormatBool(f.Baseline) }},
	{"fingerprint", func(f *assessment.Finding) string { return f.Fingerprint }},
}

// writeCSV writes RFC 4180 with a header. What could not be read at all follows the findings as
// lines without a control, with the outcome error, or unknown for what a cluster did not show.
func writeCSV(w io.Writer, r *Report) error {
	out := csv.NewWriter(w)
	row := make([]string, len(csvColumns))
	for i, column := range csvColumns {
		row[i] = column.name
	}
	out.Write(row) // csv.Writer keeps its first error
	for i := range r.Assessment.Findings {
		writeRow(out, row, r.Assessment.Findings[i])
	}
	for _, e := range r.problems() {
		writeRow(out, row, &assessment.Finding{
			Outcome: e.outcome(), Message: e.Message,
			Location: assessment.Location{File: firstOf(e.File, e.Target), Line: e.Line, Column: e.Column},
		})
	}
	out.Flush()
	return out.Error()
}

func writeRow(out *csv.Writer, row []string, f *assessment.Finding) {
	for i, column := range csvColumns {
		row[i] = escape.Cell(column.cell(f))
	}
	out.Write(row)
}

func line(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// riskText is the risk; "" on lines that have no control.
func riskText(f *assessment.Finding) string {
	if f.Control == "" {
		return ""
	}
	return strconv.Itoa(f.Risk)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// mapped writes the identifiers of frameworks as "framework:identifier", in order.
func mapped(maps map[string][]string) []string {
	var all []string
	for framework, identifiers := range maps {
		for _, identifier := range identifiers {
			all = append(all, framework+":"+identifier)
		}
	}
	slices.Sort(all)
	return all
}

func exceptionText(f *assessment.Finding) string {
	if f.Exception == nil {
		return ""
	}
	text := f.Exception.Term() + ": " + f.Exception.Reason
	if f.Exception.Owner != "" {
		text += " (" + f.Exception.Owner + ")"
	}
	return text + " [" + f.Exception.Source + "]"
}

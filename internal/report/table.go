package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// The table without Options.Full: a control is shown with its fix where it first fails, with the
// source if it is severe, and later with its place alone; low ones share a line. After mostLines lines of findings the remaining
// files are only counted, and after mostFiles of those only their number is given.
const (
	mostLines    = 300
	mostFiles    = 40
	defaultWidth = 100
	leastWidth   = 40
)

// table writes the report for a terminal. Findings come first and the summary last, where a
// terminal leaves the reader.
type table struct {
	painter
	w     io.Writer
	r     *Report
	width int
	full  bool
	lines int
	// urgent are all findings, most urgent first.
	urgent []*assessment.Finding
	shown  map[string]bool // controls that were shown with their excerpt
}

func writeTable(w io.Writer, r *Report) error {
	t := &table{painter: painter(r.Options.Colour), w: w, r: r, full: r.Options.Full, shown: map[string]bool{}, urgent: r.urgent()}
	t.width = max(cmp.Or(r.Options.Width, defaultWidth), leastWidth)
	files := byFile(t.urgent)
	t.overview(files)
	t.files(files)
	t.summary()
	return nil
}

func (t *table) line(format string, args ...any) {
	t.lines++
	fmt.Fprintf(t.w, format+"\n", args...)
}

// fileFindings are the findings of one file or cluster, by subject.
type fileFindings struct {
	name     string
	tally    tally
	open     int // unknown and error
	subjects []*subjectFindings
}

// subjectFindings are the entries of one subject.
type subjectFindings struct {
	name    string
	tally   tally
	entries []*entry
}

// entry holds the findings of one control with one outcome on one subject, as over its containers.
type entry struct{ findings []*assessment.Finding }

func (e *entry) first() *assessment.Finding { return e.findings[0] }

// byFile groups the findings: the worst file first, in it the worst subject, in that the worst
// entry. What the baseline holds is left out, as is what a cluster did not show; the summary counts
// them.
func byFile(urgent []*assessment.Finding) []*fileFindings {
	type subjectKey struct{ file, name string }
	type entryKey struct {
		subjectKey
		control string
		outcome assessment.Outcome
		excuse  assessment.Exception // each is told with its own
	}
	files, subjects, entries := map[string]*fileFindings{}, map[subjectKey]*subjectFindings{}, map[entryKey]*entry{}
	var order []*fileFindings
	for _, f := range urgent {
		if f.Baseline && f.Outcome == assessment.Fail || fromGap(f) {
			continue
		}
		key := entryKey{subjectKey{file(f), subjectName(f.Subject)}, f.Control, f.Outcome, assessment.Exception{}}
		if f.Exception != nil {
			key.excuse = *f.Exception
			key.excuse.Source = ""
		}
		in := files[key.file]
		if in == nil {
			in = &fileFindings{name: key.file}
			files[key.file] = in
			order = append(order, in)
		}
		s := subjects[key.subjectKey]
		if s == nil {
			s = &subjectFindings{name: key.name}
			subjects[key.subjectKey] = s
			in.subjects = append(in.subjects, s)
		}
		e := entries[key]
		if e == nil {
			e = &entry{}
			entries[key] = e
			s.entries = append(s.entries, e)
		}
		e.findings = append(e.findings, f)
		in.count(f)
		s.tally.add(f)
	}
	sortFiles(order)
	return order
}

func (in *fileFindings) count(f *assessment.Finding) {
	in.tally.add(f)
	if f.Outcome == assessment.Unknown || f.Outcome == assessment.Error {
		in.open++
	}
}

func sortFiles(files []*fileFindings) {
	slices.SortStableFunc(files, func(a, b *fileFindings) int {
		return cmp.Or(a.tally.worse(b.tally), cmp.Compare(b.open, a.open), strings.Compare(a.name, b.name))
	})
	for _, in := range files {
		slices.SortStableFunc(in.subjects, func(a, b *subjectFindings) int {
			return cmp.Or(a.tally.worse(b.tally), strings.Compare(a.name, b.name))
		})
	}
}

func (t *table) files(files []*fileFindings) {
	for i, in := range files {
		if t.lines > mostLines && !t.full && len(files)-i > 1 {
			t.remaining(files[i:])
			return
		}
		t.file(in)
	}
}

// remaining counts the files that are not shown.
func (t *table) remaining(files []*fileFindings) {
	how := ""
	if unit(files) == "place" {
		how = ": see -n NAME or --full"
	}
	t.line("%s", t.paint(bold, "Findings in "+count(len(files), "more "+unit(files))+", not shown here")+how)
	for i, in := range files {
		if i == mostFiles && len(files) > mostFiles+1 {
			t.line("  ... and %s", count(len(files)-i, "more "+unit(files)))
			break
		}
		t.line("  %s  %s", fileTitle(in.name), t.paint(dim, in.totals()))
	}
	t.line("")
}

func (in *fileFindings) totals() string {
	text := in.tally.String()
	if in.open > 0 {
		text = strings.TrimPrefix(text+", ", ", ") + number(in.open) + " not assessed"
	}
	return text
}

func fileTitle(name string) string {
	switch name {
	case "":
		return "(no file)"
	case "-":
		return "standard input"
	}
	return safe(name)
}

func (t *table) file(in *fileFindings) {
	title := t.paint(bold, fileTitle(in.name))
	if totals := in.totals(); totals != "" {
		title += "  " + t.paint(dim, totals)
	}
	t.line("%s", title)
	for _, s := range in.subjects {
		t.line("  %s", t.paint(bold, safe(s.name)))
		var small []*entry
		for _, e := range s.entries {
			if t.small(e.first()) {
				small = append(small, e)
				continue
			}
			t.entry(e)
		}
		t.together(small)
	}
	t.line("")
}

// small reports whether a finding shares a line with others of its kind.
func (t *table) small(f *assessment.Finding) bool {
	if f.Outcome == assessment.Pass || f.Outcome == assessment.NotApplicable {
		return true
	}
	return !t.full && f.Outcome == assessment.Fail && f.Severity.Rank() <= control.Low.Rank()
}

// together writes entries that share a line: one line for each word that leads them.
func (t *table) together(entries []*entry) {
	for len(entries) > 0 {
		word, style := badge(entries[0].first())
		var ids []string
		rest := entries[:0:0]
		for _, e := range entries {
			if w, _ := badge(e.first()); w != word {
				rest = append(rest, e)
				continue
			}
			id := safe(e.first().Control)
			if n := len(e.findings); n > 1 {
				id += fmt.Sprintf(" (%d)", n)
			}
			ids = append(ids, id)
		}
		for i, line := range wrap(strings.Join(ids, ", "), t.width-14) {
			if i == 0 {
				t.line("    %s  %s", t.padded(style, word), t.paint(dim, line))
				continue
			}
			t.line("              %s", t.paint(dim, line))
		}
		entries = rest
	}
}

// padded paints a word and fills it up to the width of the longest one.
func (t *table) padded(s style, word string) string {
	return t.paint(s, word) + strings.Repeat(" ", max(0, len("critical")-len(word)))
}

// unit is what findings stand in: files, or places of which some are a cluster.
func unit(files []*fileFindings) string {
	if slices.ContainsFunc(files, func(in *fileFindings) bool { return strings.HasPrefix(in.name, "cluster ") }) {
		return "place"
	}
	return "file"
}

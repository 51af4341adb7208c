// Package report writes an assessment for people and for machines, one file per format.
// A report adds nothing to the assessment but its layout and what the images are that were scanned:
// no time, no host, no value of an object that the findings do not hold already, so that the same
// input gives the same bytes. What comes from scanned files is escaped for each format. Begin with
// New and Write; Formats lists the formats.
package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Options say how a report is laid out. The zero value is right for machines.
type Options struct {
	// Version is Kubeproof's own version; "" leaves it out.
	Version string
	// Time is when the assessment was made. The HTML report alone shows it, and only if it is set:
	// two runs on the same input then differ.
	Time time.Time
	// Colour allows terminal colours in the table.
	Colour bool
	// Width is the terminal's width in columns; 0 means 100.
	Width int
	// Target is what was scanned, as the user wrote it, for commands to go on with; "" if it is not one thing.
	Target string
	// Full shows every finding of the table with its excerpt; otherwise repeated ones are folded.
	Full bool
}

// Report is an assessment with what is needed to write it in any format.
type Report struct {
	Assessment *assessment.Assessment
	// Controls are the controls that were run, by id. One that is absent is shown by the title in
	// the assessment.
	Controls map[string]*control.Control
	// Images are the facts of the container images that were scanned, also of those without findings:
	// what Images gives. HTML shows each with its layers, the table and JSON a line; other formats
	// leave them out.
	Images  []*inventory.Subject
	Options Options
}

// New binds an assessment to the controls that were run.
func New(a *assessment.Assessment, controls map[string]*control.Control, options Options) *Report {
	return &Report{Assessment: a, Controls: controls, Options: options}
}

// Format is one way to write a report.
type Format struct {
	Name  string
	About string
	Write func(io.Writer, *Report) error
}

// Formats are all formats, in the order in which they are offered.
var Formats = []Format{
	{"table", "for people at a terminal", writeTable},
	{"json", "everything, for programs (" + assessment.Schema + ")", writeJSON},
	{"sarif", "SARIF 2.1.0, for code scanning and editors", writeSARIF},
	{"junit", "JUnit XML, for test reports of GitLab, Jenkins and others", writeJUnit},
	{"html", "one page to read, filter and print", writeHTML},
	{"markdown", "sized for a comment on a change", writeMarkdown},
	{"csv", "one line per finding, for spreadsheets", writeCSV},
	{"github", "annotations of GitHub Actions", writeGitHub},
}

// Names are the names of all formats, in the order of Formats.
func Names() []string {
	names := make([]string, len(Formats))
	for i, format := range Formats {
		names[i] = format.Name
	}
	return names
}

// Write writes the report in the format of that name. The error names the formats there are if
// there is none of that name; else it is the writer's.
func Write(format string, w io.Writer, r *Report) error {
	for _, known := range Formats {
		if known.Name == format {
			buffered := bufio.NewWriterSize(w, 64<<10)
			if err := known.Write(buffered, r); err != nil {
				return fmt.Errorf("write %s report: %w", format, err)
			}
			if err := buffered.Flush(); err != nil {
				return fmt.Errorf("write %s report: %w", format, err)
			}
			return nil
		}
	}
	return fmt.Errorf("unknown format %q: use one of %s", format, strings.Join(Names(), ", "))
}

// title is the control's title, safe for one line.
func (r *Report) title(id string) string {
	if c := r.Controls[id]; c != nil && c.Title != "" {
		return c.Title
	}
	for _, result := range r.Assessment.Controls {
		if result.ID == id && result.Title != "" {
			return result.Title
		}
	}
	return id
}

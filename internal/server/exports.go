package server

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/report/oscal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// exported is a report that can be had.
type exported struct {
	Name, File, Title, About, media string
}

// reports are those of the review, with the names that they have in a bundle.
var exportedReports = []exported{
	{"html", "review.html", "HTML", "One page to read, to print and to keep as PDF.", "text/html"},
	{"markdown", "review.md", "Markdown", "In short, for a wiki or a comment on a change.", "text/markdown"},
	{"xlsx", "review.xlsx", "XLSX", "A workbook with a sheet for each kind of record.", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"json", "review.json", "JSON", "Everything, for programs.", "application/json"},
	{"oscal", "assessment-results.json", "OSCAL assessment results", "For tools that exchange assessments.", "application/json"},
	{"poam", "poam.json", "OSCAL plan of action", "What is to be mended, with milestones.", "application/json"},
}

// exportedSheets are the questions and answers to be filled in elsewhere.
var exportedSheets = []exported{
	{"answers-xlsx", "answers.xlsx", "Answers as XLSX", "The questions, to fill in offline and read in again.", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"answers-csv", "answers.csv", "Answers as CSV", "The same for other spreadsheets.", "text/csv"},
	{"answers-yaml", "answers.yaml", "Answers as YAML", "The same for git.", "application/yaml"},
}

type exportsPage struct {
	Reports, Sheets []exported
	MayImport       bool // who is here may read sheets in
}

func (v *visit) exports() error {
	if v.plan == "" {
		return errNoPlan
	}
	return v.show("exports.html", "Exports", exportsPage{exportedReports, exportedSheets, v.has(answers.roles...)})
}

// inTurn makes a report when it may be made: each costs time and memory. Who then reads it slowly
// keeps nobody waiting.
func (v *visit) inTurn(fill func(io.Writer) error) func(io.Writer) error {
	return func(out io.Writer) error {
		select {
		case v.s.reports <- struct{}{}:
			defer func() { <-v.s.reports }()
			return fill(out)
		case <-v.Context().Done():
			return v.Context().Err()
		}
	}
}

// export gives one report, with the checkpoint of the same moment in it.
func (v *visit) export() error {
	name := v.PathValue("name")
	known := func(one exported) bool { return one.Name == name }
	now, err := v.sees()
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(exportedSheets, known); at >= 0 {
		return v.download(exportedSheets[at].File, exportedSheets[at].media, v.inTurn(func(out io.Writer) error {
			return sheet.Write(strings.TrimPrefix(name, "answers-"), out, now.View, sheet.Options{})
		}))
	}
	at := slices.IndexFunc(exportedReports, known)
	if at < 0 {
		return errNotFound
	}
	err = v.download(exportedReports[at].File, exportedReports[at].media, v.inTurn(func(out io.Writer) error {
		d, err := v.dossier()
		if err != nil {
			return err
		}
		return writeReport(name, out, d)
	}))
	if errors.Is(err, oscal.ErrNothingToDo) {
		return problem(http.StatusNotFound, "There is nothing to plan", "No item is partly, not satisfied, contradicted, accepted or stale, so there is no plan of action.")
	}
	return err
}

// dossier takes the review and the checkpoint of the same moment, proved from the entries.
func (v *visit) dossier() (*dossier.Dossier, error) {
	d := &dossier.Dossier{Version: v.s.Version}
	return d, v.s.Journal.ReadSigned(v.Context(), func(state *review.State, checkpoint []byte) (err error) {
		d.View, err = state.View(v.plan, v.s.Library, v.s.Controls, v.s.Now())
		d.Checkpoint, d.Signer = checkpoint, state.Keys[len(state.Keys)-1]
		return err
	})
}

func writeReport(name string, out io.Writer, d *dossier.Dossier) error {
	input := oscal.Input{View: d.View, Checkpoint: d.Checkpoint, Program: d.Version}
	makes := map[string]func(oscal.Input) ([]byte, error){"oscal": oscal.Results, "poam": oscal.POAM}[name]
	if makes == nil {
		return dossier.Write(name, out, d)
	}
	text, err := makes(input)
	if err == nil {
		_, err = out.Write(text)
	}
	return err
}

// bundle gives everything for an auditor: first the digests of its reports go into the ledger.
func (v *visit) bundle() error {
	if err := v.form(); err != nil {
		return err
	}
	if v.plan == "" {
		return errNoPlan
	}
	return v.download("audit-"+v.plan+".zip", "application/zip", v.inTurn(v.writeBundle))
}

func (v *visit) writeBundle(out io.Writer) error {
	d, err := v.dossier()
	if err != nil {
		return err
	}
	var all []journal.Report
	for _, one := range exportedReports {
		var text bytes.Buffer
		err := writeReport(one.Name, &text, d)
		if errors.Is(err, oscal.ErrNothingToDo) {
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, journal.Report{Name: one.File, Data: text.Bytes()})
	}
	if err := v.s.Journal.Export(v.Context(), v.person.ID, v.plan, d.Checkpoint, all); err != nil {
		return err
	}
	return v.s.Journal.Bundle(v.Context(), out, all)
}

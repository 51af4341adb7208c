// Package handout gives reviews out as files: reports in every format, sheets to be filled in, and the
// bundle with its proof. Pages, API and commands hand out the same. Begin with Reports and Write.
package handout

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/report/oscal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// Format is what can be had.
type Format struct {
	// Name asks for it, File is what it is called, Title and About tell people of it, Media is its type.
	Name, File, Title, About, Media string
}

// Reports are those of a review, all of which go into a bundle.
var Reports = []Format{
	{"html", "review.html", "HTML", "One page to read, to print and to keep as PDF.", "text/html"},
	{"markdown", "review.md", "Markdown", "In short, for a wiki or a comment on a change.", "text/markdown"},
	{"xlsx", "review.xlsx", "XLSX", "A workbook with a sheet for each kind of record.", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"json", "review.json", "JSON", "Everything, for programs.", "application/json"},
	{"oscal", "assessment-results.json", "OSCAL assessment results", "For tools that exchange assessments.", "application/json"},
	{"poam", "poam.json", "OSCAL plan of action", "What is to be mended, with milestones.", "application/json"},
}

// sheetPrefix begins the names of sheets.
const sheetPrefix = "answers-"

// Sheets are the questions, to be filled in offline.
var Sheets = []Format{
	{"answers-xlsx", "answers.xlsx", "Answers as XLSX", "The questions, to fill in offline and read in again.", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"answers-csv", "answers.csv", "Answers as CSV", "The same for other spreadsheets.", "text/csv"},
	{"answers-yaml", "answers.yaml", "Answers as YAML", "The same for git.", "application/yaml"},
}

// Find gives the report or sheet of a name; false if there is none.
func Find(name string) (Format, bool) {
	all := append(slices.Clone(Reports), Sheets...)
	at := slices.IndexFunc(all, func(one Format) bool { return one.Name == name })
	if at < 0 {
		return Format{}, false
	}
	return all[at], true
}

// ErrNothing is the error of a plan of action where there is nothing to do.
var ErrNothing = oscal.ErrNothingToDo

// Source is from where a review is taken: a journal.Journal.
type Source interface {
	ReadSigned(ctx context.Context, fn func(*review.State, []byte) error) error
	Export(ctx context.Context, actor, plan string, printed []byte, reports []journal.Report) error
	Bundle(ctx context.Context, out io.Writer, reports []journal.Report) error
}

// About says of what is handed out.
type About struct {
	Plan     string
	Library  *checklist.Library
	Controls review.Controls
	Now      time.Time
	Version  string // of the program
}

// Gather takes a review together with the checkpoint that proves it.
func Gather(ctx context.Context, from Source, a About) (*dossier.Dossier, error) {
	d := &dossier.Dossier{Version: a.Version}
	return d, from.ReadSigned(ctx, func(state *review.State, checkpoint []byte) (err error) {
		d.View, err = state.View(a.Plan, a.Library, a.Controls, a.Now)
		d.Checkpoint, d.Signer = checkpoint, state.Keys[len(state.Keys)-1]
		return err
	})
}

// Write writes a review in the format of a name, which Find must know; version is that of OSCAL, "" for the
// default. ErrNothing is wrapped where there is no plan of action.
func Write(name string, out io.Writer, d *dossier.Dossier, version string) error {
	if format, isSheet := strings.CutPrefix(name, sheetPrefix); isSheet {
		return sheet.Write(format, out, d.View, sheet.Options{})
	}
	input := oscal.Input{View: d.View, Checkpoint: d.Checkpoint, Version: version, Program: d.Version}
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

// Bundle notes the digests of all reports of a review in the ledger, as a person's doing, and writes the
// bundle that proves all of it; version is as Write has it.
func Bundle(ctx context.Context, from Source, d *dossier.Dossier, person, version string, out io.Writer) error {
	var all []journal.Report
	for _, one := range Reports {
		var text bytes.Buffer
		err := Write(one.Name, &text, d, version)
		if errors.Is(err, ErrNothing) {
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, journal.Report{Name: one.File, Data: text.Bytes()})
	}
	if err := from.Export(ctx, person, d.View.Plan.ID, d.Checkpoint, all); err != nil {
		return err
	}
	return from.Bundle(ctx, out, all)
}

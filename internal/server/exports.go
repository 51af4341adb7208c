package server

import (
	"errors"
	"io"
	"net/http"
	"slices"

	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/server/handout"
)

type exportsPage struct {
	Reports, Sheets []handout.Format
	MayImport       bool // who is here may read sheets in
}

func (v *visit) exports() error {
	if v.plan == "" {
		return errNoPlan
	}
	return v.show("exports.html", "Exports", exportsPage{handout.Reports, handout.Sheets, v.has(answers.roles...)})
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

// export hands a report or a sheet out.
func (v *visit) export() error {
	format, known := handout.Find(v.PathValue("name"))
	if !known {
		return errNotFound
	}
	now, err := v.sees()
	if err != nil {
		return err
	}
	sheet := slices.Contains(handout.Sheets, format)
	err = v.download(format.File, format.Media, v.inTurn(func(out io.Writer) error {
		d := &dossier.Dossier{View: now.View} // a sheet proves nothing
		if !sheet {
			if d, err = handout.Gather(v.Context(), v.s.Journal, v.handed()); err != nil {
				return err
			}
		}
		return handout.Write(format.Name, out, d, "")
	}))
	if errors.Is(err, handout.ErrNothing) {
		return problem(http.StatusNotFound, "There is nothing to plan", "No item is partly, not satisfied, contradicted, accepted or stale, so there is no plan of action.")
	}
	return err
}

// handed is what is handed out: the review that is looked at, as it is now.
func (v *visit) handed() handout.About {
	return handout.About{Plan: v.plan, Library: v.s.Library, Controls: v.s.Controls, Now: v.s.Now(), Version: v.s.Version}
}

// bundle makes all reports, notes their digests in the ledger and hands everything out.
func (v *visit) bundle() error {
	if err := v.form(); err != nil {
		return err
	}
	if v.plan == "" {
		return errNoPlan
	}
	return v.download("audit-"+v.plan+".zip", "application/zip", v.inTurn(func(out io.Writer) error {
		d, err := handout.Gather(v.Context(), v.s.Journal, v.handed())
		if err != nil {
			return err
		}
		return handout.Bundle(v.Context(), v.s.Journal, d, v.person.ID, "", out)
	}))
}

package server

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// Bounds of reading sheets in.
const (
	sheetForm     = int64(21 << 20)
	mostImports   = 16
	importKept    = 30 * time.Minute
	changesOnPage = 500
)

// imported is a sheet that somebody looks at before it is read in.
type imported struct {
	person, plan, name string
	rows               []sheet.Row
	problems           []sheet.Problem
	at                 time.Time
}

// imports keep the sheets that were handed in until they are read in, forgotten, or the server ends.
type imports struct {
	mutex sync.Mutex
	all   map[string]*imported
}

func newImports() *imports { return &imports{all: map[string]*imported{}} }

// keep takes a sheet and gives what it is found by. The one that waits for the longest time makes room.
func (i *imports) keep(one *imported) string {
	token := rand.Text()
	i.mutex.Lock()
	defer i.mutex.Unlock()
	oldest := ""
	for name, other := range i.all {
		switch {
		case one.at.Sub(other.at) > importKept || other.person == one.person:
			delete(i.all, name)
		case oldest == "" || other.at.Before(i.all[oldest].at):
			oldest = name
		}
	}
	if len(i.all) >= mostImports {
		delete(i.all, oldest)
	}
	i.all[token] = one
	return token
}

// find gives a sheet to whoever handed it in.
func (i *imports) find(token, person, plan string, now time.Time) *imported {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	one := i.all[token]
	if one == nil || one.person != person || one.plan != plan || now.Sub(one.at) > importKept {
		return nil
	}
	return one
}

func (i *imports) forget(token string) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	delete(i.all, token)
}

// importPage shows what a sheet would change.
type importPage struct {
	Name, Token string
	Changes     []sheet.Change
	More        int // changes that are not shown
	Problems    []sheet.Problem
	Seen        string // of the changes, so that others are not made than were looked at
	Again       bool   // others are to be made than were looked at
}

// importSheet reads a sheet and shows what it would change; nothing is changed yet.
func (v *visit) importSheet() error {
	err := v.form()
	if v.MultipartForm != nil {
		defer v.MultipartForm.RemoveAll() //nolint:errcheck // what cannot be removed is the system's to clean
	}
	if err != nil {
		return err
	}
	if v.plan == "" {
		return errNoPlan
	}
	header := v.part("file")
	if header == nil {
		return v.tell("/exports", "Choose a sheet: take one out below, fill it in, and hand it in here.", true)
	}
	file, err := header.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	var read *imported
	if err := v.inTurn(func(io.Writer) error { // unpacking a workbook takes memory
		rows, problems, err := sheet.Read(fileName(header.Filename), data)
		if err == nil {
			read = &imported{v.person.ID, v.plan, fileName(header.Filename), rows, problems, v.s.Now()}
		}
		return err
	})(io.Discard); err != nil {
		return v.tell("/exports", "The sheet cannot be read: "+err.Error(), true)
	}
	return v.showImport(v.s.imports.keep(read), read, false)
}

// showImport compares a sheet with what stands now.
func (v *visit) showImport(token string, one *imported, again bool) error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	changes, more := sheet.Compare(now.View, v.s.Library, one.rows)
	page := importPage{Name: one.name, Token: token, Changes: changes, Problems: slices.Concat(one.problems, more), Again: again}
	if page.Seen, err = seenChanges(now.State, v.plan, changes); err != nil {
		return err
	}
	if len(changes) > changesOnPage {
		page.Changes, page.More = changes[:changesOnPage], len(changes)-changesOnPage
	}
	return v.show("import.html", "Read a sheet in", page)
}

// seenChanges tells changes, and the answers that they change, from others.
func seenChanges(state *review.State, plan string, changes []sheet.Change) (string, error) {
	all := sha256.New()
	for _, one := range changes {
		revision := 0
		if answer := state.Answers[review.IDOf(plan, one.Key)]; answer != nil {
			revision = answer.Revision
		}
		fmt.Fprintf(all, "%q %d\n", one.Key, revision)
		for _, action := range one.Actions {
			body, err := review.BodyOf(action)
			if err != nil {
				return "", err
			}
			text, err := review.TextOf(action)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(all, "%s %q %q\n", action.Name(), body, text)
		}
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

// errOthers says that a sheet would change something else than somebody looked at.
var errOthers = errors.New("answers were changed since")

// applyImport makes the changes that were looked at: all of them, or none.
func (v *visit) applyImport() error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.PostForm
	one := v.s.imports.find(form.Get("token"), v.person.ID, v.plan, v.s.Now())
	if one == nil {
		return problem(http.StatusConflict, "The sheet is not here any more", "It waits for half an hour, and another one takes its place. Hand it in again.")
	}
	made := 0
	refused, err := v.try(func(w *journal.Work) (err error) {
		made, err = v.makeChanges(w, one)
		return err
	})
	switch {
	case err != nil:
		return err
	case errors.Is(refused, errOthers):
		return v.showImport(form.Get("token"), one, true)
	case refused != nil:
		return v.tell("/exports", sentence(refused.Error()), true)
	}
	v.s.imports.forget(form.Get("token"))
	return v.tell("/mywork", fmt.Sprintf("Read in: %s made.", count(made, "change")), false)
}

// makeChanges does what the sheet says and the form allows.
func (v *visit) makeChanges(w *journal.Work, one *imported) (int, error) {
	view, err := w.State.View(v.plan, v.s.Library, v.s.Controls, v.s.Now())
	if err != nil {
		return 0, err
	}
	changes, more := sheet.Compare(view, v.s.Library, one.rows)
	seen, err := seenChanges(w.State, v.plan, changes)
	switch {
	case err != nil:
		return 0, err
	case seen != v.PostForm.Get("seen"):
		return 0, errOthers
	case len(one.problems)+len(more) > 0 && v.PostForm.Get("skip") != "yes":
		return 0, fmt.Errorf("read sheet: %s: put it right and hand it in again, or leave it out", count(len(one.problems)+len(more), "problem"))
	}
	for _, change := range changes {
		answered := false
		for _, action := range change.Actions {
			if err := w.Do(action); err != nil {
				return 0, fmt.Errorf("%s: %w", change.Place, err)
			}
			_, isAnswer := action.(*review.SetAnswer)
			answered = answered || isAnswer
		}
		if answered && v.PostForm.Get("submit") == "yes" {
			if err := w.Do(&review.Submit{Plan: v.plan, Key: change.Key}); err != nil {
				return 0, fmt.Errorf("%s: %w", change.Place, err)
			}
		}
	}
	return len(changes), nil
}

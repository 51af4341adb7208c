package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

var end = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func options(t *testing.T) Options {
	t.Helper()
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	controls, err := control.LoadRules(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.NewKey("kubeproof.dev/ledger/demo", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Key: key, End: end, Seed: 1, Library: library, Controls: controls, Version: "1.2.3"}
}

// TestFill: every page has something to show, and the ledger of it is whole.
func TestFill(t *testing.T) {
	o, place := options(t), t.TempDir()
	if err := Fill(t.Context(), place, o); err != nil {
		t.Fatal(err)
	}
	if err := Fill(t.Context(), place, o); err == nil {
		t.Error("a store that holds a ledger was filled once more")
	}
	j, err := journal.Open(t.Context(), place, journal.Options{Catalogue: o.Library, Now: func() time.Time { return end }})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	verified, err := j.Verify(t.Context(), o.Key.Verifier())
	if err != nil || len(verified.Problems) > 0 {
		t.Errorf("the ledger: %v, %v", err, verified.Problems)
	}
	if mark, err := j.Setting(t.Context(), Setting); mark == "" || err != nil {
		t.Errorf("the store does not say that it was made up: %v", err)
	}
	t.Run("findings", func(t *testing.T) { checkFindings(t, j) })
	t.Run("scans", func(t *testing.T) { checkScans(t, j) })
	state, err := j.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("review", func(t *testing.T) { checkReview(t, state, o) })
}

func checkFindings(t *testing.T, j *journal.Journal) {
	back := true
	for name, filter := range map[string]store.FindingFilter{"open": {States: []string{"open"}}, "fixed": {States: []string{"fixed"}}, "accepted": {States: []string{"accepted"}}, "returned": {Regressed: &back}} {
		filter.Now = end
		counts, err := j.CountFindings(t.Context(), filter, "cluster")
		if err != nil || len(counts) == 0 {
			t.Errorf("%s: %v, %v", name, counts, err)
		}
		for _, one := range counts {
			if one.N == 0 {
				t.Errorf("%s: none in %s", name, one.Key)
			}
		}
	}
}

func checkScans(t *testing.T, j *journal.Journal) {
	scans, err := j.Scans(t.Context(), store.ScanFilter{})
	if err != nil || len(scans) != weeks*len(organisation) {
		t.Fatalf("%d scans, %v", len(scans), err)
	}
	lost := 0
	for _, one := range scans {
		summary := journal.ReadSummary(one.Summary)
		if summary.Subjects < 100 || summary.Subjects > 600 {
			t.Errorf("%s of %s saw %d objects", one.Source, one.Made, summary.Subjects)
		}
		if one.Made.After(end) || one.Made.Before(end.AddDate(0, 0, -7*weeks)) {
			t.Errorf("%s was made on %s", one.Source, one.Made)
		}
		if slices.Contains(summary.Missing, "list pods in messaging: the connection was lost") {
			lost++
		}
	}
	if lost != 1 {
		t.Errorf("%d scans are incomplete, want 1", lost)
	}
	kept := 0
	for _, one := range scans {
		_ = j.OpenInventory(t.Context(), one.ID, func(in io.Reader, _ int64) error { // of most scans none is kept
			kept++
			if err := readable(in); err != nil {
				t.Error(err)
			}
			return nil
		})
	}
	if kept != keptInventories*len(organisation) {
		t.Errorf("%d inventories are kept", kept)
	}
}

// readable reads an inventory as it is read elsewhere: nothing but secrets is hidden in it.
func readable(in io.Reader) error {
	zip, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	inv, err := saved.Read(zip, document.DefaultLimits)
	if err != nil {
		return err
	}
	for _, s := range inv.Subjects {
		for _, bound := range s.Root.Get("subjects").Children() {
			if kind := bound.Get("kind").Text(); kind != "User" && kind != "Group" && kind != "ServiceAccount" {
				err = fmt.Errorf("%s %s binds a %s", s.Kind, s.Name, kind)
			}
		}
	}
	return err
}

func checkReview(t *testing.T, state *review.State, o Options) {
	controls := review.Controls{}
	for _, one := range o.Controls {
		controls[one.ID] = one
	}
	view, err := state.View(Review, o.Library, controls, end)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []review.ItemState{review.ItemOpen, review.ItemAnswered, review.ItemInReview, review.ItemChangesRequested, review.ItemStale,
		review.ItemSatisfied, review.ItemPartly, review.ItemNotSatisfied, review.ItemContradicted, review.ItemAccepted, review.ItemNotApplicable} {
		if view.Score.States[want] == 0 {
			t.Errorf("no item is %s: %v", want, view.Score.States)
		}
	}
	states, expired := map[review.ExceptionState]int{}, 0
	for _, one := range state.Exceptions {
		states[one.State]++
		if one.State == review.ExceptionApproved && one.Until(end) == "" {
			expired++
		}
	}
	for _, want := range []review.ExceptionState{review.ExceptionRequested, review.ExceptionApproved, review.ExceptionRejected, review.ExceptionWithdrawn} {
		if states[want] == 0 {
			t.Errorf("no exception is %s: %v", want, states)
		}
	}
	if expired == 0 {
		t.Error("no exception has expired")
	}
	late := 0
	for _, answer := range state.Answers {
		if answer.Due != "" && answer.Due < end.Format(review.Day) && answer.Reply == nil {
			late++
		}
	}
	production, staging := state.Access[Review+"/production"], state.Access[Review+"/staging"]
	if late == 0 || production.Last.IsZero() || production.Done != nil || len(production.Decisions) == 0 || staging.Done != nil {
		t.Errorf("%d answers are late; access to production %+v, to staging %+v", late, production, staging)
	}
	if len(state.People) != len(People) || len(state.Evidence) < 20 || len(state.Comments) == 0 {
		t.Errorf("%d people, %d pieces of evidence, %d answers with comments", len(state.People), len(state.Evidence), len(state.Comments))
	}
}

// TestSeed: the same seed makes the same findings, another one makes others.
func TestSeed(t *testing.T) {
	text := func(seed uint64) []byte {
		o := options(t)
		o.Seed = seed
		m := &maker{options: o}
		if err := m.prepare(); err != nil {
			t.Fatal(err)
		}
		made, err := m.judged(t.Context(), &organisation[2], 20, end, false)
		if err != nil {
			t.Fatal(err)
		}
		return made.JSON
	}
	if !bytes.Equal(text(1), text(1)) {
		t.Error("one seed made two reports")
	}
	if bytes.Equal(text(1), text(2)) {
		t.Error("two seeds made one report")
	}
}

func TestFillEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := options(t)
	o.Progress = func(done, total int) {
		if done == 3 {
			cancel()
		}
		if done > 3 || total < 300 {
			t.Errorf("%d of %d was done after it was stopped", done, total)
		}
	}
	if err := Fill(ctx, t.TempDir(), o); err == nil {
		t.Error("it went on to its end")
	}
}

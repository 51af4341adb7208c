package server

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/acceptance"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/fix"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// findingPage is one finding with what became of it, and what may be done.
type findingPage struct {
	foundRow
	Kept      journal.FindingData
	About     *control.Control // nil if this version does not know it
	Maps      []mapping
	Patch     *fix.Patch
	Steps     []step
	Same      []foundRow // others of the same subject
	Elsewhere []groupRow // the control in other clusters
	All       int        // how often the control is open in the review
	Risks     []*dossier.Exception
	Ask       *askRisk // nil if who is here may not, or it cannot be asked for
	Plan      *review.Plan
	Review    string // the title of the review that it is of, if that is not the one looked at
	Here      string // the filter of all of the same subject
}

// step is something that became of a finding.
type step struct {
	At         time.Time
	Text, Mark string
	Scan       string
}

// askRisk is the form to ask that the risk of a finding be accepted.
type askRisk struct{ Subject, Today, Most string }

const (
	sameOnPage      = 20
	elsewhereOnPage = 12
)

// foundOf finds the finding of the address.
func (v *visit) foundOf() (found *store.StoredFinding, kept journal.FindingData, events []store.FindingEvent, err error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return nil, kept, nil, errNotFound
	}
	if found, kept, events, err = v.s.Journal.Finding(v.Context(), id); err == nil && found == nil {
		err = errNotFound
	}
	return found, kept, events, err
}

// planOf is the review whose scan found it; nil if it is not there.
func (v *visit) planOf(f *store.StoredFinding) *review.Plan {
	name, _, _ := strings.Cut(f.Source, "/")
	return v.state.Plans[name]
}

func (v *visit) finding() error {
	found, kept, events, err := v.foundOf()
	if err != nil {
		return err
	}
	page := findingPage{Kept: kept, About: v.s.Controls[found.Control], Plan: v.planOf(found), Steps: stepsOf(events), foundRow: rowOf(found, review.Terms{}, v.s.Now())}
	page.Patch = fix.For(page.About, fixPlace(found, kept))
	if page.About != nil {
		of := v.s.Library.MapsOf(page.About.Topics, page.About.Maps)
		for _, framework := range v.s.Library.All {
			if len(of[framework.ID]) > 0 {
				page.Maps = append(page.Maps, mapping{framework, of[framework.ID]})
			}
		}
	}
	if page.Plan != nil {
		page.foundRow = rowOf(found, page.Plan.Terms(), v.s.Now())
		if page.Plan.ID != v.plan {
			page.Review = v.state.Describe(page.Plan).Title
		}
		if err := v.fillRisks(&page); err != nil {
			return err
		}
		if err := v.fillOthers(&page); err != nil {
			return err
		}
	}
	return v.show("finding.html", found.Title, page)
}

// fixPlace is where the finding is, for a patch.
func fixPlace(f *store.StoredFinding, kept journal.FindingData) fix.Place {
	return fix.Place{APIVersion: kept.APIVersion, Kind: f.Kind, Namespace: f.Namespace, Name: f.Name, Container: f.Container, Path: kept.Location.Path, InCluster: f.FindingRow.Cluster != ""}
}

// patch is the patch as a file.
func (v *visit) patch() error {
	found, kept, _, err := v.foundOf()
	if err != nil {
		return err
	}
	patch := fix.For(v.s.Controls[found.Control], fixPlace(found, kept))
	if patch == nil {
		return problem(http.StatusNotFound, "There is no patch", "Of this finding it is not sure what to set: its page says in words how to mend it.")
	}
	return v.download("patch.yaml", "text/yaml", func(out io.Writer) error {
		_, err := io.WriteString(out, patch.Text)
		return err
	})
}

// eventWords say what became of a finding, and how that looks.
var eventWords = map[string][2]string{
	"found": {"found", "bad"}, "accepted": {"accepted as a risk", ""}, "unaccepted": {"no longer accepted", "bad"}, "fixed": {"fixed: a scan looked and did not find it", "good"},
	"returned": {"came back", "bad"}, "seen": {"last seen", ""},
}

func stepsOf(events []store.FindingEvent) []step {
	var all []step
	for _, event := range events {
		words, known := eventWords[event.What]
		if !known {
			words[0] = event.What
		}
		all = append(all, step{event.At, words[0], words[1], event.Scan})
	}
	return all
}

// fillOthers finds what else is open of the same subject, and the same control elsewhere.
func (v *visit) fillOthers(page *findingPage) error {
	f := page.StoredFinding
	filter := store.FindingFilter{Sources: []string{f.Source}, States: []string{string(store.StateOpen)}, Namespaces: []string{f.Namespace}, Kinds: []string{f.Kind}, Names: []string{f.Name}, Within: findingsRead}
	others, err := v.s.Journal.Findings(v.Context(), filter, "subject", "", sameOnPage+1)
	if err != nil {
		return err
	}
	for i := range others.Findings {
		if one := &others.Findings[i]; one.ID != f.ID && len(page.Same) < sameOnPage {
			page.Same = append(page.Same, rowOf(one, page.Plan.Terms(), v.s.Now()))
		}
	}
	slices.SortStableFunc(page.Same, func(a, b foundRow) int {
		return slices.Index(findingSeverities, a.Severity) - slices.Index(findingSeverities, b.Severity)
	})
	of := store.FindingFilter{States: filter.States, Controls: []string{f.Control}, Reviews: []string{page.Plan.ID}}
	groups, err := v.s.counted.group(v.Context(), v.s.Journal, newestScan(v.state), of, "source", elsewhereOnPage)
	if err != nil {
		return err
	}
	for _, one := range groups.All {
		row := groupRow{To: here("/findings", map[string][]string{"control": {f.Control}, "source": {one.Key}}), Tally: tally{N: one.N}}
		row.Text, row.Note = placeOfScan(one.Key)
		page.Elsewhere, page.All = append(page.Elsewhere, row), page.All+one.N
	}
	return nil
}

// subjectOf is how exceptions name the subject of a finding; "" if its name holds signs that would
// stand for others too.
func subjectOf(f *store.StoredFinding) string {
	name := f.Kind + "/" + f.Name
	if f.Namespace != "" {
		name = f.Namespace + "/" + name
	}
	if f.Kind == "" || f.Name == "" || strings.ContainsAny(name, "*?") {
		return ""
	}
	return name
}

// fillRisks finds the exceptions that cover the finding, and whether one may be asked for.
func (v *visit) fillRisks(page *findingPage) error {
	now, err := v.s.seenOf(v.Context(), v.state, page.Plan.ID)
	if err != nil {
		return err
	}
	f := page.StoredFinding
	subject := assessment.Subject{Kind: f.Kind, Namespace: f.Namespace, Name: f.Name}
	waiting := false
	for _, one := range now.Doc.Exceptions {
		if one.Control == f.Control && one.Subject != "" && acceptance.CoversSubject(one.Subject, subject) {
			page.Risks = append(page.Risks, one)
			waiting = waiting || one.State == review.ExceptionRequested || one.Until != ""
		}
	}
	if name := subjectOf(f); name != "" && !waiting && f.State == store.StateOpen && f.Outcome == string(assessment.Fail) && page.About != nil && v.has(review.Contributor) {
		page.Ask = &askRisk{name, now.Now.UTC().Format(review.Day), now.Now.AddDate(0, 0, now.Plan.Longest-1).UTC().Format(review.Day)}
	}
	return nil
}

// askException asks that the risk of a finding be accepted, in the review whose scan found it.
func (v *visit) askException() error {
	if err := v.form(); err != nil {
		return err
	}
	found, _, _, err := v.foundOf()
	if err != nil {
		return err
	}
	back := "/findings/" + strconv.FormatInt(found.ID, 10)
	plan, subject, form := v.planOf(found), subjectOf(found), v.PostForm
	switch {
	case plan == nil:
		return v.tell(back, "The review of this finding is not there: nothing can be asked for.", true)
	case subject == "":
		return v.tell(back, "The name of the subject holds signs that stand for others too: ask on the page Exceptions, and say what is covered.", true)
	}
	action := &review.RequestException{ID: journal.NewID("x"), Plan: plan.ID, Control: found.Control, Expires: form.Get("expires"),
		ExceptionText: review.ExceptionText{Subject: subject, Reason: written(form.Get("reason")), Compensation: written(form.Get("compensation")), Owner: strings.TrimSpace(form.Get("owner"))}}
	return v.act(back+"#risk", "Asked for: it waits for a reviewer.", func(w *journal.Work) error { return w.Do(action) })
}

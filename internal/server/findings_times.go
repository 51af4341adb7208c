package server

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// timesPage tells how old findings are, what is late, and how long it took to mend others.
type timesPage struct {
	Severities, Teams []timesRow
	All               timesRow
	Ages              []string
	Terms             []termField
	May               bool // who is here may set the terms
	Plan              string
	None              bool
}

// timesRow is one severity, one team or all.
type timesRow struct {
	Name     string
	Open, To string // addresses of what is open and what is late
	N, Late  int
	Term     int // in days; 0 for none
	Median   string
	Fixes    int
	Parts    []agePart
}

// agePart is a part of a bar of ages.
type agePart struct {
	Label, From, Share string
	N, Level           int
}

// termField is the field of a term, in days.
type termField struct {
	Severity string
	Days     int
}

// ageBounds part young from old, in days; ageWords say so.
var (
	ageBounds = []time.Duration{7 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour, 180 * 24 * time.Hour}
	ageWords  = []string{"up to 7 days", "up to 30 days", "up to 90 days", "up to 180 days", "older"}
)

// times are what a page of times is made of, kept until the next scan.
type times struct {
	mutex sync.Mutex
	known map[string]*timed // by review
}

type timed struct {
	version int64
	at      time.Time
	terms   review.Terms
	ages    []store.OpenAge
	fixes   map[string]store.FixTime
}

// staleTimes is how long times are kept while no scan comes: what is due becomes late.
const staleTimes = 10 * time.Minute

func newTimes() *times { return &times{known: map[string]*timed{}} }

// of reads the times of a review, once for all who ask.
func (t *times) of(ctx context.Context, from Journal, plan *review.Plan, version int64, now time.Time) (*timed, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	terms := plan.Terms()
	if known := t.known[plan.ID]; known != nil && known.version == version && known.terms == terms && now.Sub(known.at).Abs() < staleTimes {
		return known, nil
	}
	filter := store.FindingFilter{Reviews: []string{plan.ID}, Now: now, Late: terms.Late()}
	one := &timed{version: version, at: now, terms: terms}
	var err error
	if one.ages, err = from.OpenAges(ctx, filter, ageBounds); err != nil {
		return nil, err
	}
	if one.fixes, err = from.TimeToFix(ctx, store.FindingFilter{Reviews: filter.Reviews}); err != nil {
		return nil, err
	}
	t.known[plan.ID] = one
	return one, nil
}

// newestScan is the entry that recorded the newest scan: findings change with it only.
func newestScan(state *review.State) int64 {
	newest := int64(-1)
	for _, scan := range state.Scans {
		newest = max(newest, scan.Written)
	}
	return newest
}

func (v *visit) times() error {
	if v.plan == "" {
		return v.show("times.html", "Times of findings", timesPage{None: true})
	}
	plan := v.state.Plans[v.plan]
	known, err := v.s.times.of(v.Context(), v.s.Journal, plan, newestScan(v.state), v.s.Now())
	if err != nil {
		return err
	}
	terms := plan.Terms()
	page := timesPage{Ages: ageWords, May: v.has(review.Administrator), Plan: plan.ID, All: timesOf("all", known.ages, "", "", func(store.OpenAge) bool { return true })}
	for _, severity := range findingSeverities {
		row := timesOf(severity, known.ages, "severity", severity, func(one store.OpenAge) bool { return one.Severity == severity })
		row.Term = terms.Days(control.Severity(severity))
		if fixed := known.fixes[severity]; fixed.N > 0 {
			row.Median, row.Fixes = lasting(fixed.Median), fixed.N
		}
		page.Severities = append(page.Severities, row)
		page.Terms = append(page.Terms, termField{severity, row.Term})
	}
	var teams []string
	for _, one := range known.ages {
		teams = append(teams, one.Team)
	}
	for _, team := range slices.Compact(teams) { // they come in order
		page.Teams = append(page.Teams, timesOf(team, known.ages, "team", team, func(one store.OpenAge) bool { return one.Team == team }))
	}
	return v.show("times.html", "Times of findings", page)
}

// timesOf sums up what fits.
func timesOf(name string, ages []store.OpenAge, filter, value string, fits func(store.OpenAge) bool) timesRow {
	row, query := timesRow{Name: name}, url.Values{}
	if filter != "" {
		query.Set(filter, value)
	}
	row.Open = here("/findings", query)
	query.Set("late", "yes")
	row.To = here("/findings", query)
	by := make([]int, len(ageWords))
	for _, one := range ages {
		if !fits(one) {
			continue
		}
		row.N, row.Late = row.N+one.N, row.Late+one.Late
		for i, n := range one.ByAge {
			by[i] += n
		}
	}
	before := 0
	for i, n := range by {
		row.Parts = append(row.Parts, agePart{ageWords[i], share(before, row.N), share(n, row.N), n, i})
		before += n
	}
	return row
}

// lasting writes a time in hours or days.
func lasting(d time.Duration) string {
	if d < 48*time.Hour {
		return count(int(d.Round(time.Hour)/time.Hour), "hour")
	}
	return count(int(d.Round(24*time.Hour)/(24*time.Hour)), "day")
}

// setTerms sets within how many days findings are to be mended.
func (v *visit) setTerms() error {
	if err := v.form(); err != nil {
		return err
	}
	if v.plan == "" {
		return errNoPlan
	}
	terms := review.Terms{}
	for severity, days := range map[string]*int{"critical": &terms.Critical, "high": &terms.High, "medium": &terms.Medium, "low": &terms.Low, "info": &terms.Info} {
		n, err := strconv.Atoi(strings.TrimSpace(v.PostForm.Get(severity)))
		if err != nil {
			return v.tell("/findings/times#terms", "Write the days of "+severity+" as a number, 0 for no term.", true)
		}
		*days = n
	}
	return v.act("/findings/times#terms", "Set, and noted in the ledger.", func(w *journal.Work) error {
		plan := w.State.Plans[v.plan]
		about, settings := w.State.Describe(plan), plan.Settings
		if about.Title == plan.ID {
			about.Title = ""
		}
		settings.Mend = &terms
		return w.Do(&review.ChangePlan{ID: plan.ID, Checklists: slices.Clone(plan.Checklists), Environments: slices.Clone(plan.Environments), Settings: settings, PlanText: about})
	})
}

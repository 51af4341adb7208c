// Package demo makes an organisation up and works in it for half a year: clusters that are scanned
// every week, and people who answer, review and accept risks. What stands in the clusters and in the
// answers is made up; everything else is done by what does it elsewhere: the engine judges, the rules of
// reviews decide, and the ledger is signed. Begin with Fill.
package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/acceptance"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/config"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/scan"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// Review is the name of the review that is worked through.
const Review = "main"

// Setting is what a store remembers, as journal.Journal.Setting has it, if its data was made up.
const Setting = "demonstration"

// Options say what is made.
type Options struct {
	// Key signs the ledger.
	Key *ledger.Key
	// End is the time of the last thing that happens; everything else lies before it.
	End time.Time
	// Seed decides what is drawn: the same seed makes the same findings.
	Seed     uint64
	Library  *checklist.Library
	Controls []*control.Control
	// Version is the program's, as scans note it.
	Version string
	// Settings are kept in the store, beside that it is a demonstration.
	Settings map[string]string
	// Progress is told how much of how much is done; nil for nobody.
	Progress func(done, total int)
}

// maker fills a store.
type maker struct {
	options Options
	journal *journal.Journal
	request scan.Request
	plan    *engine.Plan
	clock   time.Time
	last    map[string]*assessment.Assessment // the newest scan of each cluster
	events  []event
	given   int // ids given to what people made
}

// event is something that somebody does at a time.
type event struct {
	at  time.Time
	who string
	do  func(*journal.Work) error
}

// Fill makes a store at a place, which must be empty, as journal.Create does, fills it and closes it. What
// it writes is as real as what people and scanners would have written from the same data.
func Fill(ctx context.Context, place string, o Options) (err error) {
	o.End = o.End.UTC().Truncate(time.Minute)
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	m := &maker{options: o, clock: o.End.AddDate(0, 0, -7*weeks), last: map[string]*assessment.Assessment{}}
	if err := m.prepare(); err != nil {
		return err
	}
	settings := map[string]string{Setting: "true"}
	for name, value := range o.Settings {
		settings[name] = value
	}
	m.journal, err = journal.Create(ctx, place, journal.Options{Key: o.Key, Catalogue: o.Library, Now: m.now, Settings: settings}, m.first(), m.review())
	if err != nil {
		return err
	}
	if err := m.run(ctx); err != nil {
		_ = m.journal.Close() // what broke is told
		return fmt.Errorf("make demonstration: %w", err)
	}
	return m.journal.Close()
}

// prepare chooses every control, once for all scans.
func (m *maker) prepare() (err error) {
	m.request = scan.Request{Controls: m.options.Controls, Known: m.options.Controls, Config: &config.Config{Exceptions: m.accepted()}, Engine: engine.Options{Mask: secret.Mask}}
	m.plan, err = scan.Prepare(m.request)
	return err
}

// accepted are the risks of which the configuration of the scans says that they are taken.
func (m *maker) accepted() []acceptance.Rule {
	var rules []acceptance.Rule
	for _, id := range []string{"pod-host-path", "pod-volume-types", "container-run-as-non-root"} {
		rules = append(rules, acceptance.Rule{Control: id, Subject: "DaemonSet/*", Owner: "platform", Expires: m.options.End.AddDate(0, 3, 0).Format(time.DateOnly),
			Reason: "Agents on nodes need it to read what the node writes.", File: config.Name, Line: 1})
	}
	return rules
}

func (m *maker) now() time.Time { return m.clock }

// ago is a time before the end.
func (m *maker) ago(days, hours int) time.Time {
	return m.options.End.Add(-time.Duration(days)*24*time.Hour - time.Duration(hours)*time.Hour)
}

// at plans something.
func (m *maker) at(when time.Time, who string, do func(*journal.Work) error) {
	m.events = append(m.events, event{when, who, do})
}

// does plans actions of one person at one time.
func (m *maker) does(when time.Time, who string, actions ...review.Action) {
	m.at(when, who, func(w *journal.Work) error {
		for _, action := range actions {
			if err := w.Do(action); err != nil {
				return err
			}
		}
		return nil
	})
}

// run lets everything happen in the order of its time.
func (m *maker) run(ctx context.Context) error {
	m.team()
	m.scans(ctx)
	m.answers()
	m.exceptions()
	m.accessReviews()
	m.exports(ctx)
	slices.SortStableFunc(m.events, func(a, b event) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	for i, one := range m.events {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.clock = one.at
		if one.who == "" {
			if err := one.do(nil); err != nil {
				return err
			}
		} else if err := m.journal.Act(ctx, one.who, one.do); err != nil {
			return fmt.Errorf("%s, %s: %w", one.at.Format(time.DateTime), one.who, err)
		}
		m.options.Progress(i+1, len(m.events))
	}
	return nil
}

// scans plans the weekly scans, each recorded some minutes after it was made.
func (m *maker) scans(ctx context.Context) {
	for week := range weeks {
		for i := range organisation {
			c := &organisation[i]
			made := m.ago(7*(weeks-1-week), c.hour)
			m.at(made.Add(4*time.Minute), "robin", func(w *journal.Work) error {
				report, err := m.judged(ctx, c, week, made, week >= weeks-keptInventories)
				if err != nil {
					return err
				}
				m.last[c.name] = report.Assessment
				_, _, err = w.RecordScan(report)
				return err
			})
		}
	}
}

// keptInventories is of how many of the newest scans of a cluster what was seen is kept.
const keptInventories = 4

// id makes the next id of its kind.
func (m *maker) id(kind string) string {
	m.given++
	return fmt.Sprintf("%s-%08x", kind, chance(m.options.Seed, kind, fmt.Sprint(m.given)).Uint32())
}

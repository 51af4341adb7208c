// Package fill makes large stores for measurements: a review with people, and clusters that were scanned
// day by day, with findings that come, go and come back. Begin with Fill.
package fill

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Options say how large a store is to be.
type Options struct {
	// Findings are open at the end, over all Sources; Days is how often each was scanned.
	Findings, Sources, Days int
	// Now is the day of the last scan; time.Now by default.
	Now time.Time
}

// Filled is a store that was filled, and what serving it takes.
type Filled struct {
	*journal.Journal
	Library  *checklist.Library
	Controls review.Controls
}

// Person is who made everything: an administrator and contributor.
const Person = "anna"

// Fill makes a store at a place that is empty: a folder or file for SQLite, or the address of a PostgreSQL
// database. All scans but the last of each source lie beside the ledger, as those do that are no longer
// kept there; the last is recorded as every scan is.
func Fill(ctx context.Context, place string, o Options) (*Filled, error) {
	f, err := begin(ctx, place)
	if err != nil {
		return nil, err
	}
	if o.Now.IsZero() {
		o.Now = time.Now().Add(-time.Minute).UTC().Truncate(time.Second)
	}
	m := &maker{Filled: f, Options: o}
	m.ids = slices.Sorted(maps.Keys(f.Controls))
	for source := range o.Sources {
		for day := range o.Days - 1 {
			if err := m.merge(ctx, source, day); err != nil {
				return nil, err
			}
		}
		if err := m.record(ctx, source); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// begin makes the store with its people and its review.
func begin(ctx context.Context, place string) (*Filled, error) {
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		return nil, err
	}
	rules, err := control.LoadRules(catalog.FS, "controls", "")
	if err != nil {
		return nil, err
	}
	key, err := ledger.NewKey("kubeproof.dev/ledger/filled", rand.Reader)
	if err != nil {
		return nil, err
	}
	f := &Filled{Library: library, Controls: review.Controls{}}
	for _, one := range rules {
		f.Controls[one.ID] = one
	}
	var lists []string
	for _, list := range library.Checklists {
		lists = append(lists, list.ID)
	}
	f.Journal, err = journal.Create(ctx, place, journal.Options{Key: key, Catalogue: library},
		&review.AddPerson{ID: Person, Roles: []review.Role{review.Administrator, review.Contributor}, PersonText: review.PersonText{Name: "Anna"}},
		&review.AddPerson{ID: "ben", Roles: []review.Role{review.Reviewer}, PersonText: review.PersonText{Name: "Ben"}},
		&review.CreatePlan{ID: "main", Checklists: lists, Environments: []string{"production"}, Settings: review.DefaultSettings})
	return f, err
}

// maker makes scans.
type maker struct {
	*Filled
	Options
	ids []string // of the controls
}

func label(source int) string { return fmt.Sprintf("cluster-%02d", source) }

// made is when a source was scanned on a day.
func (m *maker) made(day int) time.Time { return m.Now.AddDate(0, 0, day-m.Days+1) }

// numbers are those of the findings of a day: one in a hundred is another than the day before, one in a
// thousand is away on every third day.
func (m *maker) numbers(day int) iter.Seq[int] {
	return func(yield func(int) bool) {
		count := m.Findings / m.Sources
		for i := range count {
			n := i
			if i%100 == day%100 {
				n += count * (day + 1)
			}
			if (i%1000 != 7 || day%3 != 1) && !yield(n) {
				return
			}
		}
	}
}

// severities are so frequent as they are in clusters.
var severities = []control.Severity{"low", "medium", "low", "high", "medium", "low", "info", "medium", "high", "critical"}

// finding makes one of a source; the same number gives the same one.
func (m *maker) finding(source, n int) *assessment.Finding {
	id := m.ids[(n*7919+source)%len(m.ids)]
	one := m.Controls[id]
	namespace, name := fmt.Sprintf("team-%03d", n*31%400), fmt.Sprintf("workload-%d", n/4)
	return &assessment.Finding{Control: id, Title: one.Title, Outcome: assessment.Fail, Severity: severities[n%len(severities)], Risk: one.Risk, Team: one.Team,
		Message: fmt.Sprintf("container \"app\" of %s is not as it should be", name), Fix: one.Fix, Fingerprint: fmt.Sprintf("%08x%024x", source, n),
		Subject:  assessment.Subject{Kind: "Deployment", APIVersion: "apps/v1", Namespace: namespace, Name: name, Container: "app", Cluster: label(source)},
		Location: assessment.Location{Path: "spec.template.spec.containers[0]"}, Evidence: &assessment.Evidence{Lines: []assessment.Line{{Number: 12, Text: "securityContext: {}", Guilty: true}}}}
}

// merge adds a scan that the ledger no longer names.
func (m *maker) merge(ctx context.Context, source, day int) error {
	made := m.made(day)
	row := store.ScanRow{ID: fmt.Sprintf("%s-%s", made.Format("20060102T150405.000000"), label(source)), Source: "main/production/" + label(source),
		Cluster: label(source), Environment: "production", Made: made, Received: made.Add(time.Minute), Version: "1.0.0", Score: float64(60 + day%30),
		Counts: [5]int{m.Findings / m.Sources / 10, m.Findings / m.Sources * 3 / 10, m.Findings / m.Sources * 3 / 10, m.Findings / m.Sources * 2 / 10, m.Findings / m.Sources / 10}}
	return m.Store().Update(ctx, func(tx *store.Tx) error {
		_, err := tx.MergeScan(row, func(string) bool { return true }, false, func(yield func(store.FindingRow, error) bool) {
			for n := range m.numbers(day) {
				if !yield(journal.RowOf(m.finding(source, n))) {
					return
				}
			}
		})
		return err
	})
}

// record hands the last scan of a source in.
func (m *maker) record(ctx context.Context, source int) error {
	head := m.head(source)
	write := func(out io.Writer) error { return m.write(out, head, source) }
	sum, size := sha256.New(), int64(0)
	if err := write(io.MultiWriter(sum, counter{&size})); err != nil {
		return err
	}
	report := journal.ScanReport{Plan: "main", Environment: "production", Label: label(source), Made: m.made(m.Days - 1), Assessment: head, Names: []string{"cluster " + label(source)}, Version: "1.0.0",
		ReportFrom: &journal.Handed{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size, Open: func(*store.Tx) (io.ReadCloser, error) {
			r, w := io.Pipe()
			go func() { w.CloseWithError(write(w)) }()
			return r, nil
		}}}
	return m.Act(ctx, Person, func(w *journal.Work) error {
		_, _, err := w.RecordScan(report)
		return err
	})
}

// counter counts what is written to it.
type counter struct{ n *int64 }

// Write counts.
func (c counter) Write(p []byte) (int, error) {
	*c.n += int64(len(p))
	return len(p), nil
}

// head is the report of the last scan without its findings.
func (m *maker) head(source int) *assessment.Assessment {
	a := &assessment.Assessment{Schema: assessment.Schema}
	a.Summary.Subjects, a.Summary.Judged, a.Summary.Kinds = m.Findings/m.Sources/4+1, m.Findings/m.Sources/4+1, map[string]int{"Deployment": m.Findings / m.Sources / 4, "Cluster": 1}
	a.Summary.Severity = map[control.Severity]int{}
	outcomes := map[string]*assessment.Counts{}
	for _, id := range m.ids {
		outcomes[id] = &assessment.Counts{Pass: 10}
	}
	for n := range m.numbers(m.Days - 1) {
		f := m.finding(source, n)
		a.Summary.Severity[f.Severity]++
		outcomes[f.Control].Fail++
	}
	for _, id := range m.ids {
		one := m.Controls[id]
		a.Controls = append(a.Controls, assessment.ControlResult{ID: id, Title: one.Title, Severity: one.Severity, Team: one.Team, Outcomes: *outcomes[id]})
	}
	return a
}

// write writes the report of the last scan.
func (m *maker) write(out io.Writer, head *assessment.Assessment, source int) error {
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	const end = `"findings":null}`
	if _, err := out.Write(append(text[:len(text)-len(end)], `"findings":[`...)); err != nil {
		return err
	}
	between := ""
	for n := range m.numbers(m.Days - 1) {
		one, err := json.Marshal(m.finding(source, n))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s%s", between, one); err != nil {
			return err
		}
		between = ","
	}
	_, err = io.WriteString(out, "]}")
	return err
}

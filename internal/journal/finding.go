package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/store"
)

// mergeFindings brings the history of findings up to date with a scan that is recorded: what is new,
// what came back, what is fixed. Of a control that did not run, or could not see everything, nothing is
// taken for fixed, and of a scan that lost something nothing at all.
func (w *Work) mergeFindings(r ScanReport, digest string) error {
	sure, uncertain := certain(r.Assessment)
	summary, err := summaryOf(r.Assessment).encode()
	if err != nil {
		return err
	}
	source := strings.Join([]string{r.Plan, r.Environment, r.Label}, "/")
	row := store.ScanRow{ID: scanID(w.Mark().At, source, r.Made, digest), Source: source,
		Environment: r.Environment, Made: r.Made, Received: w.Mark().At, Version: r.Version, SHA256: digest, Counts: countsOf(r.Assessment), Summary: summary, Score: scoreOf(r.Assessment)}
	_, err = w.tx.MergeScan(row, func(id string) bool { return sure[id] }, uncertain, w.rowsOf(r))
	if errors.Is(err, store.ErrOlder) {
		return nil // a newer scan was dropped from the review: what it saw of findings stays true
	}
	saw := r.InventoryFrom
	if saw == nil && r.Inventory != nil {
		saw = handed(r.Inventory)
	}
	if err != nil || saw == nil {
		return err
	}
	return saw.read(w.tx, func(text io.Reader) error { return w.tx.PutInventory(row.ID, saw.SHA256, saw.Size, text) })
}

// scanID is the id of a scan: it begins with when it was recorded. The same report may be recorded of two
// sources at the same moment, where a clock stands still.
func scanID(at time.Time, source string, made time.Time, digest string) string {
	sum := sha256.Sum256([]byte(source + "\x00" + made.UTC().Format(time.RFC3339Nano) + "\x00" + digest))
	return at.Format("20060102T150405.000000") + "-" + hex.EncodeToString(sum[:16])
}

// certain are the controls of which a finding that is not there is gone: they ran, and nothing that they
// need was unknown. No cluster shows everything to everybody, so what one control could not see says
// nothing of the others. Nothing is certain where objects were lost, where only a part of a cluster was
// asked for, or where no fact of the cluster bears the unknown outcomes of its gaps.
func certain(a *assessment.Assessment) (sure map[string]bool, nothing bool) {
	for _, one := range a.Errors {
		nothing = nothing || one.Lost
	}
	for _, gap := range a.Gaps {
		nothing = nothing || gap.Unasked || !gap.Provider && a.Summary.Kinds[inventory.FactCluster] == 0
	}
	sure = map[string]bool{}
	for _, one := range a.Controls {
		sure[one.ID] = one.Outcomes.Unknown+one.Outcomes.Error == 0
	}
	return sure, nothing
}

// countsOf counts failures by severity, from info to critical.
func countsOf(a *assessment.Assessment) (counts [5]int) {
	for severity, n := range a.Summary.Severity {
		if rank := severity.Rank(); rank >= 0 && rank < len(counts) {
			counts[rank] = n
		}
	}
	return counts
}

// errEnough ends the reading of findings of which no more are wanted.
var errEnough = errors.New("enough")

// rowsOf are the findings that have a history: all that is not well. They are read one by one where the
// report does not lie in memory.
func (w *Work) rowsOf(r ScanReport) iter.Seq2[store.FindingRow, error] {
	return func(yield func(store.FindingRow, error) bool) {
		each := func(f *assessment.Finding) error {
			if f.Outcome == assessment.Pass || f.Outcome == assessment.NotApplicable {
				return nil
			}
			if row, err := RowOf(f); !yield(row, err) {
				return errEnough
			}
			return nil
		}
		if err := w.eachFinding(r, each); err != nil && !errors.Is(err, errEnough) {
			yield(store.FindingRow{}, err)
		}
	}
}

func (w *Work) eachFinding(r ScanReport, each func(*assessment.Finding) error) error {
	if r.ReportFrom != nil {
		return r.ReportFrom.read(w.tx, func(text io.Reader) error {
			_, err := assessment.ReadEach(text, each)
			return err
		})
	}
	for _, f := range r.Assessment.Findings {
		if err := each(f); err != nil {
			return err
		}
	}
	return nil
}

// RowOf is a finding as it is kept in the history of findings.
func RowOf(f *assessment.Finding) (store.FindingRow, error) {
	severity := f.Severity
	if severity.Rank() < 0 {
		severity = control.Info
	}
	data, err := json.Marshal(FindingData{f.Subject.APIVersion, f.Fix, f.Location, f.Evidence, f.Exception})
	return store.FindingRow{Fingerprint: f.Fingerprint, Control: f.Control, Title: f.Title, Severity: string(severity), Team: string(f.Team),
		Namespace: f.Subject.Namespace, Kind: f.Subject.Kind, Name: f.Subject.Name, Container: f.Subject.Container, File: f.Location.File,
		Cluster: f.Subject.Cluster, Message: f.Message, Risk: f.Risk, Line: f.Location.Line, Outcome: string(f.Outcome), Data: data}, err
}

// FindingData is what is kept of a finding to be shown, and not to be looked for.
type FindingData struct {
	// APIVersion is that of the object.
	APIVersion string                `json:"apiVersion,omitempty"`
	Fix        string                `json:"fix,omitempty"`
	Location   assessment.Location   `json:"location"`
	Evidence   *assessment.Evidence  `json:"evidence,omitempty"`
	Exception  *assessment.Exception `json:"exception,omitempty"`
}

// Findings gives a page of what scans found, over time: see store.Tx.Findings.
func (j *Journal) Findings(ctx context.Context, f store.FindingFilter, order, cursor string, limit int) (page store.FindingPage, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		page, err = tx.Findings(f, order, cursor, limit)
		return err
	})
	return page, err
}

// CountFindings counts findings by what they have in common: see store.Tx.CountFindings.
func (j *Journal) CountFindings(ctx context.Context, f store.FindingFilter, by string) (counts []store.Count, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		counts, err = tx.CountFindings(f, by)
		return err
	})
	return counts, err
}

// GroupFindings counts findings by what they have in common, with their severities: see
// store.Tx.GroupFindings.
func (j *Journal) GroupFindings(ctx context.Context, f store.FindingFilter, by string, most int) (groups store.FindingGroups, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		groups, err = tx.GroupFindings(f, by, most)
		return err
	})
	return groups, err
}

// OpenAges gives how old open findings are: see store.Tx.OpenAges.
func (j *Journal) OpenAges(ctx context.Context, f store.FindingFilter, bounds []time.Duration) (ages []store.OpenAge, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		ages, err = tx.OpenAges(f, bounds)
		return err
	})
	return ages, err
}

// Finding gives a finding, what is kept of it to be shown, and what became of it; nil if there is none.
func (j *Journal) Finding(ctx context.Context, id int64) (found *store.StoredFinding, data FindingData, events []store.FindingEvent, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		if found, err = tx.Finding(id); err != nil || found == nil {
			return err
		}
		_ = json.Unmarshal(found.Data, &data) // what was cut is not shown
		events, err = tx.FindingHistory(id)
		return err
	})
	return found, data, events, err
}

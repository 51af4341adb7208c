package stored

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
	"github.com/kubeproof/kubeproof/test/postgres"
)

const day = 24 * time.Hour

// scanned makes a journal with a scan every hundred days, each with what it saw and with a finding that
// the next one does not have.
func scanned(t *testing.T, place string, now time.Time) (*journal.Journal, []string) {
	t.Helper()
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.NewKey("kubeproof.dev/ledger/test", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	clock := now.Add(-400 * day)
	j, err := journal.Create(t.Context(), place, journal.Options{Key: key, Catalogue: library, Now: func() time.Time { return clock }},
		&review.AddPerson{ID: "anna", Roles: []review.Role{review.Administrator, review.Contributor}, PersonText: review.PersonText{Name: "Anna"}},
		&review.CreatePlan{ID: "main", Checklists: []string{"requirements"}, Environments: []string{"production"}, Settings: review.DefaultSettings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	var reports []string
	for n := range 5 {
		report := []byte("report " + strconv.Itoa(n))
		sum := sha256.Sum256(report)
		reports = append(reports, hex.EncodeToString(sum[:]))
		a := &assessment.Assessment{Controls: []assessment.ControlResult{{ID: "container-privileged", Outcomes: assessment.Counts{Fail: 1}}},
			Findings: []*assessment.Finding{{Control: "container-privileged", Outcome: assessment.Fail, Severity: "high", Fingerprint: strconv.Itoa(n)}}}
		a.Summary.Subjects = 1
		if err := j.Act(t.Context(), "anna", func(w *journal.Work) error {
			_, _, err := w.RecordScan(journal.ScanReport{Plan: "main", Environment: "production", Label: "prod", Made: clock, Assessment: a, JSON: report, Names: []string{"prod"}, Inventory: []byte("saw")})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(100 * day)
	}
	return j, reports
}

// TestDropOld drops what is too old, and never what the ledger names.
func TestDropOld(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for name, place := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() },
		"postgres": func(t *testing.T) string { return postgres.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			j, reports := scanned(t, place(t), now)
			k := New(j.Store(), func() time.Time { return now })
			for _, step := range []struct {
				scans, inventories time.Duration
				want               Dropped
			}{
				{0, 0, Dropped{}},
				{500 * day, 450 * day, Dropped{}},
				{0, 250 * day, Dropped{Inventories: 2}},
				{150 * day, 0, Dropped{Scans: 3, Findings: 2}},
				{150 * day, 250 * day, Dropped{}},
				{time.Hour, time.Hour, Dropped{Scans: 1, Findings: 1}},
				{time.Hour, time.Hour, Dropped{}},
			} {
				got, err := k.DropOld(t.Context(), step.scans, step.inventories)
				if err != nil || got != step.want {
					t.Errorf("kept for %s and %s: dropped %+v, %v, want %+v", step.scans, step.inventories, got, err, step.want)
				}
			}
			scans, err := j.Scans(t.Context(), store.ScanFilter{})
			if err != nil || len(scans) != 1 || scans[0].SHA256 != reports[4] {
				t.Fatalf("%+v, %v", scans, err)
			}
			if err := j.OpenInventory(t.Context(), scans[0].ID, func(io.Reader, int64) error { return nil }); err != nil {
				t.Errorf("what the newest saw: %v", err)
			}
			for n, report := range reports {
				if err := j.OpenFile(t.Context(), report, func(r io.Reader, _ int64) error { _, err := io.Copy(io.Discard, r); return err }); err != nil {
					t.Errorf("report %d, which the ledger names: %v", n, err)
				}
			}
			key, err := j.Key(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if verified, err := j.Verify(t.Context(), key); err != nil || !verified.OK() {
				t.Errorf("%+v, %v", verified, err)
			}
			if err := j.OpenInventory(t.Context(), "none", func(io.Reader, int64) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
		})
	}
}

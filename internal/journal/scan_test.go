package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/store"
	"github.com/kubeproof/kubeproof/test/postgres"
)

var scannedAt = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)

// scanOf is a report with failures on some subjects, in structs and as JSON.
func scanOf(t *testing.T, names ...string) (*assessment.Assessment, []byte) {
	t.Helper()
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Name: "cluster:prod"}},
		Controls: []assessment.ControlResult{{ID: "container-privileged", Outcomes: assessment.Counts{Fail: len(names), Pass: 1}}}}
	a.Summary.Subjects, a.Summary.Kinds = 3, map[string]int{"Pod": 3}
	for _, name := range names {
		a.Findings = append(a.Findings, &assessment.Finding{Control: "container-privileged", Outcome: assessment.Fail, Severity: "high", Message: name,
			Fingerprint: "f-" + name, Subject: assessment.Subject{Kind: "Pod", Name: name}})
	}
	a.Findings = append(a.Findings, &assessment.Finding{Control: "container-privileged", Outcome: assessment.Pass, Fingerprint: "ok", Subject: assessment.Subject{Kind: "Pod", Name: "ok"}})
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return a, text
}

func report(a *assessment.Assessment, text []byte) ScanReport {
	return ScanReport{Plan: "main", Environment: "production", Label: "prod", Made: scannedAt, Assessment: a, JSON: text, Names: []string{"prod"}}
}

// streamed is the same report as it comes from elsewhere than memory.
func streamed(a *assessment.Assessment, text []byte) ScanReport {
	r, head := report(nil, nil), *a
	head.Findings = nil
	r.Assessment, r.ReportFrom = &head, handed(text)
	return r
}

func record(t *testing.T, j *Journal, r ScanReport) (known bool, err error) {
	t.Helper()
	err = j.Act(t.Context(), "anna", func(w *Work) error {
		_, known, err = w.RecordScan(r)
		return err
	})
	return known, err
}

// openFindings are the subjects of what is open.
func openFindings(t *testing.T, j *Journal) string {
	t.Helper()
	page, err := j.Findings(t.Context(), store.FindingFilter{States: []string{"open"}}, "subject", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range page.Findings {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

// TestScansAreRecordedFromMemoryAndElsewhere alike, with what they saw.
func TestScansAreRecordedFromMemoryAndElsewhere(t *testing.T) {
	for place, open := range map[string]func(*testing.T) string{"sqlite": func(t *testing.T) string { return t.TempDir() }, "postgres": func(t *testing.T) string { return postgres.Database(t) }} {
		for way, made := range map[string]func(*assessment.Assessment, []byte) ScanReport{"memory": report, "elsewhere": streamed} {
			t.Run(place+"/"+way, func(t *testing.T) {
				j := begun(t, open(t))
				r := made(scanOf(t, "a", "b"))
				r.Inventory = []byte("packed")
				for _, want := range []bool{false, true} {
					if known, err := record(t, j, r); known != want || err != nil {
						t.Errorf("known %v, %v", known, err)
					}
				}
				if got := openFindings(t, j); got != "a b" {
					t.Errorf("open are %q", got)
				}
				later := made(scanOf(t, "b", "c"))
				later.Made = scannedAt.Add(time.Hour)
				if _, err := record(t, j, later); err != nil {
					t.Fatal(err)
				}
				if got := openFindings(t, j); got != "b c" {
					t.Errorf("then open are %q", got)
				}
				expectInventories(t, j, "", "packed")
				expectKept(t, j, r)
			})
		}
	}
}

// TestTheSameReportOfTwoSources at the same moment, as where a clock stands still, is two scans.
func TestTheSameReportOfTwoSources(t *testing.T) {
	j := begun(t, t.TempDir())
	a, text := scanOf(t, "a")
	still := time.Now()
	j.options.Now = func() time.Time { return still }
	for _, label := range []string{"one", "two"} {
		r := report(a, text)
		r.Label = label
		if _, err := record(t, j, r); err != nil {
			t.Fatal(err)
		}
	}
	later := report(a, text)
	later.Label, later.Made = "two", scannedAt.Add(time.Minute)
	if _, err := record(t, j, later); err != nil {
		t.Fatal(err)
	}
	if scans, err := j.Scans(t.Context(), store.ScanFilter{}); err != nil || len(scans) != 3 {
		t.Errorf("%d scans, %v", len(scans), err)
	}
}

// expectInventories demands what was kept of the scans, the newest first.
func expectInventories(t *testing.T, j *Journal, want ...string) {
	t.Helper()
	scans, err := j.Scans(t.Context(), store.ScanFilter{})
	if err != nil || len(scans) != len(want) {
		t.Fatalf("%d scans, %v", len(scans), err)
	}
	for i, scan := range scans {
		var text []byte
		err := j.OpenInventory(t.Context(), scan.ID, func(r io.Reader, _ int64) (err error) {
			text, err = io.ReadAll(r)
			return err
		})
		if string(text) != want[i] || (err == nil) != (want[i] != "") {
			t.Errorf("scan %d saw %q, %v, want %q", i, text, err, want[i])
		}
	}
}

func expectKept(t *testing.T, j *Journal, r ScanReport) {
	t.Helper()
	from := r.ReportFrom
	if from == nil {
		from = handed(r.JSON)
	}
	var want, got []byte
	if err := from.read(nil, func(r io.Reader) (err error) { want, err = io.ReadAll(r); return err }); err != nil {
		t.Fatal(err)
	}
	if err := j.OpenFile(t.Context(), from.SHA256, func(r io.Reader, _ int64) (err error) { got, err = io.ReadAll(r); return err }); err != nil || !bytes.Equal(got, want) {
		t.Errorf("kept is %q, %v", got, err)
	}
}

// TestABrokenScanLeavesNothing, wherever it breaks: in the report, in its findings, or in what it saw.
func TestABrokenScanLeavesNothing(t *testing.T) {
	j := begun(t, t.TempDir())
	a, text := scanOf(t, "a")
	torn := errors.New("torn")
	tears := func(h *Handed, at int) *Handed {
		opened := 0
		return &Handed{h.SHA256, h.Size, func(tx *store.Tx) (io.ReadCloser, error) {
			if opened++; opened < at {
				return h.Open(tx)
			}
			return io.NopCloser(io.MultiReader(bytes.NewReader(text[:len(text)/2]), iotest.ErrReader(torn))), nil
		}}
	}
	for name, change := range map[string]func(*ScanReport){
		"while it is kept":          func(r *ScanReport) { r.ReportFrom = tears(r.ReportFrom, 1) },
		"while findings are read":   func(r *ScanReport) { r.ReportFrom = tears(r.ReportFrom, 2) },
		"another report":            func(r *ScanReport) { r.ReportFrom.SHA256 = strings.Repeat("0", 64) },
		"while what it saw is read": func(r *ScanReport) { r.InventoryFrom = tears(handed(text), 1) },
		"not to be opened": func(r *ScanReport) {
			r.ReportFrom.Open = func(*store.Tx) (io.ReadCloser, error) { return nil, torn }
		},
	} {
		r := streamed(a, text)
		change(&r)
		before, err := j.Current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := record(t, j, r); err == nil || name != "another report" && !errors.Is(err, torn) {
			t.Errorf("%s: %v", name, err)
		}
		after, err := j.Current(t.Context())
		if err != nil || after.Size != before.Size || openFindings(t, j) != "" {
			t.Errorf("%s: %d entries, before %d, %v", name, after.Size, before.Size, err)
		}
	}
	if _, err := record(t, j, streamed(a, text)); err != nil || openFindings(t, j) != "a" {
		t.Errorf("then: %v", err)
	}
}

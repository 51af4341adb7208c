package fill

import (
	"os"
	"slices"
	"testing"

	"github.com/kubeproof/kubeproof/internal/store"
	"github.com/kubeproof/kubeproof/test/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Run(m)) }

// TestFill: what is filled is as large as was asked for, has a history, and its ledger proves it.
func TestFill(t *testing.T) {
	for name, place := range map[string]func(t *testing.T) string{"sqlite": func(t *testing.T) string { return t.TempDir() }, "postgres": func(t *testing.T) string { return postgres.Database(t) }} {
		t.Run(name, func(t *testing.T) {
			f, err := Fill(t.Context(), place(t), Options{Findings: 4000, Sources: 2, Days: 4})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for state, want := range map[string]int{"open": 4000, "fixed": 2 * 4 * 20} {
				counts, err := f.CountFindings(t.Context(), store.FindingFilter{States: []string{state}}, "")
				if err != nil || len(counts) != 1 || counts[0].N != want {
					t.Errorf("%s are %+v, want %d, %v", state, counts, want, err)
				}
			}
			back, err := f.Findings(t.Context(), store.FindingFilter{States: []string{"open"}, Text: "workload-1 "}, "subject", "", 50)
			if err != nil || !slices.ContainsFunc(back.Findings, func(one store.StoredFinding) bool { return one.Regressed == 1 }) {
				t.Errorf("nothing came back among %d findings, %v", len(back.Findings), err)
			}
			scans, err := f.Scans(t.Context(), store.ScanFilter{})
			if err != nil || len(scans) != 8 {
				t.Errorf("%d scans, %v", len(scans), err)
			}
			key, err := f.Key(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if verified, err := f.Verify(t.Context(), key); err != nil || !verified.OK() {
				t.Errorf("%+v, %v", verified, err)
			}
		})
	}
}

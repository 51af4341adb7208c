package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/test/postgres"
)

// TestBackupsMoveBetweenDatabases and prove themselves on the way.
func TestBackupsMoveBetweenDatabases(t *testing.T) {
	j := begun(t, t.TempDir())
	file := bytes.Repeat([]byte("evidence "), 300_000)
	sum := sum256(file)
	err := j.Act(t.Context(), "anna", func(w *Work) error {
		return errors.Join(w.Keep(sum, int64(len(file)), bytes.NewReader(file)),
			w.Do(&review.AddEvidence{ID: "e-1", Kind: review.EvidenceFile, Media: "text/plain", Size: int64(len(file)),
				Period: review.Period{Collected: "2026-01-01"}, EvidenceText: review.EvidenceText{Name: "a.txt", SHA256: sum}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	must(t, j, "anna", answer(t, "secret of Anna"))
	must(t, j, "anna", &review.Erase{Seqs: []int64{5}, ReasonText: review.ReasonText{Reason: "asked to"}})
	from := j
	for _, place := range []string{postgres.Database(t), t.TempDir()} {
		backup := filepath.Join(t.TempDir(), "backup.zip")
		backUp(t, from, backup)
		bundle, err := ledger.OpenBundle(backup)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(t.Context(), bundle, newKey(t, "kubeproof.dev/ledger/test").Verifier(), t.TempDir()); err == nil {
			t.Error("restored though the key is another")
		}
		if _, err := Restore(t.Context(), bundle, j.options.Key.Verifier(), place); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(t.Context(), bundle, j.options.Key.Verifier(), place); err == nil || !strings.Contains(err.Error(), "holds a ledger already") {
			t.Errorf("restored twice: %v", err)
		}
		bundle.Close()
		restored, err := Open(t.Context(), place, Options{Key: j.options.Key, Catalogue: library(t)})
		if err != nil {
			t.Fatal(err)
		}
		defer restored.Close()
		if verified := proved(t, restored); verified.Entries != 7 || verified.Files != 1 || verified.Erased != 1 {
			t.Errorf("restored %d entries, %d files, %d erased", verified.Entries, verified.Files, verified.Erased)
		}
		must(t, restored, "anna", &review.AddComment{Plan: "main", Key: "backups", ReasonText: review.ReasonText{Reason: "on the new one"}})
		from = j
	}
}

func backUp(t testing.TB, j *Journal, file string) {
	t.Helper()
	out, err := os.Create(file)
	if err == nil {
		err = errors.Join(j.Bundle(t.Context(), out, nil), out.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

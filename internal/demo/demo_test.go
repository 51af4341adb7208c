package demo

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/ledger"
)

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
	return Options{Key: key, End: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), Seed: 1, Library: library, Controls: controls, Version: "1.2.3"}
}

func TestFill(t *testing.T) {
	began := time.Now()
	if err := Fill(t.Context(), t.TempDir(), options(t)); err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(began))
}

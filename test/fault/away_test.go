package fault

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/server/client"
	"github.com/kubeproof/kubeproof/test/postgres"
)

// expectAway demands that everything says that the store cannot be used, and when to try again.
func (h *house) expectAway(status int) {
	h.t.Helper()
	for _, one := range []struct{ method, path, body string }{
		{"GET", "/api/v1/reviews", ""},
		{"GET", "/api/v1/findings", ""},
		{"POST", "/api/v1/uploads", `{"size":5,"sha256":"` + digest([]byte("hello")) + `"}`},
		{"POST", scanPath, string(reportOf(h.t, "away", 0))},
	} {
		if status == http.StatusInsufficientStorage && one.method == "GET" {
			continue // what is there can be read
		}
		got, header, text, err := h.ask(one.method, one.path, one.body)
		if err != nil || got != status || header.Get("Retry-After") == "" || header.Get("Content-Type") != "application/problem+json" || !strings.Contains(text, "try again") {
			h.t.Errorf("%s %s gives %d %v %.300s, %v", one.method, one.path, got, header, text, err)
		}
	}
}

const scanPath = "/api/v1/reviews/main/scans?environment=production&label=x&made=2026-01-02T03:04:05Z"

func (h *house) expectBack() {
	h.t.Helper()
	h.await("/readyz", http.StatusOK)
	if got, _, text, err := h.get("/api/v1/reviews"); got != 200 {
		h.t.Errorf("reviews: %d %s, %v", got, text, err)
	}
	if got, _, text, err := h.ask("POST", scanPath, string(reportOf(h.t, "back", 0))); got != 200 {
		h.t.Errorf("hand in: %d %s, %v", got, text, err)
	}
	expectWhole(h.t, h.store)
}

// target is where scans go.
func (h *house) target(label string) client.Target {
	return client.Target{URL: "http://" + h.address, Token: h.token, Review: "main", Environment: "production", Label: label, Made: time.Now().Add(-time.Hour)}
}

// TestPostgresAwayAndBack: while the database is away everything says so, and afterwards everything works
// without a new start; an upload that was under way arrives.
func TestPostgresAwayAndBack(t *testing.T) {
	server := postgres.Start(t)
	h := newHouse(t, server.Database(t))
	h.serve()
	server.Kill()
	h.await("/readyz", http.StatusServiceUnavailable)
	if got, _, _, err := h.get("/healthz"); got != 200 {
		t.Errorf("the program is said to be ill: %d, %v", got, err)
	}
	h.expectAway(http.StatusServiceUnavailable)
	if got, header, text, err := h.get("/login"); got != 200 && (got != 503 || header.Get("Retry-After") == "") {
		t.Errorf("pages: %d %v %.200s %v", got, header, text, err)
	}
	arrived := make(chan error, 1)
	go func() {
		_, err := client.Upload(t.Context(), h.target("waits"), client.Scan{Report: reportOf(t, "waits", 0), Inventory: inventoryOf(t, "waits")})
		arrived <- err
	}()
	time.Sleep(2 * time.Second)
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	h.expectBack()
	if err := <-arrived; err != nil {
		t.Errorf("the upload that waited: %v", err)
	}
}

// TestSQLiteAwayAndBack: the file is moved away under the server.
func TestSQLiteAwayAndBack(t *testing.T) {
	place := filepath.Join(t.TempDir(), "store.db")
	h := newHouse(t, place)
	h.serve()
	h.expectBack()
	move := func(from, to string) {
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Rename(from+end, to+end); err != nil && end == "" {
				t.Fatal(err)
			}
		}
	}
	move(place, place+".away")
	h.await("/readyz", http.StatusServiceUnavailable)
	h.expectAway(http.StatusServiceUnavailable)
	move(place+".away", place)
	h.expectBack()
}

// TestFullDisk: where the disk is full reading goes on, writing says so and leaves nothing, and when there
// is room again it works without a new start.
func TestFullDisk(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	h := newHouse(t, filepath.Join(folder, "store.db"))
	h.serve()
	filler := filepath.Join(folder, "filler")
	if err := os.WriteFile(filler, make([]byte, 16<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	h.expectAway(http.StatusInsufficientStorage)
	if got, _, text, err := h.get("/api/v1/reviews"); got != 200 {
		t.Errorf("reading gives %d %s, %v", got, text, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	h.expectBack()
	if got, _, text, err := h.get("/api/v1/findings?state=open"); got != 200 || strings.Contains(text, `"away"`) || !strings.Contains(text, `"back"`) {
		t.Errorf("open are %d %s, %v", got, text, err)
	}
}

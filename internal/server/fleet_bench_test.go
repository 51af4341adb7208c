package server

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/test/postgres"
)

// fleetPages are the pages about clusters, with what they cost when nothing of it is kept in memory.
var fleetPages = []string{"/", "/?days=365", "/clusters", "/clusters/view?cluster=main/production/eu-03", "/clusters/view?cluster=main/production/eu-03&days=365", "/compare", "/compare?a=main/production/eu-03&b=main/production/eu-04",
	"/compare?a=scan-eu-03-0&b=scan-eu-03-9&show=fixed", "/compare?a=scan-eu-03-0&b=scan-eu-03-9&show=found", "/reviews"}

// findingPages are those of findings.
var findingPages = []string{"/findings", "/findings?severity=critical", "/findings?state=back", "/findings?late=yes", "/findings?group=control", "/findings?q=nothing-has-that", "/findings/1000"}

// BenchmarkFleet asks for pages over a million findings of 20 clusters and 90 days. KUBEPROOF_FINDINGS is
// another number of them.
func BenchmarkFleet(b *testing.B) {
	total, _ := strconv.Atoi(os.Getenv("KUBEPROOF_FINDINGS"))
	if total == 0 {
		total = 1_000_000
	}
	b.Run("sqlite", func(b *testing.B) { benchFleet(b, filepath.Join(b.TempDir(), "store"), total) })
	b.Run("postgres", func(b *testing.B) { benchFleet(b, postgres.Start(b).Database(b), total) })
}

func benchFleet(b *testing.B, place string, total int) {
	h := newHouseAt(b, place)
	began := time.Now()
	manyClusters{clusters: 20, each: total / 20, scans: 10}.fill(b, h)
	b.Logf("%d findings in %s", total, time.Since(began).Round(time.Second))
	_ = h.kept.PutSession(b.Context(), Session{ID: digest("bench"), Person: "carl", Made: h.now(), Seen: h.now()})
	for _, path := range slices.Concat(findingPages, fleetPages) {
		b.Run("warm"+path, func(b *testing.B) { benchPage(b, h, path, func() {}) })
	}
	for _, path := range fleetPages {
		b.Run("new scan"+path, func(b *testing.B) { benchPage(b, h, path, func() { h.s.fleets.newest = nil }) }) // as after scans of all
	}
	b.Run("began anew/", func(b *testing.B) { benchPage(b, h, "/", func() { h.s.fleets = newFleets() }) })
}

// benchPage reports the 95th percentile.
func benchPage(b *testing.B, h *house, path string, before func()) {
	var took []time.Duration
	for b.Loop() {
		before()
		request := httptest.NewRequest("GET", path, nil)
		request.Header.Set("Cookie", "kubeproof=bench")
		w := httptest.NewRecorder()
		began := time.Now()
		h.s.ServeHTTP(w, request)
		if took = append(took, time.Since(began)); w.Code != 200 {
			b.Fatal(w.Code, w.Body.String())
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}

var lookFleet = flag.String("look-fleet", "", "address to serve made-up clusters on, for people who want to see the pages")

// TestLookFleet serves clusters with a history on loopback, signed in, until it is ended.
func TestLookFleet(t *testing.T) {
	if *lookFleet == "" {
		t.Skip("-look-fleet is not given")
	}
	h := newHouse(t)
	manyClusters{clusters: 9, each: 400, scans: 30}.fill(t, h)
	_ = h.kept.PutSession(t.Context(), Session{ID: digest("look"), Person: "carl", Made: h.now(), Seen: h.now()})
	t.Log(http.ListenAndServe(*lookFleet, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "kubeproof", Value: "look"})
		h.s.ServeHTTP(w, r)
	})))
}

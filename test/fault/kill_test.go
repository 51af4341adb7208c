package fault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/server/client"
	"github.com/kubeproof/kubeproof/internal/store"
)

// sent is a scan that was handed in, and whether the server said that it has it.
type sent struct {
	source, name string
	report       string // its digest
	inventory    []byte
	acknowledged bool
}

// load hands scans in, one after the other for each uploader, while the server is killed.
type load struct {
	h     *house
	mutex sync.Mutex
	all   []*sent
}

// hand hands scans of one source in until the context ends.
func (l *load) hand(ctx context.Context, uploader int) {
	made := time.Now().Add(-24 * time.Hour).UTC().Truncate(time.Second)
	for n := 0; ctx.Err() == nil; n++ {
		one := &sent{source: fmt.Sprintf("main/production/u%d", uploader), name: fmt.Sprintf("u%d-%06d", uploader, n)}
		noise := 0
		if n%4 == uploader {
			noise = 10 << 20 // goes in parts
		}
		report := reportOf(l.h.t, one.name, noise)
		one.report = digest(report)
		scan := client.Scan{Report: report}
		if n%2 == 0 {
			one.inventory = inventoryOf(l.h.t, one.name)
			scan.Inventory = one.inventory
		}
		l.mutex.Lock()
		l.all = append(l.all, one)
		l.mutex.Unlock()
		made = made.Add(time.Second)
		_, err := client.Upload(context.WithoutCancel(ctx), client.Target{URL: "http://" + l.h.address, Token: l.h.token, Review: "main", Environment: "production",
			Label: fmt.Sprintf("u%d", uploader), Made: made}, scan)
		l.mutex.Lock()
		one.acknowledged = err == nil
		l.mutex.Unlock()
		if err != nil {
			l.h.t.Errorf("hand in %s: %v", one.name, err)
		}
	}
}

// await waits until so many scans were acknowledged, or for a while: uploaders wait longer each time that
// nobody answers.
func (l *load) await(scans int) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if acknowledged, _ := l.seen(); len(acknowledged) >= scans {
			return
		}
	}
}

// seen are the scans that were acknowledged by now, and all that were sent.
func (l *load) seen() (acknowledged, all map[string]*sent) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	acknowledged, all = map[string]*sent{}, map[string]*sent{}
	for _, one := range l.all {
		all[one.report] = one
		if one.acknowledged {
			acknowledged[one.report] = one
		}
	}
	return acknowledged, all
}

// TestKilledServersLoseNothing: the server is killed again and again under the load of uploads. After each
// time every acknowledged scan is there, once and whole, and so is everything else that is there.
func TestKilledServersLoseNothing(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		rounds := 2
		switch {
		case thorough() && strings.HasPrefix(place, "postgres"):
			rounds = 10
		case thorough():
			rounds = 20
		case testing.Short() || strings.HasPrefix(place, "postgres"):
			t.Skip("it takes half a minute: set KUBEPROOF_FAULT_TESTS")
		}
		h := newHouse(t, place)
		h.serve()
		l := &load{h: h}
		ctx, stop := context.WithCancel(t.Context())
		var uploaders sync.WaitGroup
		for n := range 4 {
			uploaders.Go(func() { l.hand(ctx, n) })
		}
		for round := range rounds {
			l.await(4 * (round + 1))
			time.Sleep(rand.N(700 * time.Millisecond))
			h.kill()
			acknowledged, all := l.seen() // before the check, which may see more
			recorded := check(t, place, acknowledged, all)
			t.Logf("round %d: %d handed in, %d acknowledged, %d recorded", round+1, len(all), len(acknowledged), recorded)
			h.serve()
		}
		stop()
		uploaders.Wait()
		h.kill()
		acknowledged, all := l.seen()
		recorded := check(t, place, acknowledged, all)
		t.Logf("at the end: %d handed in, %d acknowledged, %d recorded, 0 lost; killed %d times", len(all), len(acknowledged), recorded, rounds+1)
		if len(acknowledged) < 4*rounds/2 {
			t.Errorf("only %d scans were acknowledged in %d rounds", len(acknowledged), rounds)
		}
	})
}

// opened opens the store beside the server, or without one.
func opened(t *testing.T, place string) *journal.Journal {
	t.Helper()
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(context.Background(), place, journal.Options{Catalogue: library})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// expectWhole demands that the ledger proves all that is there.
func expectWhole(t *testing.T, place string) *journal.Journal {
	t.Helper()
	j := opened(t, place)
	key, err := j.Key(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	verified, err := j.Verify(context.Background(), key)
	if err != nil || !verified.OK() {
		t.Fatalf("the ledger is broken: %+v, %v", verified, err)
	}
	return j
}

// check looks into the store while nobody serves it, and gives the number of scans in it.
func check(t *testing.T, place string, acknowledged, all map[string]*sent) int {
	t.Helper()
	j := expectWhole(t, place)
	defer j.Close()
	recorded, newest := entries(t, j), map[string]string{}
	for report := range acknowledged {
		if recorded[report] != 1 {
			t.Fatalf("%s was acknowledged and is there %d times", acknowledged[report].name, recorded[report])
		}
	}
	for report, times := range recorded {
		one := all[report]
		if one == nil || times != 1 {
			t.Fatalf("%s is there %d times, as %+v", report, times, one)
		}
		newest[one.source] = max(newest[one.source], one.name)
	}
	checkScans(t, j, recorded, all)
	checkFindings(t, j, newest)
	return len(recorded)
}

// entries counts the scans in the ledger by the digests of their reports.
func entries(t *testing.T, j *journal.Journal) map[string]int {
	t.Helper()
	recorded := map[string]int{}
	err := j.Entries(context.Background(), 0, 0, func(e journal.Shown) error {
		if e.Action != "scan.record" {
			return nil
		}
		var text struct{ SHA256 string }
		if err := json.Unmarshal(e.Text, &text); err != nil {
			return err
		}
		recorded[text.SHA256]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recorded
}

// checkScans demands that each scan of the ledger has its row, its report and what it saw, and no other has.
func checkScans(t *testing.T, j *journal.Journal, recorded map[string]int, all map[string]*sent) {
	t.Helper()
	scans, err := j.Scans(context.Background(), store.ScanFilter{})
	if err != nil || len(scans) != len(recorded) {
		t.Fatalf("%d scans in the ledger, %d beside it, %v", len(recorded), len(scans), err)
	}
	whole := func(r io.Reader, _ int64) error { _, err := io.Copy(io.Discard, r); return err } // its digest is looked at
	for _, scan := range scans {
		if recorded[scan.SHA256] != 1 {
			t.Fatalf("the scan %s is not in the ledger", scan.ID)
		}
		if err := j.OpenFile(context.Background(), scan.SHA256, whole); err != nil {
			t.Fatalf("the report of %s: %v", scan.ID, err)
		}
		err := j.OpenInventory(context.Background(), scan.ID, whole)
		if has := all[scan.SHA256] != nil && all[scan.SHA256].inventory != nil; has && err != nil || !has && !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("what %s saw (%v): %v", scan.ID, has, err)
		}
	}
}

// checkFindings demands that of each source just the finding of its newest scan is open.
func checkFindings(t *testing.T, j *journal.Journal, newest map[string]string) {
	t.Helper()
	page, err := j.Findings(context.Background(), store.FindingFilter{States: []string{"open"}}, "subject", "", 100)
	if err != nil || len(page.Findings) != len(newest) {
		t.Fatalf("%d findings of %d sources are open, %v", len(page.Findings), len(newest), err)
	}
	for _, f := range page.Findings {
		if f.Name != newest[f.Source] {
			t.Fatalf("of %s is open %s, the newest scan has %s", f.Source, f.Name, newest[f.Source])
		}
	}
}

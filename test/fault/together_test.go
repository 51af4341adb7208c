package fault

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/kubeproof/kubeproof/internal/store"
)

// TestScansAtOnce: the same report counts once however many hand it in, and of different ones of one
// source each is whole.
func TestScansAtOnce(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		h := newHouse(t, place)
		h.serve()
		const at = "/api/v1/reviews/main/scans?environment=production&label=at-once&made=2026-01-02T03:04:05Z"
		hand := func(report string) (known bool) {
			status, _, text, err := h.ask("POST", at, report)
			var told struct{ Known bool }
			if err != nil || status != 200 || json.Unmarshal([]byte(text), &told) != nil {
				t.Errorf("%d %s, %v", status, text, err)
			}
			return told.Known
		}
		var mutex sync.Mutex
		var all sync.WaitGroup
		first, same := 0, string(reportOf(t, "same", 0))
		for range 8 {
			all.Go(func() {
				if !hand(same) {
					mutex.Lock()
					first++
					mutex.Unlock()
				}
			})
		}
		all.Wait()
		if first != 1 {
			t.Errorf("the same report counted %d times", first)
		}
		for n := range 8 {
			report := string(reportOf(t, fmt.Sprint("other-", n), 0))
			all.Go(func() { hand(report) })
		}
		all.Wait()
		j := expectWhole(t, place)
		recorded := entries(t, j)
		if len(recorded) != 9 {
			t.Errorf("%d scans are recorded", len(recorded))
		}
		checkScans(t, j, recorded, nil)
		page, err := j.Findings(t.Context(), store.FindingFilter{States: []string{"open"}}, "subject", "", 10)
		if err != nil || len(page.Findings) != 1 {
			t.Errorf("open are %+v, %v", page.Findings, err)
		}
	})
}

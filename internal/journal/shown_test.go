package journal

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

// TestEntriesAreShown from a place on, so many or to the end, each with its own text, or without it where
// that was erased.
func TestEntriesAreShown(t *testing.T) {
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			j := begun(t, place(t))
			const first, size = 4, 4 + 2*shownAtOnce + 10 + 1
			for n := range int64(size - first - 1) {
				must(t, j, "anna", &review.AddComment{Plan: "main", Key: "backups", ReasonText: review.ReasonText{Reason: fmt.Sprintf("words of %d.", first+n)}})
			}
			must(t, j, "anna", &review.Erase{Seqs: []int64{60}, ReasonText: review.ReasonText{Reason: "asked to"}})
			for _, ask := range [][3]int64{ // from, most, and how many there are
				{first, 0, size - first}, {first, 1, 1}, {first, shownAtOnce, shownAtOnce}, {first, shownAtOnce + 1, shownAtOnce + 1}, {60, 3, 3},
				{size - 2, 10, 2}, {size, 5, 0}, {size, 0, 0}, {1 << 62, 1 << 62, 0}, {-1 << 62, 2, 2}} {
				seq, n := max(ask[0], 0), int64(0)
				err := j.Entries(t.Context(), ask[0], ask[1], func(e Shown) error {
					if e.Seq != seq || e.Erased != (e.Seq == 60) {
						t.Errorf("%v: entry %d comes for %d, erased: %v", ask, e.Seq, seq, e.Erased)
					}
					if words := fmt.Sprintf("words of %d.", seq); seq >= first && seq != 60 && seq < size-1 && !strings.Contains(string(e.Text), words) {
						t.Errorf("%v: entry %d says %s", ask, seq, e.Text)
					}
					seq, n = seq+1, n+1
					return nil
				})
				if err != nil || n != ask[2] {
					t.Errorf("%v: %d entries, %v", ask, n, err)
				}
			}
			next := int64(1)
			err := j.Lines(t.Context(), 1, func(e ledger.Entry) error {
				if e.Seq != next {
					t.Errorf("line %d comes for %d", e.Seq, next)
				}
				next++
				return nil
			})
			if err != nil || next != size {
				t.Errorf("lines up to %d, %v", next, err)
			}
		})
	}
}

// TestFewEntriesCostLittle: of entries that are not shown no text is read.
func TestFewEntriesCostLittle(t *testing.T) {
	j := begun(t, t.TempDir())
	long := strings.Repeat("many words ", 900)
	for range 20 {
		comment := &review.AddComment{Plan: "main", Key: "backups", ReasonText: review.ReasonText{Reason: long}}
		must(t, j, "anna", comment, comment, comment, comment, comment, comment, comment, comment, comment, comment)
	}
	whole := len(long) * 200
	for name, ask := range map[string]func() error{
		"a few":         func() error { return j.Entries(t.Context(), 0, 5, func(Shown) error { return nil }) },
		"without texts": func() error { return j.Lines(t.Context(), 0, func(ledger.Entry) error { return nil }) },
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > uint64(whole/2) {
			t.Errorf("%s took %d bytes, all texts are %d", name, took, whole)
		}
	}
}

package journal

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

// longLedger fills a journal with so many entries: answers to all questions of a checklist, again and again.
func longLedger(b *testing.B, entries int) *Journal {
	b.Helper()
	j, lib := begun(b, b.TempDir()), library(b)
	list, _ := lib.Checklist("information-security-review")
	questions := lib.QuestionsOf(list)
	for n := 4; n < entries; {
		err := j.Act(b.Context(), "anna", func(w *Work) error {
			for range min(1000, entries-n) {
				question := questions[n%len(questions)]
				if err := w.Do(&review.SetAnswer{Plan: "main", Key: question.ID, NotApplicable: true, Catalogue: question.Digest(),
					AnswerText: review.AnswerText{Comment: fmt.Sprintf("there is none of it, as of entry %d", n)}}); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return j
}

// BenchmarkLedger measures what depends on the length of the ledger: proving a bundle, bytes,
// signatures and rules; and what every command pays, reading the state and writing one entry.
func BenchmarkLedger(b *testing.B) {
	for _, entries := range []int{10_000, 100_000} {
		j := longLedger(b, entries)
		file := filepath.Join(b.TempDir(), "bundle.zip")
		backUp(b, j, file)
		key := j.options.Key.Verifier()
		b.Run(fmt.Sprintf("verify/%d", entries), func(b *testing.B) {
			for b.Loop() {
				bundle, err := ledger.OpenBundle(file)
				if err != nil {
					b.Fatal(err)
				}
				verified, err := VerifyBundle(bundle, key)
				if err != nil || !verified.OK() || verified.Entries != int64(entries) {
					b.Fatal(verified, err)
				}
				bundle.Close()
			}
		})
		b.Run(fmt.Sprintf("read/%d", entries), func(b *testing.B) {
			for b.Loop() {
				if err := j.Read(b.Context(), func(*review.State) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("readsigned/%d", entries), func(b *testing.B) {
			for b.Loop() {
				if err := j.ReadSigned(b.Context(), func(*review.State, []byte) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("past/%d", entries), func(b *testing.B) {
			for b.Loop() {
				if _, err := j.Past(b.Context(), int64(entries)-1); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("write/%d", entries), func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				if err := act(b.Context(), j, "anna", &review.Assign{Plan: "main", Key: "backups", Owner: "anna"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

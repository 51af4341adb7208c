package ledger

import (
	"bytes"
	"fmt"
	"testing"
)

// bigBundle is a year's ledger: a content beside every second entry, a statement in every hundredth, a checkpoint
// after every thousand.
func bigBundle(b *testing.B, entries int) (*draft, []byte) {
	d := newDraft(b)
	var tree frontier
	for i := range entries {
		switch {
		case i%100 == 7:
			d.add("answer.approve", map[string]any{"answer": i, "statement": must(SignStatement(statement(), d.key))(b)}, nil)
		case i%2 == 0:
			text := fmt.Sprintf("Backups of tenant %d are restored every quarter; the last time all services were back within %d minutes.\nSee the \"runbook\".", i, i%90)
			d.add("answer.set", map[string]any{"answer": i, "question": "backup-restore", "revision": 3, "state": "answered"}, []byte(text))
		default:
			d.add("answer.submit", map[string]any{"answer": i, "question": "backup-restore", "revision": 3}, nil)
		}
		tree.add(LeafHash(d.lines[i]))
		if (i+1)%1000 == 0 {
			d.notes = append(d.notes, must(Checkpoint{Origin: d.key.Origin(), Size: tree.size, Root: tree.root()}.Sign(d.key))(b))
		}
	}
	return d, d.pack()
}

func BenchmarkVerify(b *testing.B) {
	const entries = 100_000
	d, packed := bigBundle(b, entries)
	b.ReportMetric(float64(len(packed))/1e6, "MB/bundle")
	for b.Loop() {
		r := must(VerifyBundle(must(open(packed))(b), d.key.Verifier()))(b)
		if !r.OK() || r.Entries != entries {
			b.Fatalf("%+v", r)
		}
	}
}

func BenchmarkParseEntry(b *testing.B) {
	line := small(b).lines[1]
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		_ = must(ParseEntry(line))(b)
	}
}

func BenchmarkWriteBundle(b *testing.B) {
	d, packed := bigBundle(b, 10_000)
	b.SetBytes(int64(len(packed)))
	for b.Loop() {
		if !bytes.Equal(d.pack(), packed) {
			b.Fatal("another bundle")
		}
	}
}

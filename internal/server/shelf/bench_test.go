package shelf

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
)

func heap() float64 {
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return float64(now.HeapAlloc)
}

// BenchmarkRead measures an inventory from its packed text to the first answers, and what it keeps.
func BenchmarkRead(b *testing.B) {
	for _, objects := range []int{1000, 10_000, 50_000} {
		packed := madeInventory(b, objects)
		b.Run(fmt.Sprint(objects, "/unpack"), func(b *testing.B) { benchmarkRead(b, packed, func(*ask.Seen) {}) })
		b.Run(fmt.Sprint(objects, "/rights"), func(b *testing.B) {
			benchmarkRead(b, packed, func(seen *ask.Seen) {
				seen.Subjects(false)
				seen.Paths(escalation.Goals)
			})
		})
		b.Run(fmt.Sprint(objects, "/network"), func(b *testing.B) {
			benchmarkRead(b, packed, func(seen *ask.Seen) { reach.Of(seen.Index).Matrix() })
		})
	}
}

func benchmarkRead(b *testing.B, packed []byte, use func(*ask.Seen)) {
	before := heap()
	var seen *ask.Seen
	var size int64
	var err error
	for b.Loop() {
		if seen, size, err = unpack(packed, defaults); err != nil {
			b.Fatal(err)
		}
		use(seen)
	}
	b.ReportMetric(float64(len(packed))/1e6, "packed-MB")
	b.ReportMetric(float64(size)/1e6, "unpacked-MB")
	b.ReportMetric((heap()-before)/1e6, "kept-MB")
	runtime.KeepAlive(seen)
}

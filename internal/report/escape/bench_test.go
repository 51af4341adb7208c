package escape

import (
	"strings"
	"testing"
)

// BenchmarkLines takes in a page of 200 KB, as pages are written.
func BenchmarkLines(b *testing.B) {
	page := strings.Repeat(`<tr><td class="n">one, two – three</td><td><a href="/findings?source=main">findings</a></td></tr>`+"\n", 2000)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		Lines(page)
	}
}

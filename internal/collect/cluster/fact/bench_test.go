package fact

import (
	"os"
	"strings"
	"testing"
)

// BenchmarkMetrics reads the page of a large cluster: 40 MiB, of which little matters.
func BenchmarkMetrics(b *testing.B) {
	recorded, err := os.ReadFile("testdata/server/metrics.txt")
	if err != nil {
		b.Fatal(err)
	}
	other := `apiserver_request_duration_seconds_bucket{component="apiserver",group="apps",le="0.5",resource="deployments",scope="cluster",verb="LIST",version="v1"} 1234` + "\n"
	page := string(recorded) + strings.Repeat(other, 40<<20/len(other))
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if err := scanMetrics(strings.NewReader(page), newMetrics().take); err != nil {
			b.Fatal(err)
		}
	}
}

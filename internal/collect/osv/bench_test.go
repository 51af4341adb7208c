//go:build unix

package osv

import (
	"archive/zip"
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/software"
)

// generate writes a database of npm as osv.dev packs it: advisories of 1 to 4 KiB about 20,000 names.
func generate(tb testing.TB, file string, count int) {
	tb.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("a flaw in the parser of this package lets remote attackers read files outside of the folder or use up memory by requests with many headers fields and long names upgrade to mend it see references")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		tb.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		tb.Fatal(err)
	}
	buffered := bufio.NewWriter(f)
	z := zip.NewWriter(buffered)
	for i := range count {
		w, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("GHSA-%06d.json", i), Method: zip.Deflate, Modified: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			tb.Fatal(err)
		}
		var details strings.Builder
		for range 60 + random.IntN(200) {
			details.WriteString(words[random.IntN(len(words))] + " ")
		}
		fmt.Fprintf(w, `{"id":"GHSA-%06d","summary":"A flaw in package %d","details":%q,"aliases":["CVE-2025-%05d"],"modified":"2026-08-%02dT10:%02d:00Z","published":"2025-01-02T03:04:05Z","database_specific":{"severity":"HIGH","cwe_ids":["CWE-22"]},"references":[{"type":"WEB","url":"https://example.com/advisories/%d"},{"type":"PACKAGE","url":"https://example.com/%d"}],"affected":[{"package":{"name":"package-%d","ecosystem":"npm","purl":"pkg:npm/package-%d"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"%d.%d.0"}]}],"database_specific":{"source":"https://example.com/%d.json"}}],"schema_version":"1.7.0","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]}`,
			i, i, details.String(), i, 1+i%28, i%60, i, i, i%20_000, i%20_000, 1+i%5, i%9, i)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	if err := buffered.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// watchHeap samples what the heap holds until it is stopped, and gives the most, in bytes.
func watchHeap() (stop func() uint64) {
	var most atomic.Uint64
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapInuse))
			select {
			case <-end:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(end); <-ended; return most.Load() }
}

// BenchmarkMatch judges 300 packages by 100,000 advisories.
func BenchmarkMatch(b *testing.B) {
	folder := b.TempDir()
	generate(b, filepath.Join(folder, "npm", "all.zip"), 100_000)
	var packages []software.Package
	for i := range 300 {
		packages = append(packages, software.Package{Type: software.NPM, Name: fmt.Sprintf("package-%d", i*61), Version: "2.3.0"})
	}
	d, err := Open(folder)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	var spent time.Duration
	var most uint64
	for b.Loop() {
		stop, began := watchHeap(), cpu()
		result, errs := d.Match(context.Background(), packages, Options{})
		spent += cpu() - began
		most = max(most, stop())
		if len(errs) > 0 || result.Scan.Judged != 300 || len(result.Vulnerabilities) == 0 {
			b.Fatalf("%d judged, %d vulnerabilities, %v", result.Scan.Judged, len(result.Vulnerabilities), errs)
		}
	}
	b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
}

package fault

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/server/client"
)

// largeReport is a report of so many failures, each of about a thousand bytes.
func largeReport(findings int) []byte {
	var b bytes.Buffer
	b.Grow(findings*1100 + 1000)
	fmt.Fprintf(&b, `{"schema":"kubeproof.dev/scan/v1","targets":[{"name":"cluster:prod"}],"controls":[{"id":"container-privileged","severity":"high","outcomes":{"pass":1,"fail":%d}}],
"summary":{"subjects":%d,"kinds":{"Pod":%d},"severity":{"high":%d}},"errors":[],"findings":[`, findings, findings, findings, findings)
	for n := range findings {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"control":"container-privileged","title":"Containers must not run privileged","outcome":"fail","severity":"high","risk":10,"team":"apps",
"message":"container \"app\" of workload-%d in namespace team-%d is privileged: %s","fix":"%s","fingerprint":"%016x%016x","subject":{"kind":"Deployment","apiVersion":"apps/v1","namespace":"team-%d","name":"workload-%d","container":"app","cluster":"prod"},
"location":{"path":"spec.template.spec.containers[0].securityContext.privileged"},"evidence":{"lines":[{"number":12,"text":"securityContext:"},{"number":13,"text":"  privileged: true","guilty":true}]}}`,
			n, n%500, strings.Repeat("what it means ", 12), strings.Repeat("what to do ", 20), rand.Uint64(), n, n%500, n)
	}
	b.WriteString("]}")
	return b.Bytes()
}

// largeInventory packs to about so many bytes.
func largeInventory(size int) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = io.WriteString(w, `{"schema":"kubeproof.dev/inventory/v1","targets":[{"name":"cluster:prod"}],"subjects":1}`+"\n")
	for b.Len() < size {
		fmt.Fprintf(w, `{"kind":"ConfigMap","name":"c","target":"cluster:prod","object":{"data":{"a":"%016x%016x%s"}}}`+"\n", rand.Uint64(), rand.Uint64(), strings.Repeat("words that repeat ", 40))
	}
	w.Close()
	return b.Bytes()
}

// status reads a number of kB that the system keeps of the server, in MiB.
func (h *house) memory(name string) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.process.Process.Pid))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			var kB int
			_, _ = fmt.Sscan(rest, &kB)
			return kB >> 10
		}
	}
	h.t.Fatalf("the system tells no %s", name)
	return 0
}

// TestLargeReports: half a GiB of report with a large inventory is taken in bounded memory, while others
// are answered.
func TestLargeReports(t *testing.T) {
	if !thorough() {
		t.Skip("it takes some minutes: set KUBEPROOF_FAULT_TESTS")
	}
	report, inventory := largeReport(470_000), largeInventory(100<<20)
	forEachDatabase(t, func(t *testing.T, place string) {
		h := newHouse(t, place)
		h.serve()
		idle := h.memory("VmHWM")
		done, slowest, asked := make(chan struct{}), time.Duration(0), 0
		go func() {
			defer close(done)
			for h.process != nil {
				began := time.Now()
				got, _, text, err := h.get("/api/v1/reviews")
				if err != nil {
					return // it has ended
				}
				if got != 200 {
					t.Errorf("others are answered %d %s", got, text)
				}
				slowest = max(slowest, time.Since(began))
				asked++
				time.Sleep(50 * time.Millisecond)
			}
		}()
		for n := range 2 { // the second finds what is there
			began := time.Now()
			target := h.target("large")
			result, err := client.Upload(t.Context(), target, client.Scan{Report: report, Inventory: inventory})
			if err != nil || result.Refused != "" {
				t.Fatalf("%+v, %v: %s", result, err, tail(h.log.String()))
			}
			t.Logf("scan %d: %d MiB of report and %d MiB of inventory in %.0f s; the server held %d MiB at most, idle %d; others waited %.1f s at most (%d requests)",
				n+1, len(report)>>20, len(inventory)>>20, time.Since(began).Seconds(), h.memory("VmHWM"), idle, slowest.Seconds(), asked)
		}
		if most := h.memory("VmHWM"); most > 900 {
			t.Errorf("the server held %d MiB", most)
		}
		h.kill()
		<-done
		j := expectWhole(t, place)
		counts, err := j.NewestScans(t.Context())
		if err != nil || len(counts) != 1 || counts[0].Counts[3] != 470_000 {
			t.Errorf("%+v, %v", counts, err)
		}
	})
}

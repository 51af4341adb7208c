package server

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// manyClusters are clusters with a history of scans, made up from the catalogue.
type manyClusters struct {
	clusters, each, scans int // findings of each cluster; scans over 90 days
	controls              []string
}

// fill puts them into the store of the house, as scans of the review main.
func (m manyClusters) fill(t testing.TB, h *house) {
	t.Helper()
	for id, one := range h.s.Controls {
		if !slices.Contains([]string{"dockerfiles", "compose", "image-contents"}, one.Topic) {
			m.controls = append(m.controls, id)
		}
	}
	slices.Sort(m.controls)
	for scan := range m.scans {
		made := h.now().Add(-time.Duration(m.scans-1-scan) * 88 * 24 * time.Hour / time.Duration(max(m.scans-1, 1)))
		for source := range m.clusters {
			at := made
			if source == 1 {
				at = made.AddDate(0, 0, -60) // the second is stale
			}
			m.merge(t, h, source, scan, at)
		}
	}
}

func (m manyClusters) merge(t testing.TB, h *house, source, scan int, made time.Time) {
	t.Helper()
	label := fmt.Sprintf("eu-%02d", source)
	summary := m.summary(h, source, scan)
	text, err := json.Marshal(summary)
	if err != nil {
		t.Fatal(err)
	}
	row := store.ScanRow{ID: fmt.Sprintf("scan-%s-%d", label, scan), Source: "main/production/" + label, Environment: "production", Made: made, Received: made.Add(time.Minute), Version: "1.0.0",
		Counts: [5]int{9, 40, 30, 12, 3 + source%3}, Summary: text, Score: 45 + float64(source*7%40) + float64(scan)/3}
	err = h.j.Store().Update(t.Context(), func(tx *store.Tx) error {
		_, err := tx.MergeScan(row, func(string) bool { return true }, false, m.findings(h, source, scan))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if scan == m.scans-1 {
		h.do("carl", &review.RecordScan{Plan: "main", Environment: "production", Label: label, Made: made, Seen: review.ScanSeen{Methods: []checklist.Method{"C"}, Subjects: 3},
			ScanText: review.ScanText{Name: "cluster " + label, Targets: []string{label}}})
	}
}

// summary is what a scan says beside its findings.
func (m manyClusters) summary(h *house, source, scan int) journal.ScanSummary {
	r := rand.New(rand.NewPCG(uint64(source), 7))
	s := journal.ScanSummary{Targets: []inventory.Target{{Kind: "cluster", Name: "cluster:eu", About: fmt.Sprintf("eu-%02d, Kubernetes v1.%d.%d (Amazon EKS, 90 %% sure), %d nodes, 40 namespaces, 300 workloads, 900 pods", source, 30+source%8, source, 3+source)}},
		Subjects: 4000 + source, Judged: 3600, Kinds: map[string]int{"Pod": 900, "Deployment": 260 + scan, "Secret": 300, "Node": 3 + source}, Controls: map[string]assessment.Counts{}, Unseen: 40}
	if source%4 == 1 {
		s.Lost, s.Missing = 3, []string{"Secret: no right to list secrets", "Node: no right to get nodes/configz", "etcd: no right to exec into pods"}
	}
	for i, id := range m.controls {
		n := assessment.Counts{Pass: 50 + r.IntN(200)}
		switch dice := r.IntN(20); {
		case dice < 6:
			n.Fail = 1 + r.IntN(30) + (i+scan)%3
		case dice < 7:
			n.Unknown = 1 + r.IntN(3)
		case dice < 8:
			n = assessment.Counts{NotApplicable: 4}
		case dice < 9:
			n.Accepted = 1
		case dice < 11:
			continue
		}
		s.Controls[id] = n
	}
	return s
}

// findings are those of a scan: one in a hundred is another than in the scan before.
func (m manyClusters) findings(h *house, source, scan int) iter.Seq2[store.FindingRow, error] {
	data := []byte(`{"fix":"` + strings.Repeat("set it so. ", 40) + `"}`)
	return func(yield func(store.FindingRow, error) bool) {
		for i := range m.each {
			n := i
			if scan > 0 && i%100 == scan%100 {
				n += m.each * scan
			}
			r := rand.New(rand.NewPCG(uint64(source), uint64(n)))
			one := h.s.Controls[m.controls[int(float64(len(m.controls))*r.Float64()*r.Float64())]]
			name := fmt.Sprintf("workload-%d", r.IntN(50_000))
			row := store.FindingRow{Fingerprint: fmt.Sprintf("%016x%016x", source, n), Control: one.ID, Title: one.Title, Severity: string(one.Severity), Team: string(one.Team),
				Namespace: fmt.Sprintf("namespace-%03d", r.IntN(500)), Kind: "Deployment", Name: name, Container: "app", Cluster: fmt.Sprintf("eu-%02d", source),
				Message: `container "app" of ` + name + " does what it must not", Risk: one.Risk, Outcome: "fail", Data: data}
			if !yield(row, nil) {
				return
			}
		}
	}
}

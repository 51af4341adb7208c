package store

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
)

// detail is about as long as evidence, fix and mappings of a finding.
var detail = []byte(`{"fix":"` + line + `"}`)

// manyFindings gives the findings of one source in a scan: those numbered from one to another, of which
// one in a hundred is replaced by another from scan to scan.
func manyFindings(source, count, scan int) iter.Seq2[FindingRow, error] {
	return func(yield func(FindingRow, error) bool) {
		for i := range count {
			n := i
			if i%1000 == 7 && scan == 3 {
				continue // it comes back with the next scan
			}
			if scan > 0 && i%100 == scan%100 {
				n += count * scan
			}
			if !yield(benchFinding(source, n), nil) {
				return
			}
		}
	}
}

func benchFinding(source, n int) FindingRow {
	r := rand.New(rand.NewPCG(uint64(source), uint64(n)))
	control, namespace := int(300*r.Float64()*r.Float64()), r.IntN(500)
	name := fmt.Sprintf("workload-%d", r.IntN(50_000))
	outcome := "fail"
	if n%500 == 11 {
		outcome = "unknown"
	}
	return FindingRow{Fingerprint: fmt.Sprintf("%016x%016x", source, n), Control: fmt.Sprintf("control-of-something-%03d", control), Title: fmt.Sprintf("Containers must not do the thing number %d", control),
		Severity: severities[(control*7)%5], Team: []string{"apps", "infra", "both"}[control%3], Namespace: fmt.Sprintf("namespace-%03d", namespace), Kind: "Deployment", Name: name,
		Container: "app", Cluster: fmt.Sprintf("cluster-%02d", source), Message: fmt.Sprintf(`container "app" of %s does the thing number %d`, name, control), Risk: control % 11, Line: n % 500, Outcome: outcome, Data: detail}
}

func benchScan(source, scan int) ScanRow {
	r := scanOf(fmt.Sprintf("source-%02d", source), scan)
	r.Cluster = fmt.Sprintf("cluster-%02d", source)
	return r
}

func mergeMany(b testing.TB, s *Store, source, count, scan int) MergeResult {
	b.Helper()
	var r MergeResult
	update(b, s, func(tx *Tx) (err error) {
		r, err = tx.MergeScan(benchScan(source, scan), ranAll, false, manyFindings(source, count, scan))
		return err
	})
	return r
}

// BenchmarkFindingsIngest takes in scans: one of findings that are all new, and then scans in which
// one finding in a hundred is another.
func BenchmarkFindingsIngest(b *testing.B) {
	const count = 100_000
	benchmarkEach(b, func(b *testing.B, s *Store) {
		source := 0
		b.Run("new", func(b *testing.B) {
			for b.Loop() {
				source++
				mergeMany(b, s, source, count, 0)
			}
			b.ReportMetric(float64(b.N*count)/b.Elapsed().Seconds(), "findings/s")
		})
		scan := 0
		b.Run("again", func(b *testing.B) {
			for b.Loop() {
				scan++
				mergeMany(b, s, 1, count, scan)
			}
			b.ReportMetric(float64(b.N*count)/b.Elapsed().Seconds(), "findings/s")
		})
	})
}

// BenchmarkFindings asks a store of a million findings what people ask. KUBEPROOF_FINDINGS is another
// number of them.
func BenchmarkFindings(b *testing.B) {
	total, _ := strconv.Atoi(os.Getenv("KUBEPROOF_FINDINGS"))
	if total == 0 {
		total = 1_000_000
	}
	benchmarkEach(b, func(b *testing.B, s *Store) {
		began := time.Now()
		for source := range 20 {
			for scan := range 6 {
				mergeMany(b, s, source, total/20, scan)
			}
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.Logf("%d findings and 5 scans more of each source in %s, %d MiB from the system", total, time.Since(began).Round(time.Second), m.Sys>>20)
		for _, q := range benchQueries {
			b.Run(q.name, func(b *testing.B) { benchQuery(b, s, q.ask) })
		}
	})
}

// benchQuery reports the 95th percentile too.
func benchQuery(b *testing.B, s *Store, ask func(*Tx, *rand.Rand) error) {
	r := rand.New(rand.NewPCG(1, 2))
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		view(b, s, func(tx *Tx) error { return ask(tx, r) })
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}

type benchAsk struct {
	name string
	ask  func(*Tx, *rand.Rand) error
}

var openOnly = []string{"open"}

func askPage(name, order string, filter func(*FindingFilter, *rand.Rand)) benchAsk {
	return benchAsk{name, func(tx *Tx, r *rand.Rand) error {
		f := FindingFilter{States: openOnly, Now: noon.Add(10 * Day)}
		filter(&f, r)
		page, err := tx.Findings(f, order, "", 50)
		if err == nil && len(page.Findings) == 0 && f.Text != "nowhere-to-be-found" {
			return fmt.Errorf("nothing for %+v", f)
		}
		return err
	}}
}

func askCount(name, by string, filter func(*FindingFilter, *rand.Rand)) benchAsk {
	return benchAsk{name, func(tx *Tx, r *rand.Rand) error {
		f := FindingFilter{States: openOnly, Now: noon.Add(10 * Day)}
		filter(&f, r)
		counts, err := tx.CountFindings(f, by)
		if err == nil && len(counts) == 0 {
			return fmt.Errorf("nothing for %+v", f)
		}
		return err
	}}
}

func askGroups(name, by string, filter func(*FindingFilter, *rand.Rand)) benchAsk {
	return benchAsk{name, func(tx *Tx, r *rand.Rand) error {
		f := FindingFilter{States: openOnly, Now: noon.Add(10 * Day)}
		filter(&f, r)
		groups, err := tx.GroupFindings(f, by, 50)
		if err == nil && len(groups.All) == 0 {
			return fmt.Errorf("nothing for %+v", f)
		}
		return err
	}}
}

// bounded looks at as many findings as pages do.
func bounded(filter func(*FindingFilter, *rand.Rand)) func(*FindingFilter, *rand.Rand) {
	return func(f *FindingFilter, r *rand.Rand) {
		f.Within = 4_000
		filter(f, r)
	}
}

func cameBack(f *FindingFilter, _ *rand.Rand) {
	yes := true
	f.Regressed = &yes
}

func late(f *FindingFilter, _ *rand.Rand) {
	f.Late = map[string]time.Duration{"critical": 2 * Day, "high": 7 * Day, "medium": 9 * Day}
}
func everything(*FindingFilter, *rand.Rand) {}
func oneCluster(f *FindingFilter, r *rand.Rand) {
	f.Clusters = []string{fmt.Sprintf("cluster-%02d", r.IntN(20))}
}
func oneNamespace(f *FindingFilter, r *rand.Rand) {
	f.Namespaces = []string{fmt.Sprintf("namespace-%03d", r.IntN(500))}
}
func oneControl(f *FindingFilter, r *rand.Rand) {
	f.Controls = []string{fmt.Sprintf("control-of-something-%03d", r.IntN(250))}
}
func oneTeam(f *FindingFilter, r *rand.Rand) { f.Teams = []string{"infra"} }
func aText(text string) func(*FindingFilter, *rand.Rand) {
	return func(f *FindingFilter, _ *rand.Rand) { f.Text = text }
}

var benchQueries = []benchAsk{
	askPage("page/severity", "severity", everything),
	askPage("page/severity all states", "severity", func(f *FindingFilter, _ *rand.Rand) { f.States = nil }),
	askPage("page/severity high and critical", "severity", func(f *FindingFilter, _ *rand.Rand) { f.Severities = []string{"critical", "high"} }),
	askPage("page/severity cluster", "severity", oneCluster),
	askPage("page/severity cluster and low", "severity", func(f *FindingFilter, r *rand.Rand) { oneCluster(f, r); f.Severities = []string{"low"} }),
	askPage("page/severity namespace", "severity", oneNamespace),
	askPage("page/severity cluster and namespace", "severity", func(f *FindingFilter, r *rand.Rand) { oneCluster(f, r); oneNamespace(f, r) }),
	askPage("page/severity control", "severity", oneControl),
	askPage("page/severity team", "severity", oneTeam),
	askPage("page/severity old", "severity", func(f *FindingFilter, _ *rand.Rand) { f.MinAge = 9 * Day }),
	askPage("page/severity young", "severity", func(f *FindingFilter, _ *rand.Rand) { f.MaxAge = 6 * Day }),
	askPage("page/severity fixed", "severity", func(f *FindingFilter, _ *rand.Rand) { f.States = []string{"fixed"} }),
	askPage("page/age", "age", everything),
	askPage("page/age cluster", "age", oneCluster),
	askPage("page/age namespace", "age", oneNamespace),
	askPage("page/control", "control", everything),
	askPage("page/control cluster", "control", oneCluster),
	askPage("page/subject", "subject", everything),
	askPage("page/subject namespace", "subject", oneNamespace),
	askPage("page/subject cluster", "subject", oneCluster),
	askPage("text/common", "severity", aText("thing number 1")),
	askPage("text/rare", "severity", aText("WORKLOAD-4711 ")),
	askPage("text/none", "severity", aText("nowhere-to-be-found")),
	askPage("bounded/text none", "severity", bounded(aText("nowhere-to-be-found"))),
	askPage("bounded/text common by subject", "subject", bounded(aText("thing number 1"))),
	askPage("bounded/late", "severity", bounded(late)),
	askPage("bounded/late of a namespace", "age", bounded(func(f *FindingFilter, r *rand.Rand) { late(f, r); oneNamespace(f, r) })),
	askPage("rare/unknown", "severity", bounded(func(f *FindingFilter, _ *rand.Rand) { f.Outcomes = []string{"unknown"} })),
	askPage("rare/unknown by subject", "subject", bounded(func(f *FindingFilter, _ *rand.Rand) { f.Outcomes = []string{"unknown"} })),
	askPage("rare/came back", "severity", bounded(cameBack)),
	askGroups("rare/came back by namespace", "namespace", bounded(cameBack)),
	askGroups("rare/unknown by control", "control", bounded(func(f *FindingFilter, _ *rand.Rand) { f.Outcomes = []string{"unknown", "error"} })),
	{"ages", func(tx *Tx, r *rand.Rand) error {
		f := FindingFilter{Now: noon.Add(10 * Day)}
		late(&f, r)
		ages, err := tx.OpenAges(f, []time.Duration{Day, 7 * Day, 30 * Day, 90 * Day})
		if err == nil && len(ages) == 0 {
			err = errors.New("nothing is open")
		}
		return err
	}},
	askGroups("group/control", "control", bounded(everything)),
	askGroups("group/source", "source", bounded(everything)),
	askGroups("group/namespace", "namespace", bounded(everything)),
	askGroups("group/team", "team", bounded(everything)),
	askGroups("group/namespace in cluster", "namespace", bounded(oneCluster)),
	askGroups("group/control in namespace", "control", bounded(oneNamespace)),
	askGroups("group/control of a text", "control", bounded(aText("thing number 1"))),
	askGroups("group/namespace late", "namespace", bounded(late)),
	askGroups("group/team old", "team", bounded(func(f *FindingFilter, _ *rand.Rand) { f.MinAge = 9 * Day })),
	{"page/deep", func(tx *Tx, r *rand.Rand) error {
		f := FindingFilter{States: openOnly}
		after := writeCursor("severity", f, []any{int64(r.IntN(5)), micros(noon), int64(r.IntN(900_000))})
		_, err := tx.Findings(f, "severity", after, 50)
		return err
	}},
	askCount("count/all", "", everything),
	askCount("count/severity", "severity", everything),
	askCount("count/control", "control", everything),
	askCount("count/namespace", "namespace", everything),
	askCount("count/cluster", "cluster", everything),
	askCount("count/team", "team", everything),
	askCount("count/state", "state", func(f *FindingFilter, _ *rand.Rand) { f.States = nil }),
	askCount("count/control in cluster", "control", oneCluster),
	askCount("count/namespace in cluster", "namespace", oneCluster),
	askCount("count/severity in namespace", "severity", oneNamespace),
	askCount("count/control in namespace", "control", oneNamespace),
	askCount("count/namespace of control", "namespace", oneControl),
	askCount("count/severity of a text", "severity", aText("thing number 12")),
	{"trend/all", func(tx *Tx, _ *rand.Rand) error {
		_, err := tx.Trend(FindingFilter{}, noon, noon.Add(90*Day), Day)
		return err
	}},
	{"trend/namespace", func(tx *Tx, r *rand.Rand) error {
		f := FindingFilter{}
		oneNamespace(&f, r)
		_, err := tx.Trend(f, noon, noon.Add(90*Day), Day)
		return err
	}},
	{"fix times/all", func(tx *Tx, _ *rand.Rand) error { _, err := tx.TimeToFix(FindingFilter{}); return err }},
	{"fix times/control", func(tx *Tx, r *rand.Rand) error {
		f := FindingFilter{}
		oneControl(&f, r)
		_, err := tx.TimeToFix(f)
		return err
	}},
	{"finding", func(tx *Tx, r *rand.Rand) error {
		f, err := tx.Finding(1 + r.Int64N(900_000))
		if err == nil && f != nil {
			_, err = tx.FindingHistory(f.ID)
		}
		return err
	}},
}

package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// oracle does in memory, and as simply as can be, what MergeScan does.
type oracle map[string]map[string]*StoredFinding

func (o oracle) merge(scan ScanRow, ran func(string) bool, uncertain bool, findings []FindingRow) (r MergeResult) {
	if o[scan.Source] == nil {
		o[scan.Source] = map[string]*StoredFinding{}
	}
	all := o[scan.Source]
	there := map[string]bool{}
	for _, f := range findings {
		there[f.Control+"/"+f.Fingerprint] = true
		was := all[f.Control+"/"+f.Fingerprint]
		switch {
		case was == nil:
			r.New++
			was = &StoredFinding{FirstSeen: scan.Made, Source: scan.Source}
			all[f.Control+"/"+f.Fingerprint] = was
		case was.State == StateFixed:
			r.Regressed++
			was.Regressed++
			was.ReopenedAt, was.FixedAt = scan.Made, time.Time{}
		default:
			r.Still++
		}
		was.FindingRow, was.LastSeen, was.State = f, scan.Made, StateOpen
		if f.Outcome == "accepted" {
			was.State = StateAccepted
		}
	}
	for key, f := range all {
		if !there[key] && f.State != StateFixed && !uncertain && ran(f.Control) {
			r.Fixed++
			f.State, f.FixedAt = StateFixed, scan.Made
		}
	}
	return r
}

// randomFinding is one of few, so that they come and go.
func randomFinding(r *rand.Rand) FindingRow {
	n := r.IntN(60)
	f := row(string(rune('a'+n%7))+fmt.Sprint(n), fmt.Sprint("control-", n%5), severities[n%5])
	f.Team, f.Cluster = []string{"apps", "infra"}[n%2], fmt.Sprint("cluster-", n%3)
	f.Line = r.IntN(2)
	if r.IntN(10) == 0 {
		f.Severity, f.Namespace, f.Cluster = severities[r.IntN(5)], "moved", "cluster-9"
	}
	f.Outcome = []string{"fail", "fail", "fail", "accepted", "unknown", "error"}[r.IntN(6)]
	return f
}

// TestFindingsAgainstAnOracle merges random scans and asks random questions.
func TestFindingsAgainstAnOracle(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		seed := rand.Uint64()
		var wanted []TrendPoint
		t.Log("seed", seed)
		r, o := rand.New(rand.NewPCG(seed, 0)), oracle{}
		for day := range 30 {
			source := oracleSources[r.IntN(3)]
			unique := map[string]FindingRow{}
			for range r.IntN(50) {
				f := randomFinding(r)
				unique[f.Control+"/"+f.Fingerprint] = f
			}
			var findings []FindingRow
			for _, f := range unique {
				findings = append(findings, f)
			}
			not := fmt.Sprint("control-", r.IntN(8))
			ran, uncertain := func(control string) bool { return control != not }, r.IntN(6) == 0
			scan := scanOf(source, day)
			result := o.merge(scan, ran, uncertain, findings)
			expectResult(t, mustMerge(t, s, scan, ran, uncertain, findings...), result)
			wanted = append(wanted, o.point(day, result))
		}
		expectSums(t, s)
		expectTrend(t, s, wanted)
		now := noon.Add(40 * Day)
		for range 60 {
			f := randomFilter(r, now)
			expectAnswers(t, s, o, f)
			expectAges(t, s, o, f)
		}
	})
}

// point is where a trend must be after the scan of a day.
func (o oracle) point(day int, r MergeResult) TrendPoint {
	p := TrendPoint{At: noon.Truncate(Day).Add(time.Duration(day) * Day), New: r.New + r.Regressed, Fixed: r.Fixed}
	for _, f := range o.fitting(FindingFilter{States: openOnly}) {
		p.Open++
		p.BySeverity[4-slices.Index(severities, f.Severity)]++
	}
	return p
}

// expectTrend demands a trend, read from sums and from the history of findings.
func expectTrend(t *testing.T, s *Store, wanted []TrendPoint) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		got, err := tx.Trend(FindingFilter{}, noon, noon.Add(29*Day), Day)
		if diff := gocmp.Diff(wanted, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.Trend(FindingFilter{Text: "e"}, noon, noon.Add(29*Day), Day)
		for i := range wanted { // an old severity is not kept with a finding
			got[i].BySeverity = wanted[i].BySeverity
		}
		if diff := gocmp.Diff(wanted, got); diff != "" {
			t.Errorf("from the history: %s", diff)
		}
		return err
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.Trend(FindingFilter{}, noon.Add(7*Day), noon.Add(20*Day), Week)
		if len(got) != 2 || got[1].Open != wanted[20].Open || !got[1].At.Equal(wanted[14].At) {
			t.Errorf("by weeks: %+v, not %+v", got, wanted[20])
		}
		sum := 0
		for _, p := range wanted[7:14] {
			sum += p.New
		}
		if got[0].New != sum {
			t.Errorf("%d new in a week, not %d", got[0].New, sum)
		}
		return err
	})
}

func randomFilter(r *rand.Rand, now time.Time) FindingFilter {
	some := func(pattern string, of int) (all []string) {
		for range r.IntN(3) * r.IntN(2) {
			all = append(all, strings.ReplaceAll(pattern, "%", fmt.Sprint(r.IntN(of))))
		}
		return all
	}
	f := FindingFilter{Clusters: some("cluster-%", 4), Controls: some("control-%", 6), Now: now}
	if r.IntN(3) == 0 {
		f.Namespaces = []string{"ns-" + string(rune('a'+r.IntN(8))), "moved"}
	}
	if r.IntN(3) == 0 {
		f.States = []string{string(states[r.IntN(3)]), string(states[r.IntN(3)])}
	}
	if r.IntN(3) == 0 {
		f.Severities = []string{severities[r.IntN(5)], severities[r.IntN(5)]}
	}
	if r.IntN(5) == 0 {
		f.Teams = []string{"apps"}
	}
	if r.IntN(5) == 0 {
		f.Text = []string{"OF B", "%", "is bad", "_", "title of CONTROL-1"}[r.IntN(5)]
	}
	if r.IntN(6) == 0 {
		f.MinAge, f.MaxAge = time.Duration(r.IntN(30))*Day, time.Duration(20+r.IntN(20))*Day
	}
	if r.IntN(6) == 0 {
		yes := r.IntN(2) == 0
		f.Regressed = &yes
	}
	if r.IntN(6) == 0 {
		f.Outcomes = [][]string{{"fail", "error"}, {"unknown"}, {"error", "unknown"}}[r.IntN(3)]
	}
	if r.IntN(6) == 0 {
		f.Kinds, f.Names = []string{row("a", "one", "low").Kind, "Secret"}, []string{"a0", "b1", "c2", "a7", "b8"}[r.IntN(3):]
	}
	if r.IntN(6) == 0 {
		f.Late = map[string]time.Duration{severities[r.IntN(5)]: time.Duration(r.IntN(20)) * Day, "high": 3 * Day}
	}
	if r.IntN(4) == 0 {
		f.Sources = append(oracleSources[r.IntN(3):][:1:1], "none")
	}
	if r.IntN(6) == 0 {
		f.Reviews = [][]string{{"review", "s"}, {"review"}, {"rev"}, {"revi"}}[r.IntN(4)]
	}
	f.Within = []int{0, 1, 40}[r.IntN(3)]
	return f
}

func (o oracle) fitting(f FindingFilter) (all []StoredFinding) {
	in := func(values []string, value string) bool { return len(values) == 0 || slices.Contains(values, value) }
	for _, findings := range o {
		for _, one := range findings {
			age := f.Now.Sub(one.FirstSeen)
			if in(f.Sources, one.Source) && in(f.Clusters, one.Cluster) && in(f.Namespaces, one.Namespace) && in(f.Teams, one.Team) && in(f.Severities, one.Severity) &&
				in(f.Controls, one.Control) && in(f.Reviews, reviewOf(one.Source)) && isLate(f, one) && in(f.Kinds, one.Kind) && in(f.Names, one.Name) && in(f.States, string(one.State)) && in(f.Outcomes, one.Outcome) && (f.MinAge == 0 || age >= f.MinAge) && (f.MaxAge == 0 || age <= f.MaxAge) &&
				(f.Regressed == nil || *f.Regressed == (one.Regressed > 0)) && strings.Contains(strings.ToLower(one.Message+"\n"+one.Name+"\n"+one.Title), strings.ToLower(f.Text)) {
				all = append(all, *one)
			}
		}
	}
	return all
}

var oracleSources = []string{"rev/a/one", "review/a/one", "review/b/two"}

func reviewOf(source string) string {
	review, _, _ := strings.Cut(source, "/")
	return review
}

func isLate(f FindingFilter, one *StoredFinding) bool {
	after, has := f.Late[one.Severity]
	since := one.FirstSeen
	if one.ReopenedAt.After(since) {
		since = one.ReopenedAt
	}
	return f.Late == nil || has && one.State == StateOpen && f.Now.Sub(since) > after
}

var oracleOrders = map[string]func(a, b StoredFinding) int{
	"severity": func(a, b StoredFinding) int {
		return cmp.Or(slices.Index(severities, a.Severity)-slices.Index(severities, b.Severity), a.FirstSeen.Compare(b.FirstSeen))
	},
	"age": func(a, b StoredFinding) int { return a.FirstSeen.Compare(b.FirstSeen) },
	"control": func(a, b StoredFinding) int {
		return cmp.Or(cmp.Compare(a.Control, b.Control), slices.Index(severities, a.Severity)-slices.Index(severities, b.Severity), a.FirstSeen.Compare(b.FirstSeen))
	},
	"subject": func(a, b StoredFinding) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	},
}

// expectAnswers demands that lists, in every order, and counts are those of the oracle.
func expectAnswers(t *testing.T, s *Store, o oracle, f FindingFilter) {
	t.Helper()
	wanted := o.fitting(f)
	identity := func(all []StoredFinding) map[string]StoredFinding {
		by := map[string]StoredFinding{}
		for _, one := range all {
			one.ID = 0
			by[one.Source+one.Control+one.Fingerprint] = one
		}
		return by
	}
	for by, order := range oracleOrders {
		got := allFindings(t, s, f, by)
		if diff := gocmp.Diff(identity(wanted), identity(got)); diff != "" || len(got) != len(wanted) {
			t.Fatalf("%+v by %s: %d findings, not %d: %s", f, by, len(got), len(wanted), diff)
		}
		if !slices.IsSortedFunc(got, order) {
			t.Errorf("%+v by %s is not in order", f, by)
		}
	}
	for by, key := range map[string]func(StoredFinding) string{
		"": func(StoredFinding) string { return "" }, "severity": func(f StoredFinding) string { return f.Severity }, "control": func(f StoredFinding) string { return f.Control },
		"namespace": func(f StoredFinding) string { return f.Namespace }, "team": func(f StoredFinding) string { return f.Team },
		"cluster": func(f StoredFinding) string { return f.Cluster }, "state": func(f StoredFinding) string { return string(f.State) },
		"source": func(f StoredFinding) string { return f.Source },
	} {
		counts := map[string]int{}
		for _, one := range wanted {
			counts[key(one)]++
		}
		got := map[string]int{}
		view(t, s, func(tx *Tx) error {
			all, err := tx.CountFindings(f, by)
			for i, c := range all {
				if got[c.Key] = c.N; i > 0 && c.N > all[i-1].N {
					t.Errorf("the counts by %s are not in order", by)
				}
			}
			return err
		})
		if diff := gocmp.Diff(counts, got); diff != "" {
			t.Errorf("%+v counted by %q: %s", f, by, diff)
		}
		if by != "" {
			expectGroups(t, s, f, by, key, wanted)
		}
	}
}

// expectGroups demands groups with their severities; where few may be looked at they are what is known
// of few.
func expectGroups(t *testing.T, s *Store, f FindingFilter, by string, key func(StoredFinding) string, wanted []StoredFinding) {
	t.Helper()
	f.Within = 0
	groups := map[string]FindingGroup{}
	for _, one := range wanted {
		group := groups[key(one)]
		group.Key, group.N = key(one), group.N+1
		group.BySeverity[len(severities)-1-slices.Index(severities, one.Severity)]++
		groups[key(one)] = group
	}
	view(t, s, func(tx *Tx) error {
		got, err := tx.GroupFindings(f, by, 200)
		found := map[string]FindingGroup{}
		for i, one := range got.All {
			if found[one.Key] = one; i > 0 && one.N > got.All[i-1].N {
				t.Errorf("the groups by %s are not in order", by)
			}
		}
		if diff := gocmp.Diff(groups, found); diff != "" || got.More || got.Stopped {
			t.Errorf("%+v grouped by %q: %s", f, by, diff)
		}
		if few, err := tx.GroupFindings(f, by, 1); err == nil && (len(few.All) != min(1, len(groups)) || few.More != (len(groups) > 1) || few.More && few.All[0].N != got.All[0].N) {
			t.Errorf("%+v: the largest group by %q is %+v of %d", f, by, few, len(groups))
		}
		return err
	})
}

// expectAges demands the ages of what is open.
func expectAges(t *testing.T, s *Store, o oracle, f FindingFilter) {
	t.Helper()
	bounds := []time.Duration{5 * Day, 20 * Day, 33 * Day}
	wanted := map[[2]string]OpenAge{}
	for _, one := range o.fitting(FindingFilter{Reviews: f.Reviews, Sources: f.Sources, States: openOnly, Now: f.Now}) {
		key := [2]string{one.Team, one.Severity}
		group := wanted[key]
		if group.ByAge == nil {
			group = OpenAge{Team: one.Team, Severity: one.Severity, ByAge: make([]int, 4)}
		}
		group.N++
		if f.Late != nil && isLate(f, &one) {
			group.Late++
		}
		since := one.FirstSeen
		if one.ReopenedAt.After(since) {
			since = one.ReopenedAt
		}
		at := slices.IndexFunc(bounds, func(bound time.Duration) bool { return f.Now.Sub(since) <= bound })
		if at < 0 {
			at = len(bounds)
		}
		group.ByAge[at]++
		wanted[key] = group
	}
	view(t, s, func(tx *Tx) error {
		got, err := tx.OpenAges(f, bounds)
		found := map[[2]string]OpenAge{}
		for _, one := range got {
			found[[2]string{one.Team, one.Severity}] = one
		}
		if diff := gocmp.Diff(wanted, found); diff != "" {
			t.Errorf("ages of %+v: %s", f, diff)
		}
		return err
	})
}

package store

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// each gives findings one by one.
func each(findings ...FindingRow) iter.Seq2[FindingRow, error] {
	return func(yield func(FindingRow, error) bool) {
		for _, f := range findings {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func ranAll(string) bool { return true }

// scanOf is a scan of a source, made so many days after noon.
func scanOf(source string, days int) ScanRow {
	made := noon.Add(time.Duration(days) * Day)
	return ScanRow{ID: fmt.Sprintf("%s-%d", source, days), Source: source, Cluster: "c-" + source, Environment: "test", Made: made, Received: made.Add(time.Minute),
		Version: "1.0", SHA256: digestOf([]byte(source + fmt.Sprint(days))), Summary: []byte(`{"a":1}`), Counts: [5]int{1, 2, 3, 4, 5}, Score: 71.5}
}

// row is a finding, known by its name.
func row(name, control, severity string) FindingRow {
	return FindingRow{Fingerprint: "fp-" + name, Control: control, Title: "Title of " + control, Severity: severity, Team: "apps", Namespace: "ns-" + name[:1], Kind: "Deployment",
		Name: name, Container: "app", File: "a.yaml", Cluster: "c", Message: "Container of " + name + " is bad", Risk: 7, Line: 12, Outcome: "fail", Data: []byte(`{"fix":"` + name + `"}`)}
}

func mustMerge(t testing.TB, s *Store, scan ScanRow, ran func(string) bool, uncertain bool, findings ...FindingRow) (r MergeResult) {
	t.Helper()
	update(t, s, func(tx *Tx) (err error) {
		r, err = tx.MergeScan(scan, ran, uncertain, each(findings...))
		return err
	})
	return r
}

func expectResult(t testing.TB, got, wanted MergeResult) {
	t.Helper()
	if got != wanted {
		t.Errorf("the scan gave %+v, not %+v", got, wanted)
	}
}

// allFindings gives everything that fits, through small pages.
func allFindings(t testing.TB, s *Store, f FindingFilter, by string) (all []StoredFinding) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		for cursor := ""; ; {
			page, err := tx.Findings(f, by, cursor, 3)
			if err != nil {
				return err
			}
			all = append(all, page.Findings...)
			if cursor = page.Next; cursor == "" {
				return nil
			}
		}
	})
	return all
}

func byName(findings []StoredFinding) map[string]StoredFinding {
	all := map[string]StoredFinding{}
	for _, f := range findings {
		all[f.Name] = f
	}
	return all
}

func TestLifeOfFindings(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		a, b, c := row("a", "one", "critical"), row("b", "one", "low"), row("c", "two", "info")
		accepted := row("d", "two", "high")
		accepted.Outcome = "accepted"
		expectResult(t, mustMerge(t, s, scanOf("s", 0), ranAll, false, a, b, c, accepted), MergeResult{New: 4})
		changed := b
		changed.Message, changed.Line, changed.Severity = "other words", 13, "medium"
		expectResult(t, mustMerge(t, s, scanOf("s", 2), ranAll, false, changed, c, accepted), MergeResult{Still: 3, Fixed: 1})
		noLonger := accepted
		noLonger.Outcome = "fail"
		expectResult(t, mustMerge(t, s, scanOf("s", 3), ranAll, false, a, noLonger, changed), MergeResult{Still: 2, Regressed: 1, Fixed: 1})
		at := func(days int) time.Time { return noon.Add(time.Duration(days) * Day) }
		wanted := map[string]StoredFinding{
			"a": {FindingRow: a, ID: 1, Source: "s", State: StateOpen, FirstSeen: at(0), LastSeen: at(3), ReopenedAt: at(3), Regressed: 1},
			"b": {FindingRow: changed, ID: 2, Source: "s", State: StateOpen, FirstSeen: at(0), LastSeen: at(3)},
			"c": {FindingRow: c, ID: 3, Source: "s", State: StateFixed, FirstSeen: at(0), LastSeen: at(2), FixedAt: at(3)},
			"d": {FindingRow: noLonger, ID: 4, Source: "s", State: StateOpen, FirstSeen: at(0), LastSeen: at(3)},
		}
		if diff := cmp.Diff(wanted, byName(allFindings(t, s, FindingFilter{}, "severity"))); diff != "" {
			t.Error(diff)
		}
		expectSums(t, s)
		expectHistory(t, s, 1, "0 found s-0", "2 fixed s-2", "3 returned s-3", "3 seen s-3")
		expectHistory(t, s, 3, "0 found s-0", "3 fixed s-3")
		expectHistory(t, s, 4, "0 found s-0", "0 accepted s-0", "3 unaccepted s-3", "3 seen s-3")
		expectHistory(t, s, 99)
		view(t, s, func(tx *Tx) error {
			got, err := tx.Finding(2)
			one := wanted["b"]
			if diff := cmp.Diff(&one, got); diff != "" {
				t.Error(diff)
			}
			none, missing := tx.Finding(99)
			if none != nil {
				t.Error("there is a finding 99")
			}
			return errors.Join(err, missing)
		})
	})
}

func expectHistory(t *testing.T, s *Store, id int64, wanted ...string) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		events, err := tx.FindingHistory(id)
		var got []string
		for _, e := range events {
			got = append(got, fmt.Sprintf("%d %s %s", int(e.At.Sub(noon)/Day), e.What, e.Scan))
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("finding %d: %s", id, diff)
		}
		return err
	})
}

// expectSums demands that the tables of sums say what the findings do.
func expectSums(t testing.TB, s *Store) {
	t.Helper()
	for table, columns := range map[string]string{"finding_counts": "source, cluster, control, team, severity, state", "finding_places": "source, cluster, namespace, team, severity, state",
		"finding_namespaces": "source, cluster, namespace, state"} {
		var wrong int
		query := `SELECT COUNT(*) FROM (SELECT ` + columns + `, SUM(n) AS n FROM (SELECT ` + columns + `, n FROM ` + table + ` UNION ALL SELECT ` + columns + `, -COUNT(*) AS n FROM findings GROUP BY ` + columns + `) AS a GROUP BY ` + columns + ` HAVING SUM(n) <> 0) AS b`
		if err := s.database.pool(false).QueryRow(query).Scan(&wrong); err != nil || wrong != 0 {
			t.Errorf("%d sums in %s are wrong, %v", wrong, table, err)
		}
	}
	var wrong int
	query := `SELECT COUNT(*) FROM (SELECT source, cluster, team, severity, SUM(n) AS n FROM (SELECT source, cluster, team, severity, net AS n FROM finding_days
		UNION ALL SELECT source, cluster, team, severity, -COUNT(*) AS n FROM findings WHERE state = 0 GROUP BY source, cluster, team, severity) AS a
		GROUP BY source, cluster, team, severity HAVING SUM(n) <> 0) AS b`
	if err := s.database.pool(false).QueryRow(query).Scan(&wrong); err != nil || wrong != 0 {
		t.Errorf("%d sums of days are wrong, %v", wrong, err)
	}
}

func TestNothingIsFixedThatWasNotLookedAt(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		a, b, c := row("a", "one", "high"), row("b", "two", "high"), row("c", "two", "high")
		mustMerge(t, s, scanOf("s", 0), ranAll, false, a, b, c)
		ran := func(control string) bool { return control == "one" }
		expectResult(t, mustMerge(t, s, scanOf("s", 1), ran, false, c), MergeResult{Still: 1, Fixed: 1})
		expectResult(t, mustMerge(t, s, scanOf("s", 2), ranAll, true), MergeResult{})
		all := byName(allFindings(t, s, FindingFilter{}, "age"))
		for name, last := range map[string]int{"a": 0, "b": 0, "c": 1} {
			if wanted := noon.Add(time.Duration(last) * Day); !all[name].LastSeen.Equal(wanted) || (all[name].State == StateFixed) != (name == "a") {
				t.Errorf("%s was last seen %s and is %s", name, all[name].LastSeen, all[name].State)
			}
		}
		expectResult(t, mustMerge(t, s, scanOf("s", 3), ranAll, false, b), MergeResult{Still: 1, Fixed: 1})
		all = byName(allFindings(t, s, FindingFilter{}, "age"))
		if b, c := all["b"], all["c"]; !b.LastSeen.Equal(noon.Add(3*Day)) || !c.LastSeen.Equal(noon.Add(Day)) || c.State != StateFixed {
			t.Errorf("b was last seen %s, c %s and is %s", b.LastSeen, c.LastSeen, c.State)
		}
		expectSums(t, s)
	})
}

func TestScansInOrder(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		a, b := row("a", "one", "high"), row("b", "two", "high")
		first := mustMerge(t, s, scanOf("s", 5), ranAll, false, a, b)
		again := mustMerge(t, s, scanOf("s", 5), ranAll, false)
		first.Known = true
		expectResult(t, again, first)
		err := s.Update(t.Context(), func(tx *Tx) error {
			_, err := tx.MergeScan(scanOf("s", 4), ranAll, false, each())
			return err
		})
		if !errors.Is(err, ErrOlder) || err.Error() != "merge a scan: there is a newer scan of this source: it was made on 2027-03-05 12:00:00, the newest on 2027-03-06 12:00:00" {
			t.Error(err)
		}
		other := scanOf("t", 5)
		other.ID = "s-5"
		err = s.Update(t.Context(), func(tx *Tx) error { _, err := tx.MergeScan(other, ranAll, false, each()); return err })
		want(t, err, ErrTaken, "the scan s-5 is of another source, s")
		mustMerge(t, s, scanOf("t", 1), ranAll, false, a) // the same fingerprint in another source
		if n := len(allFindings(t, s, FindingFilter{}, "age")); n != 3 {
			t.Errorf("%d findings", n)
		}
		mustMerge(t, s, scanOf("s", 6), ranAll, false, a)
		var ids []string
		view(t, s, func(tx *Tx) error {
			got, err := tx.Scan("s-5")
			wanted := scanOf("s", 5)
			wanted.Result = MergeResult{New: 2}
			if diff := cmp.Diff(&wanted, got); diff != "" {
				t.Error(diff)
			}
			none, missing := tx.Scan("none")
			if none != nil {
				t.Error("there is a scan none")
			}
			add := func(r ScanRow) error { ids = append(ids, r.ID); return nil }
			return errors.Join(err, missing, tx.Scans(ScanFilter{}, add), tx.Scans(ScanFilter{Limit: 1}, add), tx.Scans(ScanFilter{Sources: []string{"s", "x"}, Before: noon.Add(6 * Day)}, add))
		})
		if diff := cmp.Diff([]string{"s-6", "s-5", "t-1", "s-6", "s-5"}, ids); diff != "" {
			t.Error(diff)
		}
	})
}

func TestScansThatAreRefused(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		broken := errors.New("line 7 is broken")
		for name, one := range map[string]struct {
			change   func(*ScanRow)
			findings iter.Seq2[FindingRow, error]
			text     string
		}{
			"no id":         {func(r *ScanRow) { r.ID = "" }, each(), "a name is empty"},
			"no source":     {func(r *ScanRow) { r.Source = "" }, each(), "a name is empty"},
			"no time":       {func(r *ScanRow) { r.Made = time.Time{} }, each(), "it does not say when it was made"},
			"the future":    {func(r *ScanRow) { r.Made = r.Received.Add(48 * time.Hour) }, each(), "it says that it was made on 2027-03-03T12:01:00Z, after it was received"},
			"a digest":      {func(r *ScanRow) { r.SHA256 = "XYZ" }, each(), "this is not a SHA-256"},
			"a big summary": {func(r *ScanRow) { r.Summary = make([]byte, 2<<20) }, each(), "its summary has 2097152 bytes, 1048576 are the most"},
			"a severity":    {func(*ScanRow) {}, each(row("a", "one", "high"), row("b", "one", "terrible")), `the finding "fp-b" has the severity "terrible"`},
			"an outcome":    {func(*ScanRow) {}, each(FindingRow{Severity: "low", Outcome: "pass"}), `has the outcome "pass"`},
			"a broken list": {func(*ScanRow) {}, func(yield func(FindingRow, error) bool) {
				_ = yield(row("a", "one", "high"), nil) && yield(FindingRow{}, broken)
			}, "merge a scan: line 7 is broken"},
		} {
			scan := scanOf("s", 0)
			one.change(&scan)
			err := s.Update(t.Context(), func(tx *Tx) error { _, err := tx.MergeScan(scan, ranAll, false, one.findings); return err })
			want(t, err, err, one.text)
			if err == nil {
				t.Errorf("%s was taken", name)
			}
		}
		// An error that is overlooked must not leave half a scan.
		if err := s.Update(t.Context(), func(tx *Tx) error {
			_, _ = tx.MergeScan(scanOf("s", 0), ranAll, false, each(row("b", "one", "terrible")))
			return nil
		}); err == nil {
			t.Error("half a scan was kept")
		}
		expectRows(t, s, "findings", 0)
		expectRows(t, s, "scans", 0)
		want(t, s.View(t.Context(), func(tx *Tx) error { _, err := tx.MergeScan(scanOf("s", 0), ranAll, false, each()); return err }), ErrReadOnly, "use an update")
	})
}

// TestManyNewFindingsAreLearnt: PostgreSQL plans queries by what it knows of a table, and knows nothing
// of rows that came just now.
func TestManyNewFindingsAreLearnt(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, place string) {
		if !strings.HasPrefix(place, "postgres") {
			t.Skip("plans follow from the queries alone")
		}
		s := create(t, place)
		var all []FindingRow
		for i := range manyNew {
			all = append(all, row(fmt.Sprint(i), "one", "low"))
		}
		mustMerge(t, s, scanOf("s", 0), ranAll, false, all...)
		var known float64
		if err := s.database.pool(false).QueryRow(`SELECT reltuples FROM pg_class WHERE relname = 'findings'`).Scan(&known); err != nil || known != manyNew {
			t.Errorf("%v findings are known, %v", known, err)
		}
	})
}

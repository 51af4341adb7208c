package store

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hostile are texts that somebody may try.
var hostile = []string{"a\x00b", "\xff\xfe", "'; DROP TABLE findings; --", `"`, "$1", "%", `\`, "\u202e", "<script>", strings.Repeat("ä", 600_000), strings.Repeat("\xff", 5000), "\n"}

func TestHostileFindings(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		var all []FindingRow
		for i, text := range hostile {
			f := FindingRow{Severity: "low", Outcome: "fail", Risk: -1, Line: math.MaxInt, Data: []byte(text)}
			for _, column := range f.texts() {
				if column.text != &f.Outcome {
					*column.text = text
				}
			}
			f.Title = fmt.Sprint("finding ", i)
			all = append(all, f)
		}
		long := row("x", "one", "low")
		long.Namespace = strings.Repeat("n", 1000) + "1"
		other := row("y", "one", "low")
		other.Namespace = strings.Repeat("n", 1000) + "2"
		all = append(all, long, other)
		expectResult(t, mustMerge(t, s, scanOf("s", 0), ranAll, false, all...), MergeResult{New: len(all)})
		expectResult(t, mustMerge(t, s, scanOf("s", 1), ranAll, false, all...), MergeResult{Still: len(all)})
		for by := range orders {
			if n := len(allFindings(t, s, FindingFilter{}, by)); n != len(all) {
				t.Errorf("by %s there are %d findings, not %d", by, n, len(all))
			}
		}
		for _, f := range allFindings(t, s, FindingFilter{}, "age") {
			for _, column := range f.texts() {
				if len(*column.text) > column.most || checkText("", *column.text) != nil {
					t.Errorf("%q was kept", *column.text)
				}
			}
			if len(f.Data) > maxData || f.Risk < 0 {
				t.Errorf("%d bytes of data, the risk %d", len(f.Data), f.Risk)
			}
		}
		for i, text := range hostile {
			for name, f := range map[string]FindingFilter{"namespace": {Namespaces: []string{text}}, "control": {Controls: []string{text}}, "cluster": {Clusters: []string{text}}, "team": {Teams: []string{text, "b"}}} {
				if found := allFindings(t, s, f, "severity"); len(found) != 1 || found[0].Title != fmt.Sprint("finding ", i) {
					t.Errorf("%d findings of the %s %q", len(found), name, clean(text, 20))
				}
			}
		}
		if found := allFindings(t, s, FindingFilter{Namespaces: []string{long.Namespace}}, "age"); len(found) != 1 || !strings.HasPrefix(found[0].Namespace, "nnnn") || !strings.Contains(found[0].Namespace, "…[cut ") {
			t.Errorf("%d findings of the long namespace", len(found))
		}
		for _, text := range []string{"%", `\`, "'; drop table", "\x00"} {
			wanted := map[string]int{"\x00": 4}[text] // all that was not text is the same sign
			if found := allFindings(t, s, FindingFilter{Text: text}, "age"); wanted == 0 && len(found) != 1 || wanted > 0 && len(found) == 0 {
				t.Errorf("%d findings with the text %q", len(found), text)
			}
		}
		expectSums(t, s)
	})
}

func TestTheSameFindingSeveralTimes(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		a, b := row("a", "one", "low"), row("b", "one", "low")
		again := a
		again.Line = 99
		third := a
		third.Line = 100
		expectResult(t, mustMerge(t, s, scanOf("s", 0), ranAll, false, a, b, again, third), MergeResult{New: 4})
		expectResult(t, mustMerge(t, s, scanOf("s", 1), ranAll, false, a, b, again, third), MergeResult{Still: 4})
		expectResult(t, mustMerge(t, s, scanOf("s", 2), ranAll, false, a, b), MergeResult{Still: 2, Fixed: 2})
		expectSums(t, s)
	})
}

func TestCursorsThatAreNone(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		mustMerge(t, s, scanOf("s", 0), ranAll, false, row("a", "one", "low"), row("b", "one", "low"), row("c", "one", "high"))
		var next string
		view(t, s, func(tx *Tx) error {
			page, err := tx.Findings(FindingFilter{}, "severity", "", 1)
			next = page.Next
			return err
		})
		encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
		decoded, _ := base64.RawURLEncoding.DecodeString(next)
		change := func(from, to string) string { return encode(strings.Replace(string(decoded), from, to, 1)) }
		for _, cursor := range []string{"x", next + "A", next[:len(next)-4], "=" + next, encode("{}"), encode("null"), encode("[]"), strings.Repeat("A", 1<<20), change(`"k":[1`, `"k":["1; DROP"`),
			change(`"k":[1`, `"k":[1.5`), change(`"k":[1`, `"k":[null`), change(`"k":[1`, `"k":[99999999999999999999`), change(`"k":[1,`, `"k":[`), change(`severity`, `age`)} {
			err := s.View(t.Context(), func(tx *Tx) error { _, err := tx.Findings(FindingFilter{}, "severity", cursor, 1); return err })
			want(t, err, ErrFilter, "list the findings: this cannot be asked for: this is not a cursor of this list: begin with its first page")
		}
		for name, ask := range map[string]func(*Tx) error{
			"another filter": func(tx *Tx) error {
				_, err := tx.Findings(FindingFilter{Teams: []string{"apps"}}, "severity", next, 1)
				return err
			},
			"another order": func(tx *Tx) error { _, err := tx.Findings(FindingFilter{}, "age", next, 1); return err },
			"no order":      func(tx *Tx) error { _, err := tx.Findings(FindingFilter{}, "id; DROP", "", 1); return err },
			"no group":      func(tx *Tx) error { _, err := tx.CountFindings(FindingFilter{}, "id"); return err },
			"no state":      func(tx *Tx) error { _, err := tx.CountFindings(FindingFilter{States: []string{"x"}}, ""); return err },
			"no severity":   func(tx *Tx) error { _, err := tx.TimeToFix(FindingFilter{Severities: []string{"\xff"}}); return err },
			"too many": func(tx *Tx) error {
				_, err := tx.CountFindings(FindingFilter{Teams: make([]string, 999)}, "")
				return err
			},
			"too many sources": func(tx *Tx) error {
				_, err := tx.CountFindings(FindingFilter{Sources: make([]string, 999)}, "")
				return err
			},
			"no step":            func(tx *Tx) error { _, err := tx.Trend(FindingFilter{}, noon, noon, time.Hour); return err },
			"the wrong way":      func(tx *Tx) error { _, err := tx.Trend(FindingFilter{}, noon, noon.Add(-Day), Day); return err },
			"from the beginning": func(tx *Tx) error { _, err := tx.Trend(FindingFilter{}, time.Time{}, noon, Day); return err },
			"ages":               func(tx *Tx) error { _, err := tx.Trend(FindingFilter{}, time.Unix(0, 0), noon, Day); return err },
		} {
			if err := s.View(t.Context(), ask); !errors.Is(err, ErrFilter) {
				t.Errorf("%s gave %v", name, err)
			}
		}
		// Time passes between pages, that is no other filter.
		view(t, s, func(tx *Tx) error {
			page, err := tx.Findings(FindingFilter{Now: noon.Add(time.Hour)}, "severity", next, 5)
			if len(page.Findings) != 2 || page.Next != "" {
				t.Errorf("%d findings follow, and %q", len(page.Findings), page.Next)
			}
			return err
		})
	})
}

func TestPagesStayWhereTheyAre(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		var all []FindingRow
		for i := range 20 {
			all = append(all, row(fmt.Sprintf("f%02d", i), "one", "low"))
		}
		mustMerge(t, s, scanOf("s", 0), ranAll, false, all...)
		var names []string
		cursor, scan := "", 0
		for {
			var page FindingPage
			view(t, s, func(tx *Tx) (err error) {
				page, err = tx.Findings(FindingFilter{States: openOnly}, "severity", cursor, 4)
				return err
			})
			for _, f := range page.Findings {
				names = append(names, f.Name)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
			scan++ // what was shown is fixed, and others are found that come later
			rest := append(all[len(names):len(all):len(all)], row(fmt.Sprintf("g%02d", scan), "one", "info"))
			mustMerge(t, s, scanOf("s", scan), ranAll, false, rest...)
		}
		for i, name := range names[:20] {
			if name != all[i].Name {
				t.Fatalf("%v", names)
			}
		}
	})
}

func TestTimeToFix(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		a, b, c, d := row("a", "one", "high"), row("b", "one", "high"), row("c", "two", "high"), row("d", "two", "low")
		accepted := row("e", "two", "low")
		accepted.Outcome = "accepted"
		mustMerge(t, s, scanOf("s", 0), ranAll, false, a, b, c, d, accepted)
		mustMerge(t, s, scanOf("s", 2), ranAll, false, b, c, d, accepted) // a after 2
		mustMerge(t, s, scanOf("s", 3), ranAll, false, a, c, d, accepted) // b after 3
		mustMerge(t, s, scanOf("s", 10), ranAll, false)                   // c and d after 10, a after 7
		for f, wanted := range map[*FindingFilter]map[string][2]int{
			{}:                            {"high": {3, 4}, "low": {10, 1}},
			{Controls: []string{"two"}}:   {"high": {10, 1}, "low": {10, 1}},
			{Text: "container"}:           {"high": {3, 4}, "low": {10, 1}},
			{Severities: []string{"low"}}: {"low": {10, 1}},
			{Sources: []string{"none"}}:   {},
		} {
			view(t, s, func(tx *Tx) error {
				got, err := tx.TimeToFix(*f)
				rounded := map[string][2]int{}
				for severity, one := range got {
					days := one.Median.Hours() / 24
					if whole := math.Round(days); math.Abs(days-whole) > 0.011*whole {
						t.Errorf("%+v: %s takes %v", f, severity, one.Median)
					}
					rounded[severity] = [2]int{int(math.Round(days)), one.N}
				}
				if diff := cmp.Diff(wanted, rounded); diff != "" {
					t.Errorf("%+v: %s", f, diff)
				}
				return err
			})
		}
	})
}

func TestOldScansAreDeleted(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		a, b := row("a", "one", "high"), row("b", "one", "high")
		for day := range 5 {
			mustMerge(t, s, scanOf("s", day), ranAll, false, [][]FindingRow{{a, b}, {a}, {a}, {}, {b}}[day]...)
		}
		same := scanOf("t", 0)
		same.SHA256 = scanOf("s", 4).SHA256
		mustMerge(t, s, same, ranAll, false, a)
		later := scanOf("t", 1)
		mustMerge(t, s, later, ranAll, false)
		before := func(source string, days int) (d Deleted) {
			update(t, s, func(tx *Tx) (err error) {
				d, err = tx.DeleteScansBefore(source, noon.Add(time.Duration(days)*Day))
				return err
			})
			return d
		}
		if d := before("s", 0); d.Scans != 0 || d.Findings != 0 || d.Files != nil {
			t.Errorf("%+v was deleted", d)
		}
		d := before("s", 100) // b is open, a was fixed on day 3
		if d.Scans != 4 || d.Findings != 1 || len(d.Files) != 4 {
			t.Errorf("%+v was deleted", d)
		}
		expectHistory(t, s, 2, "0 found ", "1 fixed ", "4 returned s-4", "4 seen s-4")
		expectHistory(t, s, 1)
		if d := before("", 100); d.Scans != 1 || d.Findings != 1 || d.Files != nil {
			t.Errorf("%+v was deleted", d) // its file is that of s-4 too
		}
		expectRows(t, s, "scans", 2)
		expectRows(t, s, "finding_events", 2)
		expectRows(t, s, "finding_details", 1)
		expectSums(t, s)
		mustMerge(t, s, scanOf("s", 9), ranAll, false, a)
		if found := byName(allFindings(t, s, FindingFilter{}, "age")); found["a"].ID != 4 || found["a"].Regressed != 0 {
			t.Errorf("a is %+v", found["a"])
		}
		view(t, s, func(tx *Tx) error {
			points, err := tx.Trend(FindingFilter{}, noon, noon.Add(4*Day), Day)
			if len(points) == 5 && (points[0].Open != 3 || points[3].Open != 0 || points[4].New != 1) {
				t.Errorf("%+v", points)
			}
			return err
		})
	})
}

package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// between gives what changed, through small pages, as names with the days of it.
func between(t *testing.T, s *Store, b Between) (all []string) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		for cursor, pages := "", 0; ; pages++ {
			page, err := tx.ChangedBetween(b, cursor, 2)
			if err != nil {
				return err
			}
			for _, one := range page.Changed {
				all = append(all, fmt.Sprintf("%s %d", one.Name, int(one.At.Sub(noon)/Day)))
			}
			if cursor = page.Next; cursor == "" || pages > 50 {
				return nil
			}
		}
	})
	return all
}

// TestBetween compares the scans of some days. In the end a finding was fixed twice, and one came back.
func TestBetween(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		a, b, c, d := row("a", "one", "low"), row("b", "one", "high"), row("c", "one", "info"), row("d", "one", "critical")
		for day, found := range [][]FindingRow{{a, b}, {b, c}, {a, b, c, d}, {b}, {b, d}, {}} {
			mustMerge(t, s, scanOf("s", day), ranAll, false, found...)
			mustMerge(t, s, scanOf("t", day), ranAll, false, d)
		}
		tests := []struct {
			from, to                   int
			found, fixed, returned     []string
			news, repairs, regressions int
		}{
			{0, 5, []string{"d 2", "c 1"}, []string{"b 5", "d 5", "a 3", "c 3", "d 3", "a 1"}, []string{"d 4", "a 2"}, 2, 6, 2},
			{2, 3, nil, []string{"a 3", "c 3", "d 3"}, nil, 0, 3, 0},
			{1, 4, []string{"d 2"}, []string{"a 3", "c 3", "d 3"}, []string{"d 4", "a 2"}, 1, 3, 2},
			{4, 4, nil, nil, nil, 0, 0, 0},
		}
		for _, one := range tests {
			span := Between{From: fmt.Sprint("s-", one.from), To: fmt.Sprint("s-", one.to)}
			for what, wanted := range map[string][]string{"found": one.found, "fixed": one.fixed, "returned": one.returned} {
				span.What = what
				if diff := cmp.Diff(wanted, between(t, s, span)); diff != "" {
					t.Errorf("%+v: %s", span, diff)
				}
			}
			view(t, s, func(tx *Tx) error {
				sum, err := tx.SumBetween(span)
				expectResult(t, sum, MergeResult{New: one.news, Fixed: one.repairs, Regressed: one.regressions})
				return err
			})
		}
		view(t, s, func(tx *Tx) error {
			for name, b := range map[string]Between{"backwards": {"s-3", "s-2", "fixed"}, "two sources": {"s-1", "t-2", "fixed"}, "no scan": {"s-1", "none", "found"}, "no name": {"", "s-2", "found"},
				"a kind": {"s-1", "s-2", "lost"}} {
				_, err := tx.ChangedBetween(b, "", 10)
				want(t, err, ErrFilter, "list what changed between scans")
				if err == nil {
					t.Errorf("%s was answered", name)
				}
			}
			for _, cursor := range []string{"x", "1", "1.x", "9223372036854775808.1"} {
				for _, what := range []string{"found", "fixed"} {
					_, err := tx.ChangedBetween(Between{"s-1", "s-2", what}, cursor, 10)
					want(t, err, ErrFilter, "not a cursor of this list")
				}
			}
			return nil
		})
	})
}

// TestHeads: scans without what is long, the newest and those before, and the scores of days.
func TestHeads(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		view(t, s, func(tx *Tx) error {
			number, err := tx.ScanNumber()
			none, unread := tx.NewestHeads(0)
			scores, unscored := tx.Scores(nil, time.Time{})
			if number != 0 || len(none)+len(scores) != 0 {
				t.Errorf("an empty store has the scan %d, %v, %v", number, none, scores)
			}
			return errors.Join(err, unread, unscored)
		})
		merge := func(source string, at time.Duration, score float64, found ...FindingRow) {
			scan := scanOf(source, 0)
			scan.ID, scan.Made, scan.Received, scan.Score = fmt.Sprint(source, at), noon.Add(at), noon.Add(at), score
			mustMerge(t, s, scan, ranAll, false, found...)
		}
		a, b, u := row("a", "one", "low"), row("b", "two", "high"), row("u", "two", "high")
		u.Outcome, b.Team = "unknown", "infra"
		merge("s", 0, 10, a)
		merge("s", time.Hour, 20, a, b)
		merge("s", 3*Day, -1, a, b, u)
		merge("t", Day, 50, b)
		view(t, s, func(tx *Tx) error {
			number, err := tx.ScanNumber()
			if number != 4 {
				t.Errorf("the newest scan is %d", number)
			}
			var ids []string
			for back := range 4 {
				heads, err := tx.NewestHeads(back)
				if err != nil {
					return err
				}
				for _, head := range heads {
					ids = append(ids, fmt.Sprintf("%d %s %d", back, head.ID, head.Result.New))
					if head.Summary != nil || head.Counts[4] != 5 {
						t.Errorf("a head is %+v", head)
					}
				}
			}
			if diff := cmp.Diff([]string{"0 s72h0m0s 1", "0 t24h0m0s 1", "1 s1h0m0s 1", "2 s0s 1"}, ids); diff != "" {
				t.Error(diff)
			}
			err = errors.Join(err, tx.Scans(ScanFilter{Heads: true}, func(r ScanRow) error {
				if r.Summary != nil || r.Score == 0 {
					t.Errorf("a head is %+v", r)
				}
				return nil
			}))
			for _, one := range []struct {
				sources []string
				since   time.Duration
				want    string
			}{{nil, 0, "map[s:[20 -1] t:[50]]"}, {[]string{"s", "none"}, 2 * time.Hour, "map[s:[-1]]"}, {[]string{"none"}, 0, "map[]"}} {
				scores, unread := tx.Scores(one.sources, noon.Add(one.since))
				got := map[string][]float64{}
				for source, days := range scores {
					for _, day := range days {
						got[source] = append(got[source], day.Score)
					}
				}
				if fmt.Sprint(got) != one.want {
					t.Errorf("%v since %s: %v", one.sources, one.since, got)
				}
				err = errors.Join(err, unread)
			}
			open, unread := tx.OpenByControl(nil)
			wanted := []OpenCount{{"s", "one", "low", 1}, {"s", "two", "high", 2}, {"t", "two", "high", 1}}
			if diff := cmp.Diff(wanted, open); diff != "" {
				t.Error(diff)
			}
			some, unsome := tx.OpenByControl([]string{"t"})
			if !slices.Equal(some, wanted[2:]) {
				t.Errorf("%v", some)
			}
			return errors.Join(err, unread, unsome)
		})
	})
}

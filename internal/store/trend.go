package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"time"
)

// Steps of a trend.
const (
	Day  = 24 * time.Hour
	Week = 7 * Day
)

// TrendPoint is a day or a week, in UTC.
type TrendPoint struct {
	At    time.Time // when it begins
	Open  int       // that are open at its end
	New   int       // found, or come back, in it
	Fixed int       // in it
	// BySeverity is Open by severity, from info to critical.
	BySeverity [5]int
}

// maxPoints is how many points a trend has at most.
const maxPoints = 2000

// dayRow is what changed on a day.
type dayRow struct {
	day
	severity int
	on       int64
}

// Trend gives how many findings that fit were open, found and fixed from one day to another, by Day
// or Week. States and ages of the filter are not looked at. Where sources, clusters, teams and
// severities are all that is asked for it is read from sums, which outlive DeleteScansBefore.
func (t *Tx) Trend(f FindingFilter, from, to time.Time, step time.Duration) ([]TrendPoint, error) {
	const what = "read the trend of the findings"
	if step != Day && step != Week {
		return nil, fmt.Errorf("%s: %w: a step is a day or a week, not %s", what, ErrFilter, step)
	}
	first, last, days := micros(from)/microsOfDay, micros(to)/microsOfDay, int64(step/Day)
	if points := (last-first)/days + 1; from.IsZero() || last < first || points > maxPoints {
		return nil, fmt.Errorf("%s: %w: %s to %s is not a time of %d points at most", what, ErrFilter, from.Format(time.DateOnly), to.Format(time.DateOnly), maxPoints)
	}
	f.MinAge, f.MaxAge, f.Late = 0, 0, nil
	a, err := t.ask(what, f)
	if err != nil {
		return nil, err
	}
	var rows []dayRow
	if !a.nothing {
		if rows, err = t.daysOf(&a, last); err != nil {
			return nil, err
		}
	}
	return pointsOf(rows, first, last, days), nil
}

// pointsOf adds days up.
func pointsOf(rows []dayRow, first, last, days int64) []TrendPoint {
	points := make([]TrendPoint, (last-first)/days+1)
	for i := range points {
		points[i].At = moment((first + int64(i)*days) * microsOfDay)
	}
	for _, row := range rows {
		severity := len(severities) - 1 - row.severity
		at := max(row.on-first, 0) / days
		points[at].Open += row.net
		points[at].BySeverity[severity] += row.net
		if row.on >= first {
			points[at].New += row.fresh
			points[at].Fixed += row.fixed
		}
	}
	for i := 1; i < len(points); i++ {
		points[i].Open += points[i-1].Open
		for s := range points[i].BySeverity {
			points[i].BySeverity[s] += points[i-1].BySeverity[s]
		}
	}
	return points
}

// daysOf reads what changed each day up to the last.
func (t *Tx) daysOf(a *asked, last int64) (days []dayRow, err error) {
	w := &where{}
	if err := w.oneOf(a.what, "f.severity", a.severities); err != nil {
		return nil, err
	}
	query := ``
	if a.grouped() {
		err = a.sums(w)
		query = `SELECT f.severity, f.day, CAST(SUM(f.net) AS BIGINT), CAST(SUM(f.fresh) AS BIGINT), CAST(SUM(f.fixed) AS BIGINT) FROM finding_days f
			WHERE f.day <= ` + w.bind(last) + w.and() + ` GROUP BY f.severity, f.day`
	} else {
		err = a.history(w, t.store.database.contains())
		fits := w.and()
		before := w.bind((last + 1) * microsOfDay)
		query = `SELECT severity, day, CAST(SUM(net) AS BIGINT), CAST(SUM(fresh) AS BIGINT), CAST(SUM(fixed) AS BIGINT) FROM (
			SELECT f.severity, f.first_seen / 86400000000 AS day, 1 AS net, 1 AS fresh, 0 AS fixed FROM findings f WHERE f.first_seen < ` + before + fits + `
			UNION ALL SELECT f.severity, e.at / 86400000000, CASE e.kind WHEN 0 THEN -1 WHEN 2 THEN CASE WHEN e.bucket >= 0 THEN -1 ELSE 0 END ELSE 1 END,
			CASE e.kind WHEN 3 THEN 1 ELSE 0 END, CASE e.kind WHEN 2 THEN 1 ELSE 0 END
			FROM findings f JOIN finding_events e ON e.finding = f.id WHERE e.at < ` + before + fits + `) AS changes GROUP BY severity, day`
	}
	if err != nil {
		return nil, err
	}
	err = t.rows(a.what, query, w.args, func(rows *sql.Rows) (bool, error) {
		var d dayRow
		err := rows.Scan(&d.severity, &d.on, &d.net, &d.fresh, &d.fixed)
		if err == nil && (d.severity < 0 || d.severity >= len(severities)) {
			err = explained(ErrDamaged, fmt.Sprintf("a day has the severity %d: restore a backup", d.severity), nil)
		}
		days = append(days, d)
		return true, err
	})
	return days, err
}

// grouped tells whether sums by day, or by time to fix, can answer.
func (a *asked) grouped() bool {
	return a.simple() && len(a.Namespaces) == 0 && len(a.Controls) == 0
}

// history restricts findings by all but severity, whatever their states are. To name these lets the
// database use the indexes, which begin with them.
func (a *asked) history(w *where, contains string) error {
	return cmp.Or(w.oneOf(a.what, "f.state", []any{int64(isOpen), int64(isAccepted), int64(isFixed)}), a.all(w, contains))
}

// FixTime tells how long findings of a severity were open until they were fixed.
type FixTime struct {
	Median time.Duration // give or take one percent
	N      int           // how often one was fixed
}

// TimeToFix gives by severity how long it took to fix findings that fit, each time that one was. States
// and ages of the filter are not looked at. What it is read from is as in Trend.
func (t *Tx) TimeToFix(f FindingFilter) (map[string]FixTime, error) {
	const what = "read how long fixes took"
	f.MinAge, f.MaxAge, f.Late = 0, 0, nil
	a, err := t.ask(what, f)
	if err != nil || a.nothing {
		return map[string]FixTime{}, err
	}
	w := &where{}
	if err := w.oneOf(what, "f.severity", a.severities); err != nil {
		return nil, err
	}
	query := ``
	if a.grouped() {
		err = a.sums(w)
		query = `SELECT f.severity, f.bucket, CAST(SUM(f.n) AS BIGINT) FROM finding_fixes f WHERE TRUE` + w.and() + ` GROUP BY f.severity, f.bucket ORDER BY f.severity, f.bucket`
	} else {
		err = a.history(w, t.store.database.contains())
		query = `SELECT f.severity, e.bucket, COUNT(*) FROM findings f JOIN finding_events e ON e.finding = f.id AND e.kind = 2 AND e.bucket >= 0
			WHERE TRUE` + w.and() + ` GROUP BY f.severity, e.bucket ORDER BY f.severity, e.bucket`
	}
	if err != nil {
		return nil, err
	}
	return t.readFixes(what, query, w.args)
}

func (t *Tx) readFixes(what, query string, args []any) (map[string]FixTime, error) {
	type step struct{ bucket, n int }
	steps := map[int][]step{}
	err := t.rows(what, query, args, func(rows *sql.Rows) (bool, error) {
		var severity int
		var s step
		err := rows.Scan(&severity, &s.bucket, &s.n)
		steps[severity] = append(steps[severity], s)
		return true, err
	})
	times := map[string]FixTime{}
	for severity, all := range steps {
		if severity < 0 || severity >= len(severities) {
			continue
		}
		one := FixTime{}
		for _, s := range all {
			one.N += s.n
		}
		below := 0
		for _, s := range all {
			if below += s.n; 2*below >= one.N {
				one.Median = durationOf(s.bucket)
				break
			}
		}
		times[severities[severity]] = one
	}
	return times, err
}

package store

import (
	"database/sql"
	"strings"
	"time"
)

// ScanNumber gives the number of the newest scan of all; 0 if there is none. What was worked out from
// scans and findings holds until it grows.
func (t *Tx) ScanNumber() (number int64, err error) {
	_, err = t.row("read the number of the newest scan", `SELECT last FROM numbers WHERE name = 'scan'`, nil, &number)
	return number, err
}

// NewestHeads gives of each source that has one the newest scan, or one that so many were made after, without
// its summary; by the names of the sources.
func (t *Tx) NewestHeads(back int) (scans []ScanRow, err error) {
	const query = `SELECT ` + headColumns + ` FROM sources s JOIN scans c ON c.number = (
		SELECT p.number FROM scans p WHERE p.source = s.id ORDER BY p.made DESC, p.number DESC LIMIT 1 OFFSET $1) ORDER BY s.name`
	err = t.rows("read the newest scans", query, []any{max(back, 0)}, func(rows *sql.Rows) (bool, error) {
		var one ScanRow
		err := one.scan(rows, true)
		scans = append(scans, one)
		return true, err
	})
	return scans, err
}

// DayScore is how a source stood after the last scan of a day.
type DayScore struct {
	Made  time.Time
	Score float64 // from 0 to 100, -1 if nothing was judged
}

// Scores gives how sources stood since a time, by the last scan of each day in UTC, the oldest first;
// all sources if none is named. Those that were not scanned since are not in it.
func (t *Tx) Scores(sources []string, since time.Time) (map[string][]DayScore, error) {
	const what = "read the scores"
	w := &where{}
	if err := w.in(what, "s.name", sources, maxName); err != nil {
		return nil, err
	}
	from, of := int64(0), strings.TrimPrefix(w.and(), " AND ")
	if of == "" {
		of = "TRUE"
	}
	if !since.IsZero() {
		from = micros(since)
	}
	query := `SELECT s.name, c.made, c.score FROM scans c JOIN sources s ON s.id = c.source WHERE c.number IN (
		SELECT MAX(p.number) FROM sources s JOIN scans p ON p.source = s.id WHERE ` + of + ` AND p.made >= ` + w.bind(from) + ` GROUP BY p.source, p.made / 86400000000) ORDER BY s.name, c.made, c.number`
	all := map[string][]DayScore{}
	err := t.rows(what, query, w.args, func(rows *sql.Rows) (bool, error) {
		var source string
		var made int64
		var d DayScore
		err := rows.Scan(&source, &made, &d.Score)
		d.Made = moment(made)
		all[source] = append(all[source], d)
		return true, err
	})
	return all, err
}

// OpenCount is how many findings of a control are open in a source.
type OpenCount struct {
	Source, Control, Severity string
	N                         int
}

// OpenByControl counts what is open by source, control and severity, of some sources or of all, by
// their names. It is read from sums and costs the same for a million findings.
func (t *Tx) OpenByControl(sources []string) (counts []OpenCount, err error) {
	const what = "count what is open"
	w := &where{}
	if err := w.in(what, "s.name", sources, maxName); err != nil {
		return nil, err
	}
	query := `SELECT s.name, f.control, f.severity, CAST(SUM(f.n) AS BIGINT) AS n FROM finding_counts f JOIN sources s ON s.id = f.source WHERE f.state = 0` + w.and() +
		` GROUP BY s.name, f.control, f.severity HAVING SUM(f.n) > 0 ORDER BY s.name, f.control, f.severity`
	err = t.rows(what, query, w.args, func(rows *sql.Rows) (bool, error) {
		var c OpenCount
		var severity int
		err := rows.Scan(&c.Source, &c.Control, &severity, &c.N)
		if err == nil && (severity < 0 || severity >= len(severities)) {
			err = explained(ErrDamaged, "a count has an unknown severity: restore a backup", nil)
		}
		if err == nil {
			c.Severity = severities[severity]
		}
		counts = append(counts, c)
		return true, err
	})
	return counts, err
}

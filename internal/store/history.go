package store

import (
	"database/sql"
	"time"
)

// FindingEvent is something that became of a finding.
type FindingEvent struct {
	At   time.Time
	What string // found, accepted, unaccepted, fixed, returned or, at last, seen
	Scan string // the scan that told it, or "" where that is no longer kept
}

// The names of the kinds of events in the database.
var eventNames = []string{"accepted", "unaccepted", "fixed", "returned"}

// FindingHistory gives what became of a finding, the oldest first: it was found and, unless it is
// fixed, is last seen; nil if there is no such finding.
func (t *Tx) FindingHistory(id int64) (events []FindingEvent, err error) {
	const what = "read the history of a finding"
	add := func(rows *sql.Rows) (bool, error) {
		var at int64
		var kind int
		var scan sql.NullString
		err := rows.Scan(&at, &kind, &scan)
		name := "found"
		switch {
		case kind >= 0 && kind < len(eventNames):
			name = eventNames[kind]
		case kind == lastSeen:
			name = "seen"
		}
		events = append(events, FindingEvent{At: moment(at), What: name, Scan: scan.String})
		return true, err
	}
	err = t.rows(what, `SELECT at, kind, id FROM (
			SELECT f.first_seen AS at, -1 AS kind, c.id AS id, 0 AS place, f.first_scan AS scan FROM findings f LEFT JOIN scans c ON c.number = f.first_scan WHERE f.id = $1
			UNION ALL SELECT e.at, e.kind, c.id, CASE e.kind WHEN 3 THEN 1 ELSE 2 END, e.scan FROM finding_events e LEFT JOIN scans c ON c.number = e.scan WHERE e.finding = $1
			UNION ALL SELECT CASE WHEN f.last_seen = 0 THEN s.newest_made ELSE f.last_seen END, 100, CASE WHEN f.last_seen = 0 THEN c.id END, 3, s.newest_scan
			FROM findings f JOIN sources s ON s.id = f.source LEFT JOIN scans c ON c.number = s.newest_scan WHERE f.id = $1 AND f.state <> 2
		) AS events ORDER BY at, place, scan`, []any{id}, add)
	return events, err
}

// lastSeen is the kind of the last event of a finding that is not fixed.
const lastSeen = 100

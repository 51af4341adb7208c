package store

import (
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// told are the kinds of events between two scans, with the column in which each scan counts its own.
var told = map[string]struct {
	kind   int
	column string
}{"fixed": {eventFixed, "fixed"}, "returned": {eventReturned, "returned"}}

// Between says what is asked of the time after one scan of a source, up to another.
type Between struct {
	From, To string // ids of scans of one source, the older one first
	What     string // found, fixed or returned
}

// span is the scans of a source after one, up to another.
type span struct {
	source         int64
	first, last    int64 // numbers of scans
	after, through int64 // when they were made
}

// spanOf finds the scans. They are of one source and in order, or it gives ErrFilter.
func (t *Tx) spanOf(what string, b Between) (s span, err error) {
	var other int64
	for _, one := range []struct {
		id     string
		number *int64
		made   *int64
		source *int64
	}{{b.From, &s.first, &s.after, &s.source}, {b.To, &s.last, &s.through, &other}} {
		if err := checkNames(what, one.id); err != nil {
			return s, fmt.Errorf("%w: %w", ErrFilter, err)
		}
		there, err := t.row(what, `SELECT number, made, source FROM scans WHERE id = $1`, []any{one.id}, one.number, one.made, one.source)
		if err != nil {
			return s, err
		}
		if !there {
			return s, fmt.Errorf("%s: %w: there is no scan %q", what, ErrFilter, clean(one.id, maxWord))
		}
	}
	if s.source != other || s.first > s.last {
		return s, fmt.Errorf("%s: %w: the scans are not of one source, the older one first", what, ErrFilter)
	}
	return s, nil
}

// SumBetween adds up what the scans of a source changed after one, up to another. What is asked for in
// Between.What is not looked at.
func (t *Tx) SumBetween(b Between) (r MergeResult, err error) {
	const what = "sum up what changed between scans"
	s, err := t.spanOf(what, b)
	if err != nil {
		return r, err
	}
	_, err = t.row(what, `SELECT CAST(COALESCE(SUM(fresh), 0) AS BIGINT), CAST(COALESCE(SUM(returned), 0) AS BIGINT), CAST(COALESCE(SUM(fixed), 0) AS BIGINT) FROM scans
		WHERE source = $1 AND made >= $2 AND made <= $3 AND number > $4 AND number <= $5`, []any{s.source, s.after, s.through, s.first, s.last}, &r.New, &r.Regressed, &r.Fixed)
	return r, err
}

// Changed is a finding, as it is now, with when a scan told of it what was asked for.
type Changed struct {
	StoredFinding
	At time.Time
}

// ChangedPage is a part of what changed.
type ChangedPage struct {
	Changed []Changed
	Next    string // leads to the page after it; empty at the end
}

// ChangedBetween gives the findings that were found, fixed or came back after one scan of a source, up
// to another, a page at a time: what was found by severity, the worst first, the others by the time of
// it, the latest first, each as often as it happened. The cursor is the Next of the page before, or
// empty. Findings that DeleteScansBefore removed are not among them.
func (t *Tx) ChangedBetween(b Between, cursor string, limit int) (page ChangedPage, err error) {
	const what = "list what changed between scans"
	if _, event := told[b.What]; !event && b.What != "found" {
		return page, fmt.Errorf("%s: %w: findings were found, fixed or returned, not %q", what, ErrFilter, clean(b.What, maxWord))
	}
	s, err := t.spanOf(what, b)
	if err != nil {
		return page, err
	}
	limit = max(1, min(limit, maxPage))
	if b.What == "found" {
		return t.foundBetween(what, s, cursor, limit)
	}
	after, err := readEvent(what, cursor)
	if err != nil {
		return page, err
	}
	events, err := t.eventsBetween(what, b.What, s, after, limit+1)
	if err != nil {
		return page, err
	}
	if len(events) > limit {
		events = events[:limit]
		last := events[limit-1]
		page.Next = fmt.Sprintf("%d.%d", last.scan, last.finding)
	}
	page.Changed, err = t.changedOf(what, events)
	return page, err
}

// foundBetween gives those found: they stand in the index of their source by the time of it.
func (t *Tx) foundBetween(what string, s span, cursor string, limit int) (page ChangedPage, err error) {
	var name string
	if _, err := t.row(what, `SELECT name FROM sources WHERE id = $1`, []any{s.source}, &name); err != nil || s.through <= s.after {
		return page, err
	}
	now := moment(s.through + 1)
	found, err := t.Findings(FindingFilter{Sources: []string{name}, Now: now, MinAge: now.Sub(moment(s.through)), MaxAge: now.Sub(moment(s.after + 1))}, "severity", cursor, limit)
	for _, one := range found.Findings {
		page.Changed = append(page.Changed, Changed{one, one.FirstSeen})
	}
	page.Next = found.Next
	return page, err
}

// event is what a scan told of a finding.
type event struct{ scan, at, finding int64 }

// readEvent reads a cursor: the last event of the page before.
func readEvent(what, cursor string) (e event, err error) {
	if cursor == "" {
		return event{scan: math.MaxInt64}, nil
	}
	scan, finding, _ := strings.Cut(cursor, ".")
	e.scan, err = strconv.ParseInt(scan, 10, 64)
	if err == nil {
		e.finding, err = strconv.ParseInt(finding, 10, 64)
	}
	if err != nil {
		return e, fmt.Errorf("%s: %w: this is not a cursor of this list: begin with its first page", what, ErrFilter)
	}
	return e, nil
}

// eventsBetween gives the first events after one, the latest scan first and by finding in each. Scans that
// told nothing are not asked.
func (t *Tx) eventsBetween(what, kind string, s span, after event, most int) (events []event, err error) {
	type scan struct{ number, made int64 }
	var scans []scan
	err = t.rows(what, `SELECT number, made FROM scans WHERE source = $1 AND made >= $2 AND made <= $3 AND number > $4 AND number <= $5 AND `+told[kind].column+` > 0 ORDER BY number DESC`,
		[]any{s.source, s.after, s.through, s.first, min(s.last, after.scan)}, func(rows *sql.Rows) (bool, error) {
			var one scan
			err := rows.Scan(&one.number, &one.made)
			scans = append(scans, one)
			return true, err
		})
	for _, one := range scans {
		if err != nil || len(events) >= most {
			break
		}
		from := int64(math.MinInt64)
		if one.number == after.scan {
			from = after.finding
		}
		var findings []int64
		findings, err = column1[int64](t, what, `SELECT finding FROM finding_events WHERE scan = $1 AND kind = $2 AND finding > $3 ORDER BY finding LIMIT $4`,
			[]any{one.number, told[kind].kind, from, most - len(events)})
		for _, finding := range findings {
			events = append(events, event{one.number, one.made, finding})
		}
	}
	return events, err
}

// changedOf reads the findings of events.
func (t *Tx) changedOf(what string, events []event) (all []Changed, err error) {
	ids := make([]int64, len(events))
	for i, one := range events {
		ids[i] = one.finding
	}
	found := map[int64]StoredFinding{}
	err = eachChunk(ids, func(args []any) error {
		return t.rows(what, `SELECT `+foundColumns+` FROM findings f JOIN sources s ON s.id = f.source WHERE f.id IN (`+placeholders(0, idChunk)+`)`, args, func(rows *sql.Rows) (bool, error) {
			var f pageFinding
			err := f.scan(rows)
			found[f.ID] = f.StoredFinding
			return true, err
		})
	})
	for _, one := range events {
		if f, there := found[one.finding]; there {
			all = append(all, Changed{f, moment(one.at)})
		}
	}
	return all, err
}

package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrOlder: a scan was made before the newest one of its source.
var ErrOlder = errors.New("there is a newer scan of this source")

// ScanRow is one scan of a source.
type ScanRow struct {
	// ID is random, or from the idempotency key of the upload.
	ID string
	// Source is the cluster or target, with environment and label: findings of one source replace
	// each other.
	Source               string
	Cluster, Environment string
	Made, Received       time.Time
	// Version is that of the program that made it, SHA256 that of the kept report, or "".
	Version, SHA256 string
	Summary         []byte  // JSON; the store does not look into it
	Counts          [5]int  // failures by severity, from info to critical
	Score           float64 // from 0 to 100, -1 if nothing was judged
	// Result is what it changed in its source; MergeScan finds it out.
	Result MergeResult
}

// ScanFilter says which scans are wanted. Zero values restrict nothing.
type ScanFilter struct {
	Sources []string
	Before  time.Time // made before
	Limit   int
	// Heads leaves the summaries out, which are most of what must be read.
	Heads bool
}

const headColumns = `c.id, s.name, c.cluster, c.environment, c.made, c.received, c.version, c.sha256, c.info, c.low, c.medium, c.high, c.critical, c.score, c.fresh, c.still, c.returned, c.fixed`

const scanColumns = headColumns + `, c.summary`

// Scans calls a function for scans, the newest first.
func (t *Tx) Scans(f ScanFilter, fn func(ScanRow) error) error {
	const what = "read the scans"
	type numbered struct {
		ScanRow
		number int64
	}
	w := &where{}
	if err := w.in(what, "s.name", f.Sources, maxName); err != nil {
		return err
	}
	before, left := int64(1<<62), f.Limit
	if !f.Before.IsZero() {
		before = micros(f.Before)
	}
	made, number := w.bind(), w.bind()
	limit := w.bind()
	args, columns := w.args, map[bool]string{true: headColumns, false: scanColumns}[f.Heads]
	enough := errors.New("enough")
	err := walk[numbered]{
		what: what,
		query: `SELECT c.number, ` + columns + ` FROM scans c JOIN sources s ON s.id = c.source WHERE (c.made, c.number) < (` + made + `, ` + number + `)` + w.and() +
			` ORDER BY c.made DESC, c.number DESC LIMIT ` + limit,
		after: func(last *numbered) []any {
			if last == nil {
				return append(args[:len(args):len(args)], before, 0)
			}
			return append(args[:len(args):len(args)], micros(last.Made), last.number)
		},
		scan: func(rows *sql.Rows, n *numbered) (int, error) {
			err := n.scan(rows, f.Heads, &n.number)
			return len(n.Summary), err
		},
		each: func(n numbered) error {
			if err := fn(n.ScanRow); err != nil {
				return err
			}
			if left--; left == 0 {
				return enough
			}
			return nil
		},
	}.run(t)
	if errors.Is(err, enough) {
		return nil
	}
	return err
}

// scan reads the columns of a scan, or those of its head, after others.
func (r *ScanRow) scan(rows *sql.Rows, head bool, first ...any) error {
	var made, received int64
	into := append(first, &r.ID, &r.Source, &r.Cluster, &r.Environment, &made, &received, &r.Version, &r.SHA256,
		&r.Counts[0], &r.Counts[1], &r.Counts[2], &r.Counts[3], &r.Counts[4], &r.Score, &r.Result.New, &r.Result.Still, &r.Result.Regressed, &r.Result.Fixed)
	if !head {
		into = append(into, &r.Summary)
	}
	err := rows.Scan(into...)
	r.Made, r.Received = moment(made), moment(received)
	return err
}

// NewestScans gives the newest scan of each source, by the names of the sources.
func (t *Tx) NewestScans() (scans []ScanRow, err error) {
	err = t.rows("read the newest scans", `SELECT `+scanColumns+` FROM sources s JOIN scans c ON c.number = s.newest_scan ORDER BY s.name`, nil, func(rows *sql.Rows) (bool, error) {
		var one ScanRow
		err := one.scan(rows, false)
		scans = append(scans, one)
		return true, err
	})
	return scans, err
}

// Scan gives the scan with an id, nil if there is none.
func (t *Tx) Scan(id string) (*ScanRow, error) {
	const what = "read a scan"
	if err := checkNames(what, id); err != nil {
		return nil, err
	}
	var found *ScanRow
	err := t.rows(what, `SELECT `+scanColumns+` FROM scans c JOIN sources s ON s.id = c.source WHERE c.id = $1`, []any{id}, func(rows *sql.Rows) (bool, error) {
		found = &ScanRow{}
		return false, found.scan(rows, false)
	})
	return found, err
}

// check refuses a scan that cannot be kept, and makes the rest of it fit.
func (r *ScanRow) check(what string) error {
	for _, column := range []column{{&r.Cluster, maxWord}, {&r.Environment, maxWord}, {&r.Version, maxWord}, {&r.Source, maxName}} {
		*column.text = clean(*column.text, column.most)
	}
	if err := checkNames(what, r.ID, r.Source); err != nil {
		return err
	}
	switch {
	case len(r.ID) > maxWord:
		return fmt.Errorf("%s: its id has %d bytes, %d are the most", what, len(r.ID), maxWord)
	case r.SHA256 != "" && checkDigest(what, r.SHA256) != nil:
		return checkDigest(what, r.SHA256)
	case len(r.Summary) > maxSummary:
		return fmt.Errorf("%s: its summary has %d bytes, %d are the most", what, len(r.Summary), maxSummary)
	case r.Made.Unix() <= 0 || r.Received.Unix() <= 0:
		return fmt.Errorf("%s: it does not say when it was made and received", what)
	case r.Made.After(r.Received.Add(24 * time.Hour)):
		return fmt.Errorf("%s: it says that it was made on %s, after it was received: correct the clock there", what, r.Made.UTC().Format(time.RFC3339))
	}
	return nil
}

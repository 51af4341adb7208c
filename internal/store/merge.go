package store

import (
	"fmt"
	"iter"
)

// MergeResult tells what a scan changed.
type MergeResult struct {
	New, Still, Regressed, Fixed int
	Known                        bool // the scan was there already: nothing was changed, these are its numbers
}

// MergeScan records a scan and brings the findings of its source up to date: those that are new,
// still there, came back, or are gone and so fixed when the scan was made. Of a control that did not
// run nothing is fixed; where uncertain, as after an incomplete reading, nothing at all is. A scan
// that was made before the newest one of the source gives ErrOlder and changes nothing. One whose ID
// is known changes nothing either, its findings are not read.
//
// Findings are taken from the sequence one by one, and only those that say something else than
// before are written. What is held in memory is about 100 bytes for each finding of the source.
func (t *Tx) MergeScan(scan ScanRow, ran func(control string) bool, uncertain bool, findings iter.Seq2[FindingRow, error]) (MergeResult, error) {
	const what = "merge a scan"
	if err := t.writable(what); err != nil {
		return MergeResult{}, err
	}
	if err := scan.check(what); err != nil {
		return MergeResult{}, err
	}
	if result, err := t.knownScan(what, scan); result.Known || err != nil {
		return result, err
	}
	m := &merge{tx: t, what: what, scan: scan, now: micros(scan.Made)}
	err := m.run(ran, uncertain, findings)
	if err != nil && m.begun && t.failed == nil {
		t.failed = err // a half of it must not stay
	}
	return m.result, err
}

// knownScan gives the result of a scan that is there already.
func (t *Tx) knownScan(what string, scan ScanRow) (r MergeResult, err error) {
	var source string
	r.Known, err = t.row(what, `SELECT s.name, c.fresh, c.still, c.returned, c.fixed FROM scans c JOIN sources s ON s.id = c.source WHERE c.id = $1`,
		[]any{scan.ID}, &source, &r.New, &r.Still, &r.Regressed, &r.Fixed)
	if err == nil && r.Known && source != scan.Source {
		return MergeResult{}, fmt.Errorf("%s: %w", what, explained(ErrTaken, "the scan "+scan.ID+" is of another source, "+source, nil))
	}
	return r, err
}

// merge is one scan on its way into the store.
type merge struct {
	tx     *Tx
	what   string
	scan   ScanRow
	now    int64 // when the scan was made
	result MergeResult
	begun  bool // something was written

	source, number int64
	previous       int64 // when the scan before was made
	known          map[[16]byte]knownFinding
	times          map[[16]byte]int // of findings that the scan gives more than once
	fresh          []keptFinding
	changed        []changedFinding
	size           int     // bytes of fresh and changed
	again          []int64 // unchanged, but the scan before has not seen them
	events         [][]any
	tally          tally
}

// knownFinding is what must be known of each finding of the source to see what a scan changes.
type knownFinding struct {
	id, hash int64
	state    uint8
	carried  bool // the newest scan has not seen it
	seen     bool // this scan has
}

type changedFinding struct {
	id int64
	keptFinding
}

func (m *merge) run(ran func(string) bool, uncertain bool, findings iter.Seq2[FindingRow, error]) error {
	if err := m.findSource(); err != nil {
		return err
	}
	if err := m.readKnown(); err != nil {
		return err
	}
	for f, err := range findings {
		if err != nil {
			return fmt.Errorf("%s: %w", m.what, err)
		}
		if err := m.take(f); err != nil {
			return err
		}
	}
	if err := m.flush(); err != nil {
		return err
	}
	if err := m.settleGone(ran, uncertain); err != nil {
		return err
	}
	return m.finish()
}

// findSource finds the source of the scan, or makes it, and refuses a scan older than its newest.
func (m *merge) findSource() error {
	t := m.tx
	there, err := t.row(m.what, `SELECT id, newest_made FROM sources WHERE name = $1`, []any{m.scan.Source}, &m.source, &m.previous)
	if err != nil {
		return err
	}
	if m.now < m.previous {
		return fmt.Errorf("%s: %w: it was made on %s, the newest on %s", m.what, ErrOlder, moment(m.now).Format(timeFormat), moment(m.previous).Format(timeFormat))
	}
	m.begun = true
	if m.number, err = t.take(m.what, "scan", 1); err != nil || there {
		return err
	}
	if m.source, err = t.take(m.what, "source", 1); err != nil {
		return err
	}
	return t.exec(m.what, `INSERT INTO sources (id, name, newest_scan, newest_made) VALUES ($1, $2, 0, 0)`, m.source, m.scan.Source)
}

const timeFormat = "2006-01-02 15:04:05"

// take gives the last of so many numbers that nobody was given before.
func (t *Tx) take(what, name string, n int64) (last int64, err error) {
	if err := t.writable(what); err != nil {
		return 0, err
	}
	_, err = t.row(what, `INSERT INTO numbers (name, last) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET last = numbers.last + excluded.last RETURNING last`,
		[]any{name, n}, &last)
	return last, err
}

// take looks what one finding of the scan changes.
func (m *merge) take(f FindingRow) error {
	kept, err := f.keep()
	if err != nil {
		return fmt.Errorf("%s: %w", m.what, err)
	}
	was, there := m.known[kept.key]
	if there && was.seen {
		kept.key = m.another(f, kept.key)
		was, there = m.known[kept.key]
	}
	switch {
	case !there:
		m.fresh = append(m.fresh, kept)
		m.size += kept.size()
		was = knownFinding{state: uint8(kept.state)}
	case was.state != isFixed && was.hash == kept.hash:
		m.result.Still++
		if was.carried {
			m.again = append(m.again, was.id)
		}
	default:
		m.changed = append(m.changed, changedFinding{was.id, kept})
		m.size += kept.size()
	}
	was.seen = true
	m.known[kept.key] = was
	if len(m.fresh) >= 2000 || len(m.changed) >= idChunk || len(m.again) >= 10*idChunk || m.size > pageBytes {
		return m.flush()
	}
	return nil
}

// another gives the key of a finding that the scan has given before.
func (m *merge) another(f FindingRow, key [16]byte) [16]byte {
	if m.times == nil {
		m.times = map[[16]byte]int{}
	}
	for {
		m.times[key] = max(m.times[key], 1) + 1
		other := f.keyOf(m.times[key])
		if !m.known[other].seen {
			return other
		}
	}
}

func (k *keptFinding) size() int {
	return 512 + len(k.Message) + len(k.Title) + len(k.Name) + len(k.File) + len(k.Data)
}

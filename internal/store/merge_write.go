package store

import (
	"database/sql"
	"time"
)

// Kinds of what becomes of a finding.
const (
	eventAccepted   = 0
	eventUnaccepted = 1
	eventFixed      = 2
	eventReturned   = 3
)

var findingColumns = []string{"id", "source", "key", "hash", "state", "severity", "first_seen", "last_seen", "fixed_at", "reopened_at", "regressed", "first_scan",
	"control", "team", "cluster", "namespace", "kind", "name", "container", "file", "line", "risk", "outcome", "fingerprint", "title", "message", "search"}

const replaceFinding = ` ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, state = excluded.state, severity = excluded.severity, last_seen = excluded.last_seen,
	fixed_at = excluded.fixed_at, reopened_at = excluded.reopened_at, regressed = excluded.regressed, control = excluded.control, team = excluded.team,
	cluster = excluded.cluster, namespace = excluded.namespace, kind = excluded.kind, name = excluded.name, container = excluded.container, file = excluded.file,
	line = excluded.line, risk = excluded.risk, outcome = excluded.outcome, fingerprint = excluded.fingerprint, title = excluded.title,
	message = excluded.message, search = excluded.search`

// past is what was known of a finding.
type past struct {
	cell
	id, firstSeen, lastSeen, reopenedAt, firstScan int64
	regressed                                      int
}

// row gives the columns of a finding.
func (m *merge) row(k *keptFinding, p past, fixedAt int64) []any {
	return []any{p.id, m.source, k.key[:], k.hash, k.state, k.severity, p.firstSeen, int64(0), fixedAt, p.reopenedAt, p.regressed, p.firstScan,
		k.Control, k.Team, k.Cluster, k.Namespace, k.Kind, k.Name, k.Container, k.File, k.Line, k.Risk, k.Outcome, k.Fingerprint, k.Title, k.Message,
		searchable(k.Message + "\n" + k.Name + "\n" + k.Title)}
}

// readKnown reads what the store knows of the source.
func (m *merge) readKnown() error {
	m.known = map[[16]byte]knownFinding{}
	return m.tx.rows(m.what, `SELECT id, key, hash, state, last_seen FROM findings WHERE source = $1`, []any{m.source}, func(rows *sql.Rows) (bool, error) {
		var f knownFinding
		var key sql.RawBytes
		var lastSeen int64
		if err := rows.Scan(&f.id, &key, &f.hash, &f.state, &lastSeen); err != nil {
			return false, err
		}
		f.carried = lastSeen != 0
		if len(key) == 16 {
			m.known[[16]byte(key)] = f
		}
		return true, nil
	})
}

// flush writes what was collected.
func (m *merge) flush() error {
	if err := m.insertFresh(); err != nil {
		return err
	}
	if err := m.replaceChanged(); err != nil {
		return err
	}
	err := eachChunk(m.again, func(ids []any) error {
		return m.tx.exec(m.what, `UPDATE findings SET last_seen = 0 WHERE id IN (`+placeholders(0, idChunk)+`)`, ids...)
	})
	if err != nil {
		return err
	}
	m.again = m.again[:0]
	m.size = 0
	return m.flushSums(false)
}

// flushSums writes events, and sums where they take too much memory or must be written.
func (m *merge) flushSums(last bool) error {
	if last || len(m.events) >= 1000 {
		if err := m.tx.putMany(m.what, "finding_events", []string{"finding", "scan", "kind", "at", "bucket"}, ``, m.events); err != nil {
			return err
		}
		m.events = m.events[:0]
	}
	if last || m.tally.full() {
		return m.tally.write(m.tx, m.source, m.now/microsOfDay)
	}
	return nil
}

func (m *merge) event(finding int64, kind, bucket int) {
	m.events = append(m.events, []any{finding, m.number, kind, m.now, bucket})
}

// insertFresh writes findings that were never seen.
func (m *merge) insertFresh() error {
	if len(m.fresh) == 0 {
		return nil
	}
	n := int64(len(m.fresh))
	last, err := m.tx.take(m.what, "finding", n)
	if err != nil {
		return err
	}
	rows, details := make([][]any, n), make([][]any, n)
	for i := range m.fresh {
		k, id := &m.fresh[i], last-n+1+int64(i)
		rows[i] = m.row(k, past{id: id, firstSeen: m.now, firstScan: m.number}, 0)
		details[i] = []any{id, present(k.Data)}
		m.tally.add(k.cell(), 1)
		m.tally.note(k.cell(), day{fresh: 1})
		if k.state == isAccepted {
			m.event(id, eventAccepted, -1)
		}
	}
	m.result.New += len(m.fresh)
	if err := m.tx.load(m.what, "findings", findingColumns, rows); err != nil {
		return err
	}
	clear(m.fresh) // the rows refer to it
	m.fresh = m.fresh[:0]
	return m.tx.load(m.what, "finding_details", []string{"id", "data"}, details)
}

// load inserts many rows in the fastest way of the database.
func (t *Tx) load(what, table string, columns []string, rows [][]any) error {
	if err := t.writable(what); err != nil {
		return err
	}
	done, err := t.store.database.load(t.ctx, t.conn, table, columns, rows)
	if err != nil {
		return t.fail(what, err)
	}
	if done {
		return nil
	}
	return t.putMany(what, table, columns, ``, rows)
}

// replaceChanged writes findings that came back or say something else.
func (m *merge) replaceChanged() error {
	if len(m.changed) == 0 {
		return nil
	}
	ids := make([]int64, len(m.changed))
	for i := range m.changed {
		ids[i] = m.changed[i].id
	}
	was, err := m.readPast(ids)
	if err != nil {
		return err
	}
	rows, details := make([][]any, len(ids)), make([][]any, len(ids))
	for i := range m.changed {
		k, p := &m.changed[i].keptFinding, was[m.changed[i].id]
		p.id = m.changed[i].id
		m.tally.add(p.cell, -1)
		m.tally.add(k.cell(), 1)
		if p.state == isFixed {
			m.result.Regressed++
			p.regressed++
			p.reopenedAt = m.now
			m.tally.note(k.cell(), day{fresh: 1})
			m.event(p.id, eventReturned, -1)
		} else {
			m.result.Still++
		}
		switch {
		case k.state == isAccepted && p.state != isAccepted:
			m.event(p.id, eventAccepted, -1)
		case k.state == isOpen && p.state == isAccepted:
			m.event(p.id, eventUnaccepted, -1)
		}
		rows[i], details[i] = m.row(k, p, 0), []any{p.id, present(k.Data)}
	}
	if err := m.tx.putMany(m.what, "findings", findingColumns, replaceFinding, rows); err != nil {
		return err
	}
	clear(m.changed) // the rows refer to it
	m.changed = m.changed[:0]
	return m.tx.putMany(m.what, "finding_details", []string{"id", "data"}, ` ON CONFLICT (id) DO UPDATE SET data = excluded.data`, details)
}

// readPast reads what was known of findings.
func (m *merge) readPast(ids []int64) (map[int64]past, error) {
	found := make(map[int64]past, len(ids))
	err := eachChunk(ids, func(args []any) error {
		return m.tx.rows(m.what, `SELECT id, cluster, control, namespace, team, severity, state, first_seen, last_seen, reopened_at, first_scan, regressed
			FROM findings WHERE id IN (`+placeholders(0, idChunk)+`)`, args, func(rows *sql.Rows) (bool, error) {
			var p past
			err := rows.Scan(&p.id, &p.cluster, &p.control, &p.namespace, &p.team, &p.severity, &p.state, &p.firstSeen, &p.lastSeen, &p.reopenedAt, &p.firstScan, &p.regressed)
			found[p.id] = p
			return true, err
		})
	})
	return found, err
}

// settleGone decides about findings that the scan does not have: they are fixed, or it cannot tell.
func (m *merge) settleGone(ran func(string) bool, uncertain bool) error {
	var gone []int64
	for _, f := range m.known {
		if f.seen || f.state == isFixed {
			continue
		}
		if gone = append(gone, f.id); len(gone) == 10*idChunk {
			if err := m.settle(gone, ran, uncertain); err != nil {
				return err
			}
			gone = gone[:0]
		}
	}
	return m.settle(gone, ran, uncertain)
}

func (m *merge) settle(gone []int64, ran func(string) bool, uncertain bool) error {
	was, err := m.readPast(gone)
	if err != nil {
		return err
	}
	var fixed, carried []int64
	for id, p := range was {
		if uncertain || !ran(p.control) {
			if p.lastSeen == 0 {
				carried = append(carried, id)
			}
			continue
		}
		fixed = append(fixed, id)
		bucket := -1
		if p.state == isOpen {
			bucket = bucketOf(time.Duration(m.now-max(p.firstSeen, p.reopenedAt)) * time.Microsecond)
			m.tally.fixed(p.cell, bucket)
		}
		m.event(id, eventFixed, bucket)
		m.tally.add(p.cell, -1)
		m.tally.note(p.cell, day{fixed: 1})
		p.state = isFixed
		m.tally.add(p.cell, 1)
	}
	m.result.Fixed += len(fixed)
	const seenBefore = `last_seen = CASE WHEN last_seen = 0 THEN `
	err = eachChunk(fixed, func(ids []any) error {
		return m.tx.exec(m.what, `UPDATE findings SET state = 2, fixed_at = $201, `+seenBefore+`$202 ELSE last_seen END WHERE id IN (`+placeholders(0, idChunk)+`)`, append(ids, m.now, m.previous)...)
	})
	if err != nil {
		return err
	}
	err = eachChunk(carried, func(ids []any) error {
		return m.tx.exec(m.what, `UPDATE findings SET `+seenBefore+`$201 ELSE last_seen END WHERE id IN (`+placeholders(0, idChunk)+`)`, append(ids, m.previous)...)
	})
	if err != nil {
		return err
	}
	return m.flushSums(false)
}

// finish records the scan itself.
func (m *merge) finish() error {
	if err := m.flushSums(true); err != nil {
		return err
	}
	r, c := m.result, m.scan
	err := m.tx.exec(m.what, `INSERT INTO scans (number, id, source, cluster, environment, made, received, version, sha256, score, info, low, medium, high, critical,
		fresh, still, returned, fixed, summary) VALUES (`+placeholders(0, 20)+`)`, m.number, c.ID, m.source, c.Cluster, c.Environment, m.now, micros(c.Received), c.Version, c.SHA256, c.Score,
		c.Counts[0], c.Counts[1], c.Counts[2], c.Counts[3], c.Counts[4], r.New, r.Still, r.Regressed, r.Fixed, present(c.Summary))
	if err != nil {
		return err
	}
	if err := m.tx.exec(m.what, `UPDATE sources SET newest_scan = $1, newest_made = $2 WHERE id = $3`, m.number, m.now, m.source); err != nil {
		return err
	}
	if learn := m.tx.store.database.learn(); learn != "" && r.New >= manyNew {
		return m.tx.exec(m.what, learn)
	}
	return nil
}

// manyNew is how many findings of a scan are so many that what the database knew of all of them is out of date.
const manyNew = 20_000

package store

import (
	"cmp"
	"fmt"
	"time"
)

// Deleted is what DeleteScansBefore has removed.
type Deleted struct {
	Scans, Findings int
	// Files are the digests of kept reports that no scan names any more.
	Files []string
}

// deletedAtOnce is how much DeleteScansBefore removes at most.
const deletedAtOnce = 20_000

// DeleteScansBefore removes the scans made before a time, but for the newest of each source, and the
// findings that were fixed before it, with their history; of one source, or of all if it is "". It
// removes 20,000 of each at most, so that others need not wait: call it until nothing is left. Trends
// and times to fix stay.
func (t *Tx) DeleteScansBefore(source string, at time.Time) (d Deleted, err error) {
	const what = "delete old scans"
	if err := t.writable(what); err != nil {
		return d, err
	}
	w := &where{}
	if source != "" {
		if err := w.in(what, "s.name", []string{source}, maxName); err != nil {
			return d, err
		}
	}
	before := w.bind(micros(at))
	if d.Scans, d.Files, err = t.deleteScans(what, w, before); err != nil {
		return d, err
	}
	d.Findings, err = t.deleteFixed(what, w, before)
	return d, err
}

func (t *Tx) deleteScans(what string, w *where, before string) (int, []string, error) {
	numbers, err := column1[int64](t, what, `SELECT c.number FROM scans c JOIN sources s ON s.id = c.source WHERE c.made < `+before+` AND c.number <> s.newest_scan`+w.and()+
		fmt.Sprintf(` ORDER BY c.number LIMIT %d`, deletedAtOnce), w.args)
	if err != nil {
		return 0, nil, err
	}
	var files []string
	err = eachChunk(numbers, func(args []any) error {
		some, err := column1[string](t, what, `SELECT DISTINCT c.sha256 FROM scans c WHERE c.sha256 <> '' AND c.number IN (`+placeholders(0, idChunk)+`)`, args)
		files = append(files, some...)
		if err != nil {
			return err
		}
		return t.exec(what, `DELETE FROM scans WHERE number IN (`+placeholders(0, idChunk)+`)`, args...)
	})
	if err != nil {
		return 0, nil, err
	}
	files, err = t.unnamed(what, files)
	return len(numbers), files, err
}

// unnamed gives the files, each once, that no scan names.
func (t *Tx) unnamed(what string, files []string) (rest []string, err error) {
	seen := map[string]bool{}
	for _, file := range files {
		if seen[file] {
			continue
		}
		seen[file] = true
		var number int64
		named, err := t.row(what, `SELECT number FROM scans WHERE sha256 = $1 AND sha256 <> '' LIMIT 1`, []any{file}, &number)
		if err != nil {
			return nil, err
		}
		if !named {
			rest = append(rest, file)
		}
	}
	return rest, nil
}

func (t *Tx) deleteFixed(what string, w *where, before string) (int, error) {
	ids, err := column1[int64](t, what, `SELECT f.id FROM findings f JOIN sources s ON s.id = f.source WHERE f.state = 2 AND f.fixed_at < `+before+w.and()+
		fmt.Sprintf(` LIMIT %d`, deletedAtOnce), w.args)
	if err != nil {
		return 0, err
	}
	some := ` IN (` + placeholders(0, idChunk) + `)`
	err = eachChunk(ids, func(args []any) error {
		for _, statement := range []string{
			`INSERT INTO finding_counts (source, cluster, control, team, severity, state, n) SELECT source, cluster, control, team, severity, state, -COUNT(*) FROM findings
				WHERE id` + some + ` GROUP BY source, cluster, control, team, severity, state
				ON CONFLICT (source, cluster, control, team, severity, state) DO UPDATE SET n = finding_counts.n + excluded.n`,
			`INSERT INTO finding_places (source, cluster, namespace, team, severity, state, n) SELECT source, cluster, namespace, team, severity, state, -COUNT(*) FROM findings
				WHERE id` + some + ` GROUP BY source, cluster, namespace, team, severity, state
				ON CONFLICT (state, severity, source, cluster, team, namespace) DO UPDATE SET n = finding_places.n + excluded.n`,
			`INSERT INTO finding_namespaces (source, cluster, namespace, state, n) SELECT source, cluster, namespace, state, -COUNT(*) FROM findings
				WHERE id` + some + ` GROUP BY source, cluster, namespace, state
				ON CONFLICT (state, source, cluster, namespace) DO UPDATE SET n = finding_namespaces.n + excluded.n`,
			`DELETE FROM finding_details WHERE id` + some,
			`DELETE FROM finding_events WHERE finding` + some,
			`DELETE FROM findings WHERE id` + some,
		} {
			if err := t.exec(what, statement, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(ids) == 0 {
		return len(ids), err
	}
	return len(ids), cmp.Or(t.exec(what, `DELETE FROM finding_counts WHERE n = 0`), t.exec(what, `DELETE FROM finding_places WHERE n = 0`),
		t.exec(what, `DELETE FROM finding_namespaces WHERE n = 0`))
}

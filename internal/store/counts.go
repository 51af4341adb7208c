package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"strconv"
)

// Count is how many findings have something in common.
type Count struct {
	Key string // the severity, control... or "" if all are counted
	N   int
}

// maxCounts is how many groups are given at most.
const maxCounts = 200

// countColumns are what findings can be counted by, with the columns of sums and findings.
var countColumns = map[string]string{"": "''", "severity": "severity", "control": "control", "namespace": "namespace", "team": "team", "cluster": "cluster", "state": "state", "source": "source"}

// CountFindings counts the findings that fit by what they have in common: "", severity, control,
// namespace, team, cluster, state or source; the largest counts first, 200 at most. Without text, age,
// outcome, regression, and without both controls and namespaces, it costs the same for a million.
func (t *Tx) CountFindings(f FindingFilter, by string) ([]Count, error) {
	const what = "count the findings"
	column, there := countColumns[by]
	if !there {
		return nil, fmt.Errorf("%s: %w: findings cannot be counted by %q", what, ErrFilter, clean(by, maxWord))
	}
	a, err := t.ask(what, f)
	if err != nil || a.nothing {
		return nil, err
	}
	w := &where{}
	if len(a.states) == 0 { // so that the primary keys of sums can be used
		a.states = []any{int64(isOpen), int64(isAccepted), int64(isFixed)}
	}
	if err := w.oneOf(what, a.state(), a.states); err != nil {
		return nil, err
	}
	table, sum, err := t.summedIn(&a, by, w)
	if err != nil {
		return nil, err
	}
	group := "f." + column
	switch numeric := by == "severity" || by == "state" || by == "source"; {
	case by == "":
		group = column
	case table == "findings" && len(a.Namespaces)+len(a.Controls)+len(a.sources) > 0 && !numeric:
		group += " || ''" // else the index in the order of the groups is taken, though that of what is asked for is shorter
	}
	query := `SELECT ` + group + ` AS word, ` + sum + ` AS n FROM ` + table + ` f WHERE TRUE` + w.and() + ` GROUP BY word HAVING ` + sum + ` > 0 ORDER BY n DESC, word LIMIT ` + strconv.Itoa(maxCounts)
	return t.readCounts(what, by, query, w.args)
}

// summedIn gives the table that can answer with the least rows.
func (t *Tx) summedIn(a *asked, by string, w *where) (table, sum string, err error) {
	const added = "CAST(SUM(f.n) AS BIGINT)"
	if a.simple() && len(a.Controls)+len(a.Namespaces)+len(a.Teams)+len(a.severities) == 0 && by == "namespace" {
		return "finding_namespaces", added, a.sums(w)
	}
	severities := a.severities
	if len(severities) == 0 {
		severities = []any{int64(0), int64(1), int64(2), int64(3), int64(4)}
	}
	if err := w.oneOf(a.what, "f.severity", severities); err != nil {
		return "", "", err
	}
	switch {
	case a.simple() && len(a.Namespaces) == 0 && by != "namespace":
		return "finding_counts", added, cmp.Or(a.sums(w), w.in(a.what, "f.control", a.Controls, maxWord))
	case a.simple() && len(a.Controls) == 0 && by != "control":
		return "finding_places", added, cmp.Or(a.sums(w), w.in(a.what, "f.namespace", a.Namespaces, maxWord))
	}
	return "findings", "COUNT(*)", a.all(w, t.store.database.contains())
}

func (t *Tx) readCounts(what, by, query string, args []any) (counts []Count, err error) {
	names, err := t.wordsOf(what, by)
	if err != nil {
		return nil, err
	}
	err = t.rows(what, query, args, func(rows *sql.Rows) (bool, error) {
		var c Count
		if err := rows.Scan(&c.Key, &c.N); err != nil {
			return false, err
		}
		if names != nil {
			name, known := names[c.Key]
			if !known {
				return false, explained(ErrDamaged, fmt.Sprintf("a count has the %s %s: restore a backup", by, c.Key), nil)
			}
			c.Key = name
		}
		counts = append(counts, c)
		return true, nil
	})
	return counts, err
}

package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OpenAge is how many findings of a team and severity are open, and for how long.
type OpenAge struct {
	Team, Severity string
	N, Late        int
	// ByAge is N by age: as old as the first bound at most, as the second, and so on, or older than all.
	ByAge []int
}

// maxBounds is into how many ages findings are told apart at most.
const maxBounds = 20

// OpenAges gives how old the open findings are, by team and severity, since they were found or last
// came back, until Now. Of the filter only Reviews, Sources, Late and Now are looked at. It reads a row
// of an index for each open finding: about half a second for a million, so keep what it gives.
func (t *Tx) OpenAges(f FindingFilter, bounds []time.Duration) ([]OpenAge, error) {
	const what = "read how old the findings are"
	if len(bounds) == 0 || len(bounds) > maxBounds || !slices.IsSorted(bounds) {
		return nil, fmt.Errorf("%s: %w: %d ages are not 1 to %d that rise", what, ErrFilter, len(bounds), maxBounds)
	}
	a, err := t.ask(what, FindingFilter{Reviews: f.Reviews, Sources: f.Sources, Now: f.Now})
	if err != nil || a.nothing {
		return nil, err
	}
	w := &where{}
	var ages, late strings.Builder
	for _, bound := range bounds {
		ages.WriteString(", CAST(SUM(CASE WHEN since >= " + w.bind(micros(f.Now.Add(-bound))) + " THEN 1 ELSE 0 END) AS BIGINT)")
	}
	for i, name := range severities {
		if after, has := f.Late[name]; has {
			late.WriteString(" WHEN severity = " + strconv.Itoa(i) + " AND since < " + w.bind(micros(f.Now.Add(-after))) + " THEN 1")
		}
	}
	isLate := "0"
	if late.Len() > 0 {
		isLate = "CASE" + late.String() + " ELSE 0 END"
	}
	if err := a.from(w, "f.source"); err != nil {
		return nil, err
	}
	// That the state is open is written and not bound, so that the index of what is open can be used.
	query := `SELECT team, severity, COUNT(*), CAST(SUM(` + isLate + `) AS BIGINT)` + ages.String() + ` FROM (
		SELECT f.team AS team, f.severity AS severity, CASE WHEN f.reopened_at > f.first_seen THEN f.reopened_at ELSE f.first_seen END AS since
		FROM findings f WHERE f.state = 0` + w.and() + `) AS opened GROUP BY team, severity ORDER BY team, severity`
	return t.readAges(what, query, w.args, len(bounds)+1)
}

func (t *Tx) readAges(what, query string, args []any, ages int) (all []OpenAge, err error) {
	err = t.rows(what, query, args, func(rows *sql.Rows) (bool, error) {
		one, severity := OpenAge{ByAge: make([]int, ages)}, 0
		places := []any{&one.Team, &severity, &one.N, &one.Late}
		for i := range ages - 1 {
			places = append(places, &one.ByAge[i])
		}
		if err := rows.Scan(places...); err != nil {
			return false, err
		}
		if severity < 0 || severity >= len(severities) {
			return false, explained(ErrDamaged, fmt.Sprintf("a finding has the severity %d: restore a backup", severity), nil)
		}
		one.Severity, one.ByAge[ages-1] = severities[severity], one.N
		for i := ages - 1; i > 0; i-- {
			one.ByAge[i] -= one.ByAge[i-1] // each counted the younger ones too
		}
		all = append(all, one)
		return true, nil
	})
	return all, err
}

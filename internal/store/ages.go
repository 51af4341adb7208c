package store

import (
	"cmp"
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
	var age, late strings.Builder
	for i, bound := range bounds {
		age.WriteString(" WHEN since >= " + w.bind(micros(f.Now.Add(-bound))) + " THEN " + strconv.Itoa(i))
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
	query := `SELECT team, severity, CASE` + age.String() + ` ELSE ` + strconv.Itoa(len(bounds)) + ` END AS age, COUNT(*), CAST(SUM(` + isLate + `) AS BIGINT) FROM (
		SELECT f.team AS team, f.severity AS severity, CASE WHEN f.reopened_at > f.first_seen THEN f.reopened_at ELSE f.first_seen END AS since
		FROM findings f WHERE f.state = 0` + w.and() + `) AS opened GROUP BY team, severity, age`
	return t.readAges(what, query, w.args, len(bounds)+1)
}

func (t *Tx) readAges(what, query string, args []any, ages int) (all []OpenAge, err error) {
	type group struct {
		team     string
		severity int
	}
	known := map[group]*OpenAge{}
	err = t.rows(what, query, args, func(rows *sql.Rows) (bool, error) {
		var of group
		var age, n, late int
		if err := rows.Scan(&of.team, &of.severity, &age, &n, &late); err != nil {
			return false, err
		}
		if of.severity < 0 || of.severity >= len(severities) || age < 0 || age >= ages {
			return false, explained(ErrDamaged, fmt.Sprintf("a finding has the severity %d: restore a backup", of.severity), nil)
		}
		one := known[of]
		if one == nil {
			one = &OpenAge{Team: of.team, Severity: severities[of.severity], ByAge: make([]int, ages)}
			known[of] = one
		}
		one.N, one.Late, one.ByAge[age] = one.N+n, one.Late+late, one.ByAge[age]+n
		return true, nil
	})
	for _, one := range known {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b OpenAge) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), slices.Index(severities, a.Severity)-slices.Index(severities, b.Severity))
	})
	return all, err
}

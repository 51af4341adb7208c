package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
)

// FindingGroup is how many findings have something in common.
type FindingGroup struct {
	Key string
	N   int
	// BySeverity is N by severity, from info to critical.
	BySeverity [5]int
}

// FindingGroups are groups of findings, the largest first.
type FindingGroups struct {
	All []FindingGroup
	// More is true if there are more groups than were asked for.
	More bool
	// Stopped is true if as many findings were looked at as the filter allows, and the rest was not: there
	// are at least so many.
	Stopped bool
}

// GroupFindings counts the findings that fit by control, source, namespace, team, cluster, severity or
// state, each with its severities: the largest groups, as many as asked for, 200 at most. What sums
// cannot answer is counted one by one, of no more findings than Within allows.
func (t *Tx) GroupFindings(f FindingFilter, by string, most int) (FindingGroups, error) {
	const what = "group the findings"
	column, there := countColumns[by]
	if !there || by == "" {
		return FindingGroups{}, fmt.Errorf("%s: %w: findings cannot be grouped by %q", what, ErrFilter, clean(by, maxWord))
	}
	a, err := t.ask(what, f)
	if err != nil || a.nothing {
		return FindingGroups{}, err
	}
	most = max(1, min(most, maxCounts))
	groups := map[string]*FindingGroup{}
	all := FindingGroups{}
	w := &where{}
	if len(a.states) == 0 {
		a.states = []any{int64(isOpen), int64(isAccepted), int64(isFixed)}
	}
	if err := w.oneOf(what, "f.state", a.states); err != nil {
		return all, err
	}
	if by == "namespace" && a.simple() && len(a.Controls)+len(a.Namespaces) == 0 {
		// The sums by place are many: only those of the namespaces that are shown are read.
		if all.More, err = t.largest(&a, f, most); err != nil || len(a.Namespaces) == 0 {
			return all, err
		}
	}
	table, sum, err := t.severedIn(&a, by, w)
	if err != nil {
		return all, err
	}
	if table == "findings" {
		all.Stopped, err = t.countParts(&a, column, groups)
	} else {
		err = t.addGroups(what, `SELECT f.`+column+` AS word, f.severity, `+sum+` FROM `+table+` f WHERE TRUE`+w.and()+` GROUP BY word, f.severity`, w.args, groups)
	}
	if err != nil {
		return all, err
	}
	return all, t.orderGroups(what, by, most, groups, &all)
}

// largest restricts what is asked for to the namespaces with the most findings.
func (t *Tx) largest(a *asked, f FindingFilter, most int) (more bool, err error) {
	counts, err := t.CountFindings(f, "namespace")
	for _, one := range counts[:min(most, len(counts))] {
		a.Namespaces = append(a.Namespaces, one.Key)
	}
	return len(counts) > most, err
}

// severedIn is summedIn for sums that know severities.
func (t *Tx) severedIn(a *asked, by string, w *where) (table, sum string, err error) {
	if len(a.severities) == 0 {
		a.severities = []any{int64(0), int64(1), int64(2), int64(3), int64(4)}
	}
	return t.summedIn(a, by, w)
}

// countParts counts findings one by one.
func (t *Tx) countParts(a *asked, column string, groups map[string]*FindingGroup) (stopped bool, err error) {
	o := orders["severity"]
	parts := a.parts(o)
	for _, p := range parts {
		var upTo []any
		if a.Within > 0 {
			if upTo, err = t.bound(a, o, p, nil, len(parts)); err != nil {
				return false, err
			}
		}
		stopped = stopped || upTo != nil
		w, from := &where{}, "findings f"
		if upTo != nil { // so many, and no others
			if from, err = a.first(w, o, p, nil, len(parts)); err != nil {
				return false, err
			}
		}
		if err := cmp.Or(a.of(w, p), a.all(w, t.store.database.contains())); err != nil {
			return false, err
		}
		word := `f.` + column
		if column != "severity" && column != "state" && column != "source" {
			word += ` || ''` // else an index in the order of the groups is taken, though that of what is asked for is shorter
		}
		if err := t.addGroups(a.what, `SELECT `+word+` AS word, f.severity, COUNT(*) FROM `+from+` WHERE TRUE`+w.and()+` GROUP BY word, f.severity`, w.args, groups); err != nil {
			return false, err
		}
	}
	return stopped, nil
}

// addGroups reads rows of word, severity and number into groups.
func (t *Tx) addGroups(what, query string, args []any, groups map[string]*FindingGroup) error {
	return t.rows(what, query, args, func(rows *sql.Rows) (bool, error) {
		var word string
		var severity, n int
		if err := rows.Scan(&word, &severity, &n); err != nil || n <= 0 {
			return true, err
		}
		if severity < 0 || severity >= len(severities) {
			return false, explained(ErrDamaged, fmt.Sprintf("a count has the severity %d: restore a backup", severity), nil)
		}
		if groups[word] == nil {
			groups[word] = &FindingGroup{Key: word}
		}
		groups[word].N += n
		groups[word].BySeverity[len(severities)-1-severity] += n
		return true, nil
	})
}

// orderGroups gives the largest groups under their names.
func (t *Tx) orderGroups(what, by string, most int, groups map[string]*FindingGroup, all *FindingGroups) error {
	names, err := t.wordsOf(what, by)
	if err != nil {
		return err
	}
	for _, one := range groups {
		if names != nil {
			one.Key = names[one.Key]
		}
		all.All = append(all.All, *one)
	}
	slices.SortFunc(all.All, func(a, b FindingGroup) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Key, b.Key)) })
	if len(all.All) > most {
		all.All, all.More = all.All[:most], true
	}
	return nil
}

// wordsOf gives the names of what stands as numbers in the database; nil for what does not.
func (t *Tx) wordsOf(what, by string) (names map[string]string, err error) {
	switch by {
	case "severity":
		return numbered(severities), nil
	case "state":
		return numbered(states), nil
	case "source":
		names = map[string]string{}
		err = t.rows(what, `SELECT id, name FROM sources`, nil, func(rows *sql.Rows) (bool, error) {
			var id, name string
			err := rows.Scan(&id, &name)
			names[id] = name
			return true, err
		})
	}
	return names, err
}

func numbered[S ~string](all []S) map[string]string {
	names := map[string]string{}
	for i, one := range all {
		names[fmt.Sprint(i)] = string(one)
	}
	return names
}

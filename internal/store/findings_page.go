package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
)

// FindingPage is a part of the findings that were asked for.
type FindingPage struct {
	Findings []StoredFinding
	// Next leads to the page after it; it is empty at the end.
	Next string
	// Stopped is true if so many findings were looked at as the filter allows, and the rest was not: Next
	// goes on from there.
	Stopped bool
}

// maxPage is the most findings of one page.
const maxPage = 1000

// order is an order of findings: by columns, all of them ascending, the last the id.
type order struct {
	columns []string
	keys    func(*pageFinding) []any
}

// orders are those that have an index with state first, but for age, for which every severity has one.
var orders = map[string]order{
	"severity": {[]string{"severity", "first_seen", "id"}, func(f *pageFinding) []any { return []any{int64(f.severity), f.firstSeen, f.ID} }},
	"age":      {[]string{"first_seen", "id"}, func(f *pageFinding) []any { return []any{f.firstSeen, f.ID} }},
	"control":  {[]string{"control", "severity", "first_seen", "id"}, func(f *pageFinding) []any { return []any{f.Control, int64(f.severity), f.firstSeen, f.ID} }},
	"subject":  {[]string{"namespace", "kind", "name", "id"}, func(f *pageFinding) []any { return []any{f.Namespace, f.Kind, f.Name, f.ID} }},
}

// pageFinding is a finding with what it is ordered by.
type pageFinding struct {
	StoredFinding
	severity  int
	firstSeen int64
}

// Findings gives the findings that fit, a page at a time. The order is "severity", the worst first and
// then the oldest, "age", the oldest first, "control", within one as by severity, or "subject". The
// cursor is the Next of the page before, or empty; one that is not gives ErrFilter. What is added or
// removed meanwhile moves no other finding from its page.
func (t *Tx) Findings(f FindingFilter, by string, cursor string, limit int) (FindingPage, error) {
	const what = "list the findings"
	o, there := orders[by]
	if !there {
		return FindingPage{}, fmt.Errorf("%s: %w: there is no order %q, only severity, age, control and subject", what, ErrFilter, clean(by, maxWord))
	}
	a, err := t.ask(what, f)
	if err != nil {
		return FindingPage{}, err
	}
	after, err := readCursor(what, cursor, by, f, o)
	if err != nil || a.nothing {
		return FindingPage{}, err
	}
	limit = max(1, min(limit, maxPage))
	found, looked, err := t.pageOf(&a, o, after, limit+1)
	if err != nil {
		return FindingPage{}, err
	}
	page := FindingPage{}
	switch {
	case len(found) > limit:
		found = found[:limit]
		page.Next = writeCursor(by, f, o.keys(&found[limit-1]))
	case looked != nil:
		page.Next, page.Stopped = writeCursor(by, f, looked), true
	}
	for i := range found {
		page.Findings = append(page.Findings, found[i].StoredFinding)
	}
	return page, t.readData(what, page.Findings)
}

// pageOf reads the first findings after a place. For every state, and where it helps for every
// severity and source, an index is in the order that is wanted: each is asked, and what they give is
// put together. If not all were looked at it gives the keys up to which they were.
func (t *Tx) pageOf(a *asked, o order, after []any, limit int) (found []pageFinding, looked []any, err error) {
	parts := a.parts(o)
	for _, part := range parts {
		var upTo []any
		if a.Within > 0 && a.sifts(part) {
			if upTo, err = t.bound(a, o, part, after, len(parts)); err != nil {
				return nil, nil, err
			}
		}
		if upTo != nil && (looked == nil || compareKeys(upTo, looked) < 0) {
			looked = upTo
		}
		some, err := t.partOf(a, o, part, after, upTo, limit)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, some...)
		slices.SortFunc(found, func(a, b pageFinding) int { return compareKeys(o.keys(&a), o.keys(&b)) })
		found = found[:min(len(found), limit)]
	}
	if looked != nil {
		for len(found) > 0 && compareKeys(o.keys(&found[len(found)-1]), looked) > 0 {
			found = found[:len(found)-1] // others may come before it
		}
	}
	return found, looked, nil
}

// mostRanges is of how many sources the ranges of the index are put together at most.
const mostRanges = 32

// part is a range of an index.
type part struct{ state, severity, source any }

func (a *asked) parts(o order) (parts []part) {
	given := func(values []any, all ...any) []any {
		if len(values) == 0 {
			return all
		}
		return values
	}
	severities, sources := []any{nil}, []any{nil}
	switch first := o.columns[0]; {
	case first == "first_seen", first == "severity" && (a.MinAge+a.MaxAge > 0 || a.Late != nil):
		severities = given(a.severities, int64(0), int64(1), int64(2), int64(3), int64(4))
	case first == "severity":
		severities = given(a.severities, nil)
	}
	if severities[0] != nil || o.columns[0] == "severity" {
		if len(a.sources) <= mostRanges && !a.few() && len(a.Namespaces)+len(a.Controls) == 0 {
			sources = given(a.sources, nil)
		}
	}
	for _, state := range given(a.states, int64(isOpen), int64(isAccepted), int64(isFixed)) {
		for _, severity := range severities {
			for _, source := range sources {
				parts = append(parts, part{state, severity, source})
			}
		}
	}
	return parts
}

const foundColumns = `f.id, f.fingerprint, f.control, f.title, f.severity, f.team, f.namespace, f.kind, f.name, f.container, f.file, f.cluster, f.message,
	f.risk, f.line, f.outcome, s.name, f.state, f.first_seen, CASE WHEN f.last_seen = 0 THEN s.newest_made ELSE f.last_seen END, f.fixed_at, f.reopened_at, f.regressed`

// of restricts findings to those of a part.
func (a *asked) of(w *where, p part) error {
	for _, one := range []struct {
		column string
		value  any
	}{{a.state(), p.state}, {"f.severity", p.severity}, {"f.source", p.source}} {
		if one.value != nil {
			w.conditions = append(w.conditions, one.column+" = "+w.bind(one.value))
		}
	}
	if p.severity == nil {
		return w.oneOf(a.what, "f.severity", a.severities)
	}
	if a.Late != nil {
		w.conditions = append(w.conditions, "f.first_seen < "+w.bind(a.lateBefore(p.severity)))
	}
	return nil
}

// after demands a place in an order after some keys; nil is no bound. Of the first columns, which have
// the given values only, nothing is demanded: databases would not see from it where an index is begun.
func (w *where) after(o order, values, keys []any) {
	if keys == nil {
		return
	}
	switch n := len(values); compareKeys(values, keys[:n]) {
	case 0:
		w.conditions = append(w.conditions, "("+columnsOf(o.columns[n:])+") > ("+w.several(keys[n:])+")")
	case -1:
		w.conditions = append(w.conditions, "FALSE")
	}
}

// valuesOf gives the values of the first columns of an order that have one only in a part.
func (a *asked) valuesOf(o order, p part) (values []any) {
	one := func(texts []string, most int) any {
		if len(texts) != 1 {
			return nil
		}
		return clean(texts[0], most)
	}
	for _, column := range o.columns {
		var value any
		switch column {
		case "severity":
			if value = p.severity; value == nil && len(a.severities) == 1 {
				value = a.severities[0]
			}
		case "control":
			value = one(a.Controls, maxWord)
		case "namespace":
			value = one(a.Namespaces, maxWord)
		case "kind":
			value = one(a.Kinds, maxWord)
		case "name":
			value = one(a.Names, maxName)
		}
		if value == nil {
			return values
		}
		values = append(values, value)
	}
	return values
}

// partOf reads the first findings of one range.
func (t *Tx) partOf(a *asked, o order, p part, after, upTo []any, limit int) (found []pageFinding, err error) {
	w, from := &where{}, "findings f"
	if upTo != nil {
		if from, err = a.first(w, o, p, after, len(a.parts(o))); err != nil {
			return nil, err
		}
	}
	if err := cmp.Or(a.of(w, p), a.all(w, t.store.database.contains())); err != nil {
		return nil, err
	}
	w.after(o, a.valuesOf(o, p), after)
	query := `SELECT ` + foundColumns + ` FROM ` + from + ` JOIN sources s ON s.id = f.source WHERE TRUE` + w.and() + ` ORDER BY ` + columnsOf(o.columns) + ` LIMIT ` + w.bind(limit)
	err = t.rows(a.what, query, w.args, func(rows *sql.Rows) (bool, error) {
		var f pageFinding
		err := f.scan(rows)
		found = append(found, f)
		return true, err
	})
	return found, err
}

func columnsOf(columns []string) (list string) {
	for i, column := range columns {
		if i > 0 {
			list += ", "
		}
		list += "f." + column
	}
	return list
}

// several gives the places of values.
func (w *where) several(values []any) (list string) {
	for i, value := range values {
		if i > 0 {
			list += ", "
		}
		list += w.bind(value)
	}
	return list
}

func (f *pageFinding) scan(rows *sql.Rows) error {
	var state int
	var last, fixed, reopened int64
	err := rows.Scan(&f.ID, &f.Fingerprint, &f.Control, &f.Title, &f.severity, &f.Team, &f.Namespace, &f.Kind, &f.Name, &f.Container, &f.File, &f.Cluster, &f.Message,
		&f.Risk, &f.Line, &f.Outcome, &f.Source, &state, &f.firstSeen, &last, &fixed, &reopened, &f.Regressed)
	if err != nil {
		return err
	}
	if state < 0 || state >= len(states) || f.severity < 0 || f.severity >= len(severities) {
		return explained(ErrDamaged, fmt.Sprintf("finding %d has the state %d and the severity %d: restore a backup", f.ID, state, f.severity), nil)
	}
	f.State, f.Severity = states[state], severities[f.severity]
	f.FirstSeen, f.LastSeen, f.FixedAt, f.ReopenedAt = moment(f.firstSeen), moment(last), moment(fixed), moment(reopened)
	return nil
}

// readData reads the long part of findings.
func (t *Tx) readData(what string, findings []StoredFinding) error {
	at := map[int64]int{}
	ids := make([]int64, len(findings))
	for i := range findings {
		ids[i] = findings[i].ID
		at[ids[i]] = i
	}
	return eachChunk(ids, func(args []any) error {
		return t.rows(what, `SELECT id, data FROM finding_details WHERE id IN (`+placeholders(0, idChunk)+`)`, args, func(rows *sql.Rows) (bool, error) {
			var id int64
			var data []byte
			err := rows.Scan(&id, &data)
			findings[at[id]].Data = data
			return true, err
		})
	})
}

// Finding gives the finding with an id, nil if there is none.
func (t *Tx) Finding(id int64) (*StoredFinding, error) {
	const what = "read a finding"
	var found []StoredFinding
	err := t.rows(what, `SELECT `+foundColumns+` FROM findings f JOIN sources s ON s.id = f.source WHERE f.id = $1`, []any{id}, func(rows *sql.Rows) (bool, error) {
		var f pageFinding
		err := f.scan(rows)
		found = append(found, f.StoredFinding)
		return false, err
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], t.readData(what, found)
}

// compareKeys compares as the databases do: numbers, and texts by their bytes.
func compareKeys(a, b []any) int {
	for i := range a {
		c := 0
		switch x := a[i].(type) {
		case int64:
			c = cmp.Compare(x, b[i].(int64))
		case string:
			c = cmp.Compare(x, b[i].(string))
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

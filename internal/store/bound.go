package store

import (
	"cmp"
	"database/sql"
)

// bound gives the keys of the last finding of a range that may be looked at, nil if all may. Only
// what an index knows restricts the range, so that finding its end costs little; what else is asked
// for is then tried on no more findings than that.
func (t *Tx) bound(a *asked, o order, p part, after []any, parts int) (keys []any, err error) {
	w := &where{}
	if err := a.ranged(w, o, p); err != nil {
		return nil, err
	}
	w.after(o, a.valuesOf(o, p), after)
	query := `SELECT ` + columnsOf(o.columns) + ` FROM findings f WHERE TRUE` + w.and() + ` ORDER BY ` + columnsOf(o.columns) + ` LIMIT 1 OFFSET ` + w.bind(a.Within/parts)
	err = t.rows(a.what, query, w.args, func(rows *sql.Rows) (bool, error) {
		keys = o.keys(&pageFinding{})
		places := make([]any, len(keys))
		for i, key := range keys {
			if _, text := key.(string); text {
				places[i] = new(string)
			} else {
				places[i] = new(int64)
			}
		}
		if err := rows.Scan(places...); err != nil {
			return false, err
		}
		for i, place := range places {
			switch value := place.(type) {
			case *string:
				keys[i] = *value
			case *int64:
				keys[i] = *value
			}
		}
		return false, nil
	})
	return keys, err
}

// sifts tells whether findings of a range have to be looked at one by one to see whether they fit.
func (a *asked) sifts(p part) bool {
	return !a.simple() && (a.Text != "" || len(a.Outcomes) > 0 && !a.doubtful() || len(a.Kinds)+len(a.Names) > 0 || a.Regressed != nil && !*a.Regressed || a.Late != nil || p.severity == nil) ||
		len(a.Teams)+len(a.Clusters) > 0 || len(a.sources) > 0 && p.source == nil || len(a.Controls) > 0 && len(a.Namespaces) > 0
}

// first gives the findings of a part that may be looked at as a table, so that none other is: from a
// condition on the last of them databases do not see how few they are. Conditions begin anew after it.
func (a *asked) first(w *where, o order, p part, after []any, parts int) (table string, err error) {
	if err := a.ranged(w, o, p); err != nil {
		return "", err
	}
	w.after(o, a.valuesOf(o, p), after)
	table = `(SELECT f.* FROM findings f WHERE TRUE` + w.and() + ` ORDER BY ` + columnsOf(o.columns) + ` LIMIT ` + w.bind(a.Within/parts+1) + `) AS f`
	w.conditions = nil
	return table, nil
}

// ranged restricts findings of a part by what an index knows.
func (a *asked) ranged(w *where, o order, p part) error {
	if err := cmp.Or(a.of(w, p), w.in(a.what, "f.namespace", a.Namespaces, maxWord)); err != nil {
		return err
	}
	a.ages(w)
	a.rare(w)
	switch first := o.columns[0]; {
	case first == "namespace": // what is ordered by is restricted too, or the keys would be those of others
		return cmp.Or(w.in(a.what, "f.kind", a.Kinds, maxWord), w.in(a.what, "f.name", a.Names, maxName))
	case first == "control" || len(a.Namespaces) == 0:
		return w.in(a.what, "f.control", a.Controls, maxWord)
	}
	return nil
}

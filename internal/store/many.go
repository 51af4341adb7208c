package store

import (
	"strconv"
	"strings"
)

// putMany inserts rows with few statements. The names and the conflict clause are the program's own.
func (t *Tx) putMany(what, table string, columns []string, conflict string, rows [][]any) error {
	most := max(1, min(256, 2000/len(columns)))
	for len(rows) > 0 {
		// Two sizes only, so that few statements are prepared.
		n := most
		if len(rows) < n {
			n = min(len(rows), max(1, most/16))
		}
		args := make([]any, 0, n*len(columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if err := t.exec(what, t.insertion(table, columns, n)+conflict, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (t *Tx) insertion(table string, columns []string, rows int) string {
	var b strings.Builder
	places := placeholders
	if t.store.database.prepares() {
		// SQLite looks for a place with a number among all others, whenever one is bound.
		places = func(_, n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
	}
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + places(i*len(columns), len(columns)) + ")")
	}
	return b.String()
}

// placeholders are those of so many parameters after the first ones.
func placeholders(after, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(after+i+1))
	}
	return b.String()
}

// idChunk is how many ids one statement names.
const idChunk = 200

// eachChunk calls a function with ids, a fixed number at a time: what is missing is 0, which is none's.
func eachChunk(ids []int64, fn func(args []any) error) error {
	for len(ids) > 0 {
		args := make([]any, idChunk)
		for i := range args {
			args[i] = int64(0)
			if i < len(ids) {
				args[i] = ids[i]
			}
		}
		if err := fn(args); err != nil {
			return err
		}
		ids = ids[min(idChunk, len(ids)):]
	}
	return nil
}

package sheet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// cell is one filled cell of a table.
type cell struct {
	column int // from 0, bounded by who reads it
	value  string
	wrong  string // why its value cannot be used; "" if it can
}

// headerWithin is in how many filled rows the header is looked for: people put titles above it.
const headerWithin = 20

// table makes rows of cells: it finds the columns by their names, wherever they stand.
type table struct {
	columns  map[string]int // nil until the header is found
	found    []string       // the names in the first row that looks most like a header
	missing  string         // the column that it lacks
	seen     int            // filled rows before the header, and then after it
	rows     []Row
	problems []Problem
}

// errNoHeader ends the reading of a table that has none.
var errNoHeader = errors.New("no header")

// add takes the next row of the table.
func (t *table) add(place string, cells []cell) error {
	if t.columns == nil {
		return t.header(cells)
	}
	if len(cells) == 0 {
		return nil
	}
	if t.seen++; t.seen > maxRows {
		return fmt.Errorf("%s: there are more than %d rows: take out those that hold no answers", place, maxRows)
	}
	row := Row{Place: place}
	var wrong []Problem
	for _, name := range readOrder {
		column, present := t.columns[name]
		if !present {
			continue
		}
		at := slices.IndexFunc(cells, func(c cell) bool { return c.column == column })
		if at < 0 {
			continue
		}
		if cells[at].wrong != "" {
			wrong = append(wrong, Problem{place, cells[at].wrong})
		} else if err := read[name](&row, cells[at].value); err != nil {
			wrong = append(wrong, Problem{place, strings.ToLower(name) + " " + err.Error()})
		}
	}
	t.take(row, wrong)
	return nil
}

// take keeps a row. One with a cell that cannot be used would say something else than its author
// meant, so it is left out as a whole.
func (t *table) take(row Row, wrong []Problem) {
	t.problems = append(t.problems, wrong...)
	switch {
	case len(wrong) > 0:
	case row.Key != "":
		t.rows = append(t.rows, row)
	case !row.isBlank() || row.Owner != "" || row.Due != "":
		t.problems = append(t.problems, Problem{row.Place, "row is filled in, but its column " + keyColumn + " is empty: write the question's id there"})
	}
}

// isBlank is true if the row answers nothing.
func (r *Row) isBlank() bool {
	filled := slices.ContainsFunc(append(r.Values, r.Text, string(r.Judged), r.Comment), func(s string) bool { return strings.TrimSpace(s) != "" })
	return !filled && !r.NotApplicable
}

// header looks whether a row is the header.
func (t *table) header(cells []cell) error {
	if len(cells) == 0 {
		return nil
	}
	var names []string
	for _, cell := range cells {
		for len(names) <= cell.column {
			names = append(names, "")
		}
		names[cell.column] = cell.value
	}
	found, missing := findColumns(names)
	if missing == "" {
		t.columns, t.seen = found, 0
		return doubled(names)
	}
	if t.found == nil || len(found) > 0 && missing == answerColumn {
		t.found, t.missing = names, missing
	}
	if t.seen++; t.seen >= headerWithin {
		return errNoHeader
	}
	return nil
}

// findColumns gives the places of the columns that are read, and the name of one that must be
// there and is not; "" if none.
func findColumns(names []string) (map[string]int, string) {
	found := map[string]int{}
	for _, known := range readOrder {
		if at := slices.IndexFunc(names, func(name string) bool { return isName(name, known) }); at >= 0 {
			found[known] = at
		}
	}
	for _, needed := range []string{keyColumn, answerColumn} {
		if _, present := found[needed]; !present {
			return found, needed
		}
	}
	return found, ""
}

func isName(name, known string) bool { return strings.EqualFold(strings.TrimSpace(name), known) }

// doubled refuses a header that names a column twice: either could be meant.
func doubled(names []string) error {
	for i, name := range names {
		for _, known := range readOrder {
			if isName(name, known) && slices.ContainsFunc(names[:i], func(n string) bool { return isName(n, known) }) {
				return fmt.Errorf("column %s stands twice: rename or remove one", known)
			}
		}
	}
	return nil
}

// noHeader says which column is missing and what there is instead.
func (t *table) noHeader() error {
	names := make([]string, 0, len(t.found))
	for _, name := range t.found {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, fmt.Sprintf("%q", excerpt(name)))
		}
	}
	const most = 25
	if len(names) > most {
		names = append(names[:most], "...")
	}
	if len(names) == 0 {
		names = []string{"nothing"}
	}
	missing := t.missing
	if missing == "" {
		missing = keyColumn
	}
	return fmt.Errorf("column %s is missing: the header must name %s and %s, found %s", missing, keyColumn, answerColumn, strings.Join(names, ", "))
}

package sheet

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// sheetReader reads the rows of one sheet into a table.
type sheetReader struct {
	book   *workbook
	sheet  sheetPart
	table  *table
	row    int // the number of the row that is read; 0 before the first
	header int // the number of the header's row; 0 before it
	cells  []cell
	merged []string
}

func (b *workbook) read(sheet sheetPart, t *table) error {
	r := &sheetReader{book: b, sheet: sheet, table: t}
	err := b.each(sheet.part, func(in *xml.Decoder, element xml.StartElement) error {
		switch element.Name.Local {
		case "row":
			return r.begin(element)
		case "c":
			return r.cell(in, element)
		case "mergeCell":
			if len(r.merged) < maxMerged {
				r.merged = append(r.merged, attribute(element, "ref"))
			}
		}
		return nil
	})
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return err
	}
	for _, merged := range r.merged {
		r.checkMerged(merged)
	}
	return nil
}

// begin begins a row and gives the one before it to the table.
func (r *sheetReader) begin(element xml.StartElement) error {
	if err := r.end(); err != nil {
		return err
	}
	r.row++
	if n, err := strconv.Atoi(attribute(element, "r")); err == nil && n > 0 {
		r.row = n
	}
	return nil
}

func (r *sheetReader) place() string {
	return fmt.Sprintf("%s: %s!row %d", r.book.name, r.sheet.name, r.row)
}

func (r *sheetReader) end() error {
	if len(r.cells) == 0 {
		return nil
	}
	err := r.table.add(r.place(), r.cells)
	if r.header == 0 && r.table.columns != nil {
		r.header = r.row
	}
	r.cells = r.cells[:0]
	return err
}

// cell reads a cell. Empty ones, which only have a style, are left out.
func (r *sheetReader) cell(in *xml.Decoder, element xml.StartElement) error {
	column := 0
	if len(r.cells) > 0 {
		column = r.cells[len(r.cells)-1].column + 1
	}
	name := attribute(element, "r")
	if named, _, ok := coordinates(name); ok {
		column = named
	}
	if column >= maxColumns || len(r.cells) >= maxColumns {
		return fmt.Errorf("%s has more than %d columns: take out what holds no answers", r.place(), maxColumns)
	}
	raw, err := readRaw(in, element)
	if err != nil {
		return fmt.Errorf("file is damaged at %s: %w", r.place(), err)
	}
	value, wrong := r.book.value(raw)
	if value == "" && wrong == "" {
		return nil
	}
	if wrong != "" {
		wrong = "cell " + excerpt(strings.Map(visible, name)) + " " + wrong
	}
	r.cells = append(r.cells, cell{column, value, wrong})
	return nil
}

// coordinates reads the name of a cell, as AB12: the column from 0 and the row from 1.
func coordinates(name string) (column, row int, ok bool) {
	name = strings.ReplaceAll(name, "$", "")
	letters := 0
	for letters < len(name) && letters < 4 && name[letters] >= 'A' && name[letters] <= 'Z' {
		column = column*26 + int(name[letters]-'A') + 1
		letters++
	}
	row, err := strconv.Atoi(name[letters:])
	return column - 1, row, err == nil && letters > 0 && row > 0
}

// checkMerged tells of merged cells among those that are read: only the first of them has a value,
// and the others look as if they had it too.
func (r *sheetReader) checkMerged(area string) {
	from, to, _ := strings.Cut(area, ":")
	left, top, ok := coordinates(from)
	right, bottom, known := coordinates(to)
	if !ok || !known || r.header == 0 || bottom <= r.header {
		return
	}
	for _, column := range r.table.columns {
		if left <= column && column <= right {
			place := fmt.Sprintf("%s: %s!row %d", r.book.name, r.sheet.name, top)
			r.table.problems = append(r.table.problems, Problem{place,
				"cells " + excerpt(area) + " are merged, and only the first of them is read: take them apart and fill in each"})
			return
		}
	}
}

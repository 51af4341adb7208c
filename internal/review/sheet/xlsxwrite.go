package sheet

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

const (
	questionsSheet = "Questions"
	howToSheet     = "How to"
	longestCell    = 32_767 // in UTF-16 units, what a cell can hold
)

// workbookWriter writes the sheet of questions. The first error stays and ends all that follows.
type workbookWriter struct {
	file    *excelize.File
	styles  styles
	columns []column
	err     error
}

func writeXLSX(w io.Writer, v *review.View, all []*entry) error {
	file := excelize.NewFile()
	defer file.Close() // it holds nothing outside memory
	x := &workbookWriter{file: file, columns: columnsFor(all)}
	x.try(file.SetSheetName("Sheet1", questionsSheet))
	x.try(file.SetDocProps(&excelize.DocProperties{Creator: "Kubeproof", Title: "Answers of the review " + v.Plan.ID}))
	x.makeStyles()
	x.header()
	for i, entry := range all {
		x.row(i+2, entry)
	}
	x.layout(len(all))
	x.lists(all)
	x.howTo(v)
	if x.err == nil {
		x.err = file.Write(w)
	}
	if x.err != nil {
		return fmt.Errorf("write answers as XLSX: %w", x.err)
	}
	return nil
}

func (x *workbookWriter) try(err error) {
	if x.err == nil {
		x.err = err
	}
}

// columnsFor are the columns, and more for comments that one cell does not hold.
func columnsFor(all []*entry) []column {
	most := 1
	for _, e := range all {
		most = max(most, len(chunks(e.text.Comment)))
	}
	with := columns
	for n := 2; n <= most; n++ {
		with = append(with[:len(with):len(with)], column{fmt.Sprintf("%s %d", commentColumn, n), 44, true, func(e *entry) string {
			if parts := chunks(e.text.Comment); len(parts) >= n {
				return parts[n-1]
			}
			return ""
		}})
	}
	return with
}

// chunks cuts a text into parts that a cell holds.
func chunks(text string) []string {
	if len(text) <= longestCell {
		return []string{text}
	}
	var parts []string
	from, units := 0, 0
	for at, r := range text {
		size := utf16.RuneLen(r)
		if units+size > longestCell {
			parts = append(parts, text[from:at])
			from, units = at, 0
		}
		units += size
	}
	return append(parts, text[from:])
}

func (x *workbookWriter) header() {
	for i, column := range x.columns {
		x.text(at(i, 1), column.name)
		letter, err := excelize.ColumnNumberToName(i + 1)
		x.try(err)
		x.try(x.file.SetColWidth(questionsSheet, letter, letter, column.width))
	}
	x.try(x.file.SetCellStyle(questionsSheet, "A1", at(len(x.columns)-1, 1), x.styles.header))
}

// at names a cell; columns count from 0 and rows from 1.
func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		panic("sheet: " + err.Error()) // columns and rows are ours and few
	}
	return name
}

func (x *workbookWriter) row(n int, e *entry) {
	x.try(x.file.SetRowHeight(questionsSheet, n, x.height(e)))
	for i, column := range x.columns {
		if x.err != nil {
			return
		}
		value, where := column.cell(e), at(i, n)
		x.try(x.file.SetCellStyle(questionsSheet, where, where, x.style(column, e)))
		switch {
		case value == "":
		case x.isDate(column, e) && x.date(where, value):
		case column.name == answerColumn && e.question().Type == checklist.Number && x.number(where, value):
		default:
			if column.filled {
				x.try(writable(e.key, column.name, value))
			}
			x.text(where, chunks(value)[0])
		}
	}
}

func (x *workbookWriter) isDate(c column, e *entry) bool {
	switch c.name {
	case dueColumn, answeredColumn, freshColumn:
		return true
	case answerColumn:
		return e.question().Type == checklist.Date
	}
	return false
}

// firstDay is from when on all spreadsheet programs count days alike.
var firstDay = time.Date(1900, time.March, 1, 0, 0, 0, 0, time.UTC)

// date writes a real date; false if the value has to stay a text.
func (x *workbookWriter) date(where, value string) bool {
	day, err := time.Parse(time.DateOnly, value)
	if err != nil || day.Before(firstDay) {
		return false
	}
	x.try(x.file.SetCellInt(questionsSheet, where, (day.Unix()-firstDay.Unix())/86_400+61))
	return true
}

// number writes a real number; false if a cell would not hold all digits.
func (x *workbookWriter) number(where, value string) bool {
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || len(strings.Trim(value, "-.")) > 15 {
		return false
	}
	x.try(x.file.SetCellFloat(questionsSheet, where, number, -1, 64))
	return true
}

// escaped looks like XLSX's way to write a character, which the library writes in one way here, in
// another there, and leaves out if it is none. In runs that are cut inside it is just a text.
var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// text writes a text. It is never a formula, whatever it begins with.
func (x *workbookWriter) text(where, value string) {
	if !escaped.MatchString(value) {
		x.try(x.file.SetCellStr(questionsSheet, where, value))
		return
	}
	var runs []excelize.RichTextRun
	for part := range strings.SplitAfterSeq(value, "_x") {
		if part != "" {
			runs = append(runs, excelize.RichTextRun{Text: part})
		}
	}
	x.try(x.file.SetCellRichText(questionsSheet, where, runs))
}

// writable refuses what XML cannot hold: it would be another character when it is read.
func writable(key, column, text string) error {
	if strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xfffe || r == 0xffff
	}) {
		return fmt.Errorf("%s of %s %w", strings.ToLower(column), key, errors.New("holds a character that no workbook can hold: write YAML or CSV, or remove it"))
	}
	return nil
}

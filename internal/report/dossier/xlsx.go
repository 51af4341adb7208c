package dossier

import (
	"io"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/kubeproof/kubeproof/internal/review"
)

// longestCell is how many characters a cell of a workbook holds, in units of UTF-16.
const longestCell = 32767

// cutNote stands at the end of a text that a cell does not hold.
const cutNote = "\n[cut here: the JSON report has the whole text]"

// workbook writes sheets. Every text is written as a string and never as a formula, in cells of the
// format text, so that it stays one when somebody edits it. The stream writer of excelize is not used:
// it writes its sheets in the order of a map, so that two files of one review would differ, and a review
// is small enough without.
type workbook struct {
	file   *excelize.File
	styles styles
	sheets int
	err    error
}

// column is a column of a sheet with its width in characters.
type column struct {
	title string
	width float64
}

// writeXLSX writes one sheet for each kind of record.
func writeXLSX(w io.Writer, d *Dossier) error {
	document := neutralised(Gather(d))
	book := &workbook{file: excelize.NewFile()}
	defer func() { _ = book.file.Close() }()
	book.makeStyles()
	book.summary(document)
	book.items(document)
	book.questions(document)
	book.evidence(document)
	book.exceptions(document)
	book.frameworks(document)
	book.access(document)
	book.ledger(document)
	book.properties(document)
	if book.err != nil {
		return book.err
	}
	return book.file.Write(w)
}

// do runs a step unless one before it failed.
func (b *workbook) do(step func() error) {
	if b.err == nil {
		b.err = step()
	}
}

// properties are of the time of the view, and not of the time of writing.
func (b *workbook) properties(d *Document) {
	at := d.Review.At.UTC().Truncate(time.Second).Format(time.RFC3339)
	b.do(func() error {
		return b.file.SetDocProps(&excelize.DocProperties{Title: cut(d.Review.Title), Creator: "Kubeproof " + d.Kubeproof, LastModifiedBy: "Kubeproof", Created: at, Modified: at})
	})
}

// sheet adds a sheet with a header that stays in sight, and a filter over its rows.
func (b *workbook) sheet(name string, columns []column, rows [][]any) {
	b.do(func() error {
		if b.sheets++; b.sheets == 1 {
			return b.file.SetSheetName("Sheet1", name)
		}
		_, err := b.file.NewSheet(name)
		return err
	})
	header := make([]any, len(columns))
	for i, column := range columns {
		header[i] = column.title
		b.do(func() error {
			letter, err := excelize.ColumnNumberToName(i + 1)
			if err != nil {
				return err
			}
			return b.file.SetColWidth(name, letter, letter, column.width)
		})
	}
	b.row(name, 1, header)
	b.do(func() error { return b.file.SetRowHeight(name, 1, 2*lineHeight) })
	for i, row := range rows {
		b.row(name, i+2, row)
		b.do(func() error { return b.file.SetRowHeight(name, i+2, height(columns, row)) })
	}
	b.frame(name, len(columns), len(rows)+1)
}

// Heights in points: of one line, and the greatest that a row can have.
const (
	lineHeight = 15
	mostHeight = 405
)

// height is how high a row must be to show its texts, which no program works out by itself in every case.
func height(columns []column, row []any) float64 {
	lines := 1
	for i, value := range row {
		text, _ := value.(string)
		needed := 0
		for line := range strings.Lines(text) {
			needed += 1 + utf8.RuneCountInString(line)/int(columns[i].width)
		}
		lines = max(lines, needed)
	}
	return float64(min(mostHeight, lineHeight*lines))
}

func (b *workbook) frame(name string, columns, rows int) {
	last, err := excelize.CoordinatesToCellName(columns, rows)
	b.do(func() error { return err })
	end, err := excelize.CoordinatesToCellName(columns, 1)
	b.do(func() error { return err })
	b.do(func() error { return b.file.SetCellStyle(name, "A1", end, b.styles.header) })
	b.do(func() error {
		return b.file.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	})
	b.do(func() error { return b.file.AutoFilter(name, "A1:"+last, nil) })
	landscape, wide, high := "landscape", 1, 0
	paper := 9 // A4
	b.do(func() error {
		return b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &wide, FitToHeight: &high})
	})
	fit := true
	b.do(func() error { return b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}) })
}

// row writes texts as texts, whole numbers as numbers and states with their colour.
func (b *workbook) row(name string, at int, values []any) {
	for i, value := range values {
		b.do(func() error {
			cell, err := excelize.CoordinatesToCellName(i+1, at)
			if err != nil {
				return err
			}
			style := b.styles.text
			switch value := value.(type) {
			case int:
				style, err = b.styles.number, b.file.SetCellInt(name, cell, int64(value))
			case review.ItemState:
				style, err = b.styles.state[value], b.file.SetCellStr(name, cell, spoken(value))
			default:
				err = b.file.SetCellStr(name, cell, cut(value.(string)))
			}
			if err != nil {
				return err
			}
			return b.file.SetCellStyle(name, cell, cell, style)
		})
	}
}

// cut shortens a text to what a cell holds, and says so.
func cut(text string) string {
	if len(text) <= longestCell {
		return text
	}
	room, units := longestCell-len(cutNote), 0
	if len(utf16.Encode([]rune(text))) <= longestCell {
		return text
	}
	for at, r := range text {
		if units += utf16.RuneLen(r); units > room {
			return text[:at] + cutNote
		}
	}
	return text
}

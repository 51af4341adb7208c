package sheet

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// styles are those of the cells, by what stands in them.
type styles struct{ header, shown, shownDate, text, number, date int }

func (x *workbookWriter) makeStyles() {
	const textFormat = 49 // "@": what people type stays a text, also =1 and 1e3
	day := "yyyy-mm-dd"
	add := func(style excelize.Style) int {
		style.Alignment = &excelize.Alignment{Vertical: "top", WrapText: true}
		id, err := x.file.NewStyle(&style)
		x.try(err)
		return id
	}
	grey := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EDEDED"}}
	var border []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "A6A6A6", Style: 1})
	}
	x.styles = styles{
		header: add(excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Border: border,
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F3864"}}}),
		shown:     add(excelize.Style{Fill: grey, Border: border, NumFmt: textFormat}),
		shownDate: add(excelize.Style{Fill: grey, Border: border, CustomNumFmt: &day}),
		text:      add(excelize.Style{Border: border, NumFmt: textFormat}),
		number:    add(excelize.Style{Border: border}),
		date:      add(excelize.Style{Border: border, CustomNumFmt: &day}),
	}
}

func (x *workbookWriter) style(c column, e *entry) int {
	switch date := x.isDate(c, e); {
	case date && c.filled:
		return x.styles.date
	case date:
		return x.styles.shownDate
	case !c.filled:
		return x.styles.shown
	case c.name == answerColumn && e.question().Type == checklist.Number:
		return x.styles.number
	}
	return x.styles.text
}

// height is how high a row must be for its texts, in points. Not all programs work it out when they
// open a file.
func (x *workbookWriter) height(e *entry) float64 {
	const line, most = 15, 20
	lines := 2
	for _, column := range x.columns {
		n := 0
		for text := range strings.SplitSeq(column.cell(e), "\n") {
			n += 1 + utf8.RuneCountInString(text)/int(column.width)
		}
		lines = max(lines, n)
	}
	return line * float64(min(lines, most))
}

// layout freezes header and ids, and lets people filter.
func (x *workbookWriter) layout(rows int) {
	x.try(x.file.SetPanes(questionsSheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}))
	x.try(x.file.AutoFilter(questionsSheet, "A1:"+at(len(x.columns)-1, rows+1), nil))
}

// dropDown is a list of values for cells of one column.
type dropDown struct {
	column string
	values string // with commas between them
	rows   []int
}

// lists puts drop-down lists where the answer is one of few. Questions with the same values share
// a list.
func (x *workbookWriter) lists(all []*entry) {
	var lists []*dropDown
	add := func(column string, row int, values ...string) {
		joined := strings.Join(values, ",")
		if len(joined) > 255 || len(values) == 0 {
			return // a workbook cannot hold it; the choices stand beside
		}
		at := slices.IndexFunc(lists, func(l *dropDown) bool { return l.column == column && l.values == joined })
		if at < 0 {
			at, lists = len(lists), append(lists, &dropDown{column: column, values: joined})
		}
		lists[at].rows = append(lists[at].rows, row)
	}
	for i, e := range all {
		q := e.question()
		if q.Type != checklist.Many {
			add(answerColumn, i+2, q.Values()...)
		}
		if e.asked != nil && q.NeedsJudgement() {
			add(judgedColumn, i+2, string(checklist.Satisfied), string(checklist.Partly), string(checklist.NotSatisfied))
		}
		add(notColumn, i+2, "yes", "no")
	}
	for _, list := range lists {
		x.try(x.addList(list))
	}
}

func (x *workbookWriter) addList(list *dropDown) error {
	column := slices.IndexFunc(x.columns, func(c column) bool { return c.name == list.column })
	validation := excelize.NewDataValidation(true)
	for i := 0; i < len(list.rows); {
		from := i
		for i++; i < len(list.rows) && list.rows[i] == list.rows[i-1]+1; i++ {
		}
		validation.SetSqref(at(column, list.rows[from]) + ":" + at(column, list.rows[i-1]))
	}
	if err := validation.SetDropList(strings.Split(list.values, ",")); err != nil {
		return err
	}
	validation.SetError(excelize.DataValidationErrorStyleStop, "Not one of the answers", "Choose one of: "+strings.ReplaceAll(clip(list.values, 180), ",", ", "))
	return x.file.AddDataValidation(questionsSheet, validation)
}

func clip(text string, longest int) string {
	if len(text) <= longest {
		return text
	}
	return text[:longest] + "..."
}

// howToLines are the instructions, one paragraph on a line.
var howToLines = []string{
	"Fill in the white columns of the sheet Questions. The grey ones are only shown: what is changed there does not count.",
	"Answer: choose from the list, or write as the column Choices says. Where several choices fit, write each on a line of its own, or with commas between them.",
	"Judgement: needed for texts, links, several choices, and where no bound is set. Say how far the answer fulfils what is asked: satisfied, partly or not-satisfied. Leave it empty elsewhere.",
	"Not applicable: write yes where a question does not apply, leave the answer empty, and say why in the comment.",
	"Comment: what else a reviewer has to know. Evidence is attached in Kubeproof, not here.",
	"Owner and Due: who has to answer, by name, id or address, and until when. Empty changes nothing.",
	"An empty row changes nothing, and no answer can be erased here. Rows can be sorted and taken out, columns moved and added; the names in the first row must stay.",
	"To declare that an item of a checklist does not apply, add a row with the item's id in the column Question, yes under Not applicable, and a comment.",
	"Write values, not formulas. Do not merge cells. Save the file as .xlsx, or as CSV in UTF-8.",
	"Read the file in with: kubeproof review import FILE. It first shows what would change.",
}

func (x *workbookWriter) howTo(v *review.View) {
	_, err := x.file.NewSheet(howToSheet)
	x.try(err)
	x.try(x.file.SetColWidth(howToSheet, "A", "A", 110))
	title := "Answers of the review " + v.Plan.ID + ": " + v.About.Title
	for i, line := range append([]string{title}, howToLines...) {
		x.try(x.file.SetCellStr(howToSheet, at(0, i+1), line))
	}
	bold, err := x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}, Alignment: &excelize.Alignment{WrapText: true}})
	x.try(err)
	wrapped, err := x.file.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	x.try(err)
	x.try(x.file.SetCellStyle(howToSheet, "A1", "A1", bold))
	x.try(x.file.SetCellStyle(howToSheet, "A2", at(0, len(howToLines)+1), wrapped))
}

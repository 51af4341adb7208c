package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// column is one column of XLSX and CSV.
type column struct {
	name  string
	width float64 // in XLSX, in characters
	// filled is true for what people fill in; the others are only shown.
	filled bool
	cell   func(*entry) string
}

// The names of the columns that are read.
const (
	keyColumn      = "Question"
	answerColumn   = "Answer"
	judgedColumn   = "Judgement"
	notColumn      = "Not applicable"
	commentColumn  = "Comment"
	ownerColumn    = "Owner"
	dueColumn      = "Due"
	answeredColumn = "Answered on"
	freshColumn    = "Fresh until"
)

// columns are all, in the order in which they are written.
var columns = []column{
	{keyColumn, 24, false, func(e *entry) string { return e.key }},
	{"Items", 12, false, func(e *entry) string { return strings.Join(e.itemIDs(), ", ") }},
	{"Section", 18, false, func(e *entry) string { return e.section() }},
	{"Text", 44, false, func(e *entry) string { return e.question().Text }},
	{"Guidance", 44, false, func(e *entry) string { return e.question().Guidance }},
	{"Evidence expected", 32, false, func(e *entry) string { return e.question().Evidence }},
	{"Type", 9, false, typeCell},
	{"Choices", 30, false, func(e *entry) string { return strings.Join(choices(e.question()), "\n") }},
	{answerColumn, 30, true, func(e *entry) string { return strings.Join(e.values(), "\n") }},
	{judgedColumn, 14, true, func(e *entry) string { return string(e.reply.Judged) }},
	{notColumn, 12, true, notCell},
	{commentColumn, 44, true, func(e *entry) string { return e.text.Comment }},
	{ownerColumn, 18, true, func(e *entry) string { return nameOf(e.view.State, e.answer.Owner) }},
	{dueColumn, 12, true, func(e *entry) string { return e.answer.Due }},
	{"Stage", 16, false, func(e *entry) string { return e.stage() }},
	{"Scan suggests", 30, false, func(e *entry) string { return e.scan() }},
	{"Answered by", 18, false, func(e *entry) string { return e.view.State.NameOf(e.reply.By) }},
	{answeredColumn, 12, false, func(e *entry) string { return e.answeredOn() }},
	{freshColumn, 12, false, freshCell},
}

func typeCell(e *entry) string {
	if e.asked == nil {
		return "item"
	}
	return string(e.question().Type)
}

func notCell(e *entry) string {
	if e.reply.NotApplicable {
		return "yes"
	}
	return ""
}

func freshCell(e *entry) string {
	if e.asked == nil {
		return ""
	}
	return e.asked.Until
}

// read are the columns that fill a row, with what each puts into it. A comment that is too long
// for a cell goes on in the columns "Comment 2" and so on.
var read = map[string]func(*Row, string) error{
	keyColumn:            func(r *Row, cell string) error { r.Key = strings.TrimSpace(cell); return nil },
	answerColumn:         func(r *Row, cell string) error { r.Text = cell; return nil },
	judgedColumn:         func(r *Row, cell string) error { r.Judged = checklist.Result(strings.TrimSpace(cell)); return nil },
	notColumn:            readNot,
	commentColumn:        readComment,
	commentColumn + " 2": readComment,
	commentColumn + " 3": readComment,
	ownerColumn:          func(r *Row, cell string) error { r.Owner = strings.TrimSpace(cell); return nil },
	dueColumn:            func(r *Row, cell string) error { r.Due = strings.TrimSpace(cell); return nil },
}

// readOrder is the order in which cells are put into a row.
var readOrder = []string{keyColumn, answerColumn, judgedColumn, notColumn, commentColumn, commentColumn + " 2", commentColumn + " 3", ownerColumn, dueColumn}

func readComment(r *Row, cell string) error { r.Comment += cell; return nil }

func readNot(r *Row, cell string) error {
	not, err := yesOrNo(cell)
	r.NotApplicable = not
	return err
}

// yesOrNo reads a tick, as people and spreadsheet programs write it.
func yesOrNo(text string) (bool, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	switch {
	case slices.Contains([]string{"yes", "y", "true", "x", "1"}, text):
		return true, nil
	case slices.Contains([]string{"", "no", "n", "false", "0"}, text):
		return false, nil
	}
	return false, fmt.Errorf("%q is neither yes nor no: write one of these", excerpt(text))
}

// excerpt keeps a message short, whatever stands in a file.
func excerpt(text string) string {
	const longest = 60
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..."
}

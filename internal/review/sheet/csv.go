package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/review"
)

// writeCSV writes RFC 4180 with a header.
func writeCSV(w io.Writer, _ *review.View, all []*entry) error {
	out := csv.NewWriter(w)
	record := make([]string, len(columns))
	for i, column := range columns {
		record[i] = column.name
	}
	out.Write(record) // csv.Writer keeps its first error
	for _, entry := range all {
		for i, column := range columns {
			record[i] = guard(lineEnds(column.cell(entry))) // readers of CSV drop some carriage returns
		}
		out.Write(record)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write answers as CSV: %w", err)
	}
	return nil
}

// dangerous begin a formula in some spreadsheet program (OWASP, CSV Injection). The apostrophe is
// among them so that what guard does can be undone.
const dangerous = "=+-@\t\r\n'＝＋－＠"

func isDangerous(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text != "" && strings.ContainsRune(dangerous, first)
}

// guard puts an apostrophe before a text that a spreadsheet program would run as a formula.
func guard(text string) string {
	if isDangerous(text) {
		return "'" + text
	}
	return text
}

// unguard takes off just what guard puts on: an apostrophe that people write before other texts stays.
func unguard(text string) string {
	if rest, quoted := strings.CutPrefix(text, "'"); quoted && isDangerous(rest) {
		return rest
	}
	return text
}

// maxFields bounds the memory that a file takes: each field has tens of bytes beside its text.
const maxFields = 2_000_000

func readCSV(name string, data []byte) ([]Row, []Problem, error) {
	text, err := decodeText(data)
	if err != nil {
		var encoding *encodingError
		if errors.As(err, &encoding) {
			return nil, nil, fmt.Errorf("%s:%d: %w", name, encoding.line, err)
		}
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	text, separator, skipped := separatorOf(text)
	if strings.Count(text, string(separator)) > maxFields {
		return nil, nil, fmt.Errorf("%s: file has more than %d fields: take out what holds no answers", name, maxFields)
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = separator, -1, true
	t, last, before := &table{}, 0, 0 // before is how many fields the last row but one has
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			t.checkEnd(text, last, before)
			break
		}
		if err != nil {
			// What follows a stray quote might be read as other rows than were written.
			return nil, nil, csvError(name, err, skipped)
		}
		last, before = len(record), last
		line, _ := in.FieldPos(0)
		if err := t.add(fmt.Sprintf("%s:%d", name, line+skipped), cellsOf(record)); errors.Is(err, errNoHeader) {
			break
		} else if err != nil {
			return nil, nil, placed(name, err)
		}
	}
	if t.columns == nil {
		return nil, nil, fmt.Errorf("%s: %w", name, t.noHeader())
	}
	return t.rows, t.problems, nil
}

// checkEnd leaves out a last row that is cut off: it is shorter than the one before it and has no line
// end. A text that is cut is still a text, and nothing else would tell.
func (t *table) checkEnd(text string, last, before int) {
	n := len(t.rows) - 1
	if last < before && n >= 0 && !strings.HasSuffix(text, "\n") {
		t.problems = append(t.problems, Problem{t.rows[n].Place, "row is cut off, as the file may be: it is left out: end it with a line end"})
		t.rows = t.rows[:n]
	}
}

// placed puts the file's name before an error that has no place yet.
func placed(name string, err error) error {
	if strings.HasPrefix(err.Error(), name+":") {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

func cellsOf(record []string) []cell {
	cells := make([]cell, 0, len(record))
	for i, field := range record {
		if field != "" {
			cells = append(cells, cell{column: i, value: unguard(field)})
		}
	}
	return cells
}

func csvError(name string, err error, skipped int) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return fmt.Errorf("%s: %w", name, err)
	}
	hint := parse.Err.Error()
	switch {
	case errors.Is(err, csv.ErrQuote):
		hint = "quotes do not match: close them, write quotes inside twice, and see whether the file is cut off"
	case errors.Is(err, csv.ErrBareQuote):
		hint = `a quote stands inside a field that does not begin with one: put the field in quotes and write this one twice`
	}
	return fmt.Errorf("%s:%d: %s", name, parse.StartLine+skipped, hint)
}

// separators are what stands between fields: commas, or what spreadsheet programs write in
// countries where the comma stands in numbers, or for "Unicode text".
var separators = []rune{',', ';', '\t'}

// separatorOf finds the separator, by the line "sep=;" that some programs write first, or by the
// header. It gives the text without that line, and how many lines it left out.
func separatorOf(text string) (string, rune, int) {
	first, rest, _ := strings.Cut(text, "\n")
	if sep, named := strings.CutPrefix(strings.TrimRight(first, "\r"), "sep="); named && len(sep) == 1 && strings.ContainsAny(sep, ",;\t|") {
		return rest, rune(sep[0]), 1
	}
	best, most := ',', 0
	tried := 0
	for line := range strings.Lines(text) {
		for _, separator := range separators {
			if found, _ := findColumns(split(line, separator)); len(found) > most {
				best, most = separator, len(found)
			}
		}
		if tried++; tried > headerWithin {
			break
		}
	}
	return text, best, 0
}

// splitLine takes a line of a header apart at the separator that gives most columns.
func splitLine(line string) []string {
	_, separator, _ := separatorOf(line)
	return split(line, separator)
}

func split(line string, separator rune) []string {
	fields := strings.Split(strings.TrimRight(line, "\r\n"), string(separator))
	for i, field := range fields {
		fields[i] = strings.Trim(strings.TrimSpace(field), `"`)
	}
	return fields
}

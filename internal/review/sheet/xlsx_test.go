package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// open opens a workbook with the library, which is a second opinion on what we write.
func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func bytesOf(t *testing.T, file *excelize.File) []byte {
	t.Helper()
	out := &bytes.Buffer{}
	if err := file.Write(out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestXLSXHelpsPeople(t *testing.T) {
	p := standing(t)
	p.answer("drill", "", "=1+1", "2026-01-31")
	file := open(t, p.write("xlsx", sheet.Options{}))
	if got := strings.Join(file.GetSheetList(), ","); got != "Questions,How to" {
		t.Errorf("sheets are %s", got)
	}
	cells := map[string]string{"A1": "Question", "S1": "Fresh until", "A2": "login", "H4": "vault: A vault\nnone: None, at all", "I2": "yes", "I7": "90", "I9": "2026-01-31", "L9": "=1+1", "M2": "=Ben", "N2": "2026-08-01"}
	for cell, want := range cells {
		if got, err := file.GetCellValue("Questions", cell); got != want || err != nil {
			t.Errorf("cell %s is %q, want %q (%v)", cell, got, want, err)
		}
	}
	for cell, want := range map[string]excelize.CellType{"I2": excelize.CellTypeSharedString, "I7": excelize.CellTypeUnset, "I9": excelize.CellTypeUnset, "L9": excelize.CellTypeSharedString} {
		if got, _ := file.GetCellType("Questions", cell); got != want {
			t.Errorf("type of cell %s is %v, want %v", cell, got, want)
		}
	}
	if formula, _ := file.GetCellFormula("Questions", "L9"); formula != "" {
		t.Errorf("L9 has the formula %s", formula)
	}
	panes, err := file.GetPanes("Questions")
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 1 {
		t.Errorf("panes are %+v, %v", panes, err)
	}
	validations, err := file.GetDataValidations("Questions")
	if err != nil {
		t.Fatal(err)
	}
	var lists []string
	for _, validation := range validations {
		lists = append(lists, validation.Sqref+" "+validation.Formula1)
	}
	want := []string{`I2:I3 "yes,partly,no"`, `K2:K11 "yes,no"`, `I4:I4 "vault,none"`, `J5:J6 J8:J8 J10:J11 "satisfied,partly,not-satisfied"`}
	if diff := cmp.Diff(want, lists); diff != "" {
		t.Errorf("lists differ (-want +got):\n%s", diff)
	}
}

func TestWriteXLSXRefusesWhatItCannotHold(t *testing.T) {
	p := begin(t, smallLibrary(t), "small")
	p.answer("login", "", "a\ufffeb", "yes")
	err := sheet.Write("xlsx", io.Discard, p.view(), sheet.Options{})
	if want := "write answers as XLSX: comment of login holds a character that no workbook can hold: write YAML or CSV, or remove it"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	p.same("a.csv", p.write("csv", sheet.Options{}))
	p.same("a.yaml", p.write("yaml", sheet.Options{}))
}

// filled is a workbook as people fill it in.
func filled(t *testing.T, change func(f *excelize.File)) []byte {
	t.Helper()
	file := excelize.NewFile()
	defer file.Close()
	for i, name := range []string{"Question", "Answer", "Judgement", "Not applicable", "Comment", "Owner", "Due"} {
		cell, _ := excelize.CoordinatesToCellName(i+1, 1)
		set(t, file, cell, name)
	}
	change(file)
	return bytesOf(t, file)
}

func set(t *testing.T, file *excelize.File, cell string, value any) {
	t.Helper()
	if err := file.SetCellValue("Sheet1", cell, value); err != nil {
		t.Fatal(err)
	}
}

func format(t *testing.T, file *excelize.File, cell, code string) {
	t.Helper()
	style, err := file.NewStyle(&excelize.Style{CustomNumFmt: &code})
	if err != nil {
		t.Fatal(err)
	}
	if err := file.SetCellStyle("Sheet1", cell, cell, style); err != nil {
		t.Fatal(err)
	}
}

func TestReadXLSXCells(t *testing.T) {
	tests := []struct {
		name   string
		value  any
		format string
		want   string
	}{
		{"text", "007", "", "007"},
		{"number", 90, "", "90"},
		{"large number", 1e14, "", "100000000000000"},
		{"small number", 0.000001, "", "0.000001"},
		{"sum of fractions", 0.1 + 0.2, "", "0.3"},
		{"number with decimals shown", 90, "0.00E+00", "90"},
		{"money", 1234.5, `#,##0.00\ [$€-407]`, "1234.5"},
		{"share", 0.9, "0%", "90%"},
		{"date", 46053, "yyyy-mm-dd", "2026-01-31"},
		{"date as in Germany", 46053, `[$-407]dd\.mm\.yyyy;@`, "2026-01-31"},
		{"first days", 59, "d/m/yy", "1900-02-28"},
		{"date and time", 46053.5, "yyyy-mm-dd hh:mm", "2026-01-31 12:00:00"},
		{"time", 0.5, "hh:mm", "12:00:00"},
		{"hours", 1.5, "[h]:mm:ss", "1.5"},
		{"words that look like dates", 5, `0 "days"`, "5"},
		{"colour", 5, `[Red]0`, "5"},
		{"true", true, "", "true"},
		{"false", false, "", "false"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := filled(t, func(file *excelize.File) {
				set(t, file, "A2", "q")
				set(t, file, "B2", test.value)
				if test.format != "" {
					format(t, file, "B2", test.format)
				}
			})
			rows, problems, err := sheet.Read("a.xlsx", data)
			if told(problems, err) != "" || len(rows) != 1 || rows[0].Text != test.want || rows[0].Place != "a.xlsx: Sheet1!row 2" {
				t.Errorf("rows are %+v, want %s (%s)", rows, test.want, told(problems, err))
			}
		})
	}
}

func TestReadXLSXFrom1904(t *testing.T) {
	data := filled(t, func(file *excelize.File) {
		yes := true
		if err := file.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
		set(t, file, "A2", "q")
		set(t, file, "G2", 44591)
		format(t, file, "G2", "yyyy-mm-dd")
	})
	rows, problems, err := sheet.Read("a.xlsx", data)
	if told(problems, err) != "" || len(rows) != 1 || rows[0].Due != "2026-01-31" {
		t.Errorf("rows are %+v (%s)", rows, told(problems, err))
	}
}

func TestReadXLSXProblems(t *testing.T) {
	data := filled(t, func(file *excelize.File) {
		for i, key := range []string{"a", "b", "c", "d", "e", "f"} {
			set(t, file, fmt.Sprint("A", i+2), key)
			set(t, file, fmt.Sprint("B", i+2), "yes")
		}
		for cell, formula := range map[string]string{"B3": `"y"&"es"`, "Z4": "1+1"} {
			if err := file.SetCellFormula("Sheet1", cell, formula); err != nil {
				t.Fatal(err)
			}
		}
		if err := file.MergeCell("Sheet1", "B5", "B6"); err != nil {
			t.Fatal(err)
		}
		if err := file.MergeCell("Sheet1", "X5", "Y6"); err != nil {
			t.Fatal(err)
		}
		set(t, file, "A9", "")
		set(t, file, "E9", "lost")
	})
	rows, problems, err := sheet.Read("a.xlsx", data)
	want := "a.xlsx: Sheet1!row 3: cell B3 holds a formula: write its value\n" +
		"a.xlsx: Sheet1!row 9: row is filled in, but its column Question is empty: write the question's id there\n" +
		"a.xlsx: Sheet1!row 5: cells B5:B6 are merged, and only the first of them is read: take them apart and fill in each"
	if diff := cmp.Diff(want, told(problems, err)); diff != "" {
		t.Errorf("problems differ (-want +got):\n%s", diff)
	}
	if len(rows) != 5 {
		t.Errorf("rows are %+v, want all but b", rows)
	}
}

func TestReadXLSXSheetsAndColumnsAnywhere(t *testing.T) {
	p := standing(t)
	file := open(t, p.write("xlsx", sheet.Options{}))
	for _, step := range []error{
		file.MoveSheet("How to", "Questions"), file.SetSheetName("Questions", "Fragen"),
		file.InsertCols("Fragen", "A", 3), file.InsertRows("Fragen", 1, 2), file.SetCellStr("Fragen", "A1", "our copy"),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	data := bytesOf(t, file)
	p.same("a.xlsx", data)
	rows := p.read("a.xlsx", data)
	if len(rows) != 10 || rows[0].Place != "a.xlsx: Fragen!row 4" {
		t.Errorf("%d rows, the first at %s", len(rows), rows[0].Place)
	}
}

func TestReadXLSXWithoutColumns(t *testing.T) {
	p := standing(t)
	file := open(t, p.write("xlsx", sheet.Options{}))
	if err := file.SetCellStr("Questions", "I1", "Antwort"); err != nil {
		t.Fatal(err)
	}
	_, _, err := sheet.Read("a.xlsx", bytesOf(t, file))
	if want := `a.xlsx: column Answer is missing: the header must name Question and Answer, found "Question", "Items", "Section", "Text",`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error is %v, want %s", err, want)
	}
}

// edited is a workbook with other text in one of its parts.
func edited(t testing.TB, data []byte, edit func(name, content string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	archive := zip.NewWriter(out)
	for _, part := range in.File {
		reader, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		writer, err := archive.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(writer, edit(part.Name, string(content)))
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadXLSXHostile(t *testing.T) {
	p := standing(t)
	data := p.write("xlsx", sheet.Options{})
	const rows = "xl/worksheets/sheet1.xml"
	tests := []struct{ name, part, old, new, want string }{
		{"entities", "xl/sharedStrings.xml", "<sst", `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sst`, "a.xlsx: file has a document type at xl/sharedstrings.xml: save it again with a spreadsheet program"},
		{"unknown entity", "xl/sharedStrings.xml", "<t>yes<", "<t>&evil;<", "a.xlsx: file is damaged at its texts: XML syntax error on line 2: invalid character entity &evil;"},
		{"bomb", "xl/sharedStrings.xml", "<t>yes<", "<t>" + strings.Repeat("y", 65<<20) + "<", "a.xlsx: file is damaged at its texts: file unpacks to more than 64 MB: it is no list of answers"},
		{"many texts", "xl/sharedStrings.xml", "</sst>", strings.Repeat("<si/>", 1_000_001) + "</sst>", "a.xlsx: file has more than 1000000 texts: it is no list of answers"},
		{"text that is not there", rows, `t="s"><v>0<`, `t="s"><v>99999<`, "a.xlsx: column Question is missing"},
		{"many rows", rows, "</sheetData>", manyRows(30_000) + "</sheetData>", "a.xlsx: Questions!row 19998: there are more than 20000 rows: take out those that hold no answers"},
		{"row far below", rows, "</sheetData>", `<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>`, ""},
		{"column too far", rows, "</sheetData>", `<row r="300"><c r="ZZZZ300" t="str"><v>x</v></c></row></sheetData>`, "a.xlsx: Questions!row 300 has more than 16384 columns: take out what holds no answers"},
		{"cut off", rows, "</sheetData>", "", "a.xlsx: file is damaged at xl/worksheets/sheet1.xml: XML syntax error"},
		{"no sheet", "xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet9.xml", "a.xlsx: file is no XLSX workbook: its part xl/worksheets/sheet9.xml is missing: save it as .xlsx again"},
		{"far away", "xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "../../../../etc/passwd", "a.xlsx: file is no XLSX workbook: its part etc/passwd is missing: save it as .xlsx again"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := false
			data := edited(t, data, func(name, content string) string {
				if name != test.part {
					return content
				}
				after := strings.Replace(content, test.old, test.new, 1)
				changed = after != content
				return after
			})
			if !changed {
				t.Fatalf("%s does not hold %s", test.part, test.old)
			}
			got := ""
			used := allocated(func() {
				_, _, err := sheet.Read("a.xlsx", data)
				got = told(nil, err)
			})
			if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
				t.Errorf("error is\n     %.300s\nwant %s", got, test.want)
			}
			t.Logf("%d bytes, %d MB allocated", len(data), used>>20)
		})
	}
}

func manyRows(n int) string {
	rows := &strings.Builder{}
	for i := range n {
		fmt.Fprintf(rows, `<row r="%d"><c r="XFD%d" t="str"><v>x</v></c></row>`, i+8, i+8)
	}
	return rows.String()
}

// allocated is how much a function allocates, in bytes.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

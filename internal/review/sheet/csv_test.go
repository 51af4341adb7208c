package sheet_test

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

func utf16Of(order binary.AppendByteOrder, text string) []byte {
	var data []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		data = order.AppendUint16(data, unit)
	}
	return data
}

func TestReadCSVAsProgramsWriteIt(t *testing.T) {
	tabbed := "Answer\tQuestion\tNote\r\n\"a\nb\"\tstory\t\"\"\"x\"\"\"\r\nyes\tlogin\t\r\n"
	tests := []struct {
		name  string
		data  []byte
		lines [2]string
	}{
		{"commas", []byte("Question,Answer\nstory,\"a\nb\"\nlogin,yes\n"), [2]string{"2", "4"}},
		{"mark", []byte("\ufeffQuestion,Answer\r\nstory,\"a\r\nb\"\r\nlogin,yes"), [2]string{"2", "4"}},
		{"semicolons", []byte("question ; ANSWER;Due\nstory;\"a\nb\";\nlogin;yes;;;;\n"), [2]string{"2", "4"}},
		{"semicolons in quotes", []byte("\"Question\";\"Answer\";\"A, B\"\n\n\nstory;\"a\nb\";\"\"\n\"login\";\"yes\";\"\"\n"), [2]string{"4", "6"}},
		{"tabs", []byte(tabbed), [2]string{"2", "4"}},
		{"separator named", []byte("sep=;\r\nQuestion;Answer\r\nstory;\"a\nb\"\r\nlogin;yes\r\n"), [2]string{"3", "5"}},
		{"title above", []byte("Answers of pay,,\n,,\nby Ada,,\nItems,Question,Answer\nA.1,story,\"a\nb\"\nA.2,login,yes\n"), [2]string{"5", "7"}},
		{"UTF-16 little", utf16Of(binary.LittleEndian, tabbed), [2]string{"2", "4"}},
		{"UTF-16 big", utf16Of(binary.BigEndian, tabbed), [2]string{"2", "4"}},
		{"blank rows", []byte("Question,Answer\nstory,\"a\nb\"\nlogin,yes\n,\n\n  ,  \n"), [2]string{"2", "4"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows, problems, err := sheet.Read("a.csv", test.data)
			want := []sheet.Row{{Key: "story", Text: "a\nb", Place: "a.csv:" + test.lines[0]}, {Key: "login", Text: "yes", Place: "a.csv:" + test.lines[1]}}
			if diff := cmp.Diff(want, rows); diff != "" || told(problems, err) != "" {
				t.Errorf("%s\nrows differ (-want +got):\n%s", told(problems, err), diff)
			}
		})
	}
}

func TestReadWithoutName(t *testing.T) {
	p := standing(t)
	for _, format := range sheet.Formats {
		p.same("-", p.write(format, sheet.Options{}))
	}
}

func TestReadRefuses(t *testing.T) {
	p := standing(t)
	xlsx, commas, yaml := p.write("xlsx", sheet.Options{}), p.write("csv", sheet.Options{}), p.write("yaml", sheet.Options{})
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"a.csv", nil, "a.csv: file is empty"},
		{"a.yaml", []byte(" \n"), "a.yaml: file is empty"},
		{"a.yaml", []byte("# only a comment\n"), "a.yaml: file is empty"},
		{"a.xlsx", []byte{}, "a.xlsx: file is empty"},
		{"a.xlsx", commas, "a.xlsx: file is no XLSX workbook: it is CSV: name it .csv, or save it as .xlsx"},
		{"a.xlsx", yaml, "a.xlsx: file is no XLSX workbook: save it from the spreadsheet program as .xlsx"},
		{"a.xlsx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."), "a.xlsx: file is no XLSX workbook: it is an old .xls or has a password: save it as .xlsx without one"},
		{"a.csv", xlsx, "a.csv: file is a workbook or another ZIP archive: name it .xlsx if it is one"},
		{"a.yaml", xlsx, "a.yaml: file is a workbook or another ZIP archive: name it .xlsx if it is one"},
		{"a.csv", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "a.csv: file holds NUL bytes: it is no text, or in an encoding other than UTF-8: save it as UTF-8"},
		{"a.csv", []byte("Question,Answer\nlogin,yes\nstory,Gr\xfc\xdfe\n"), "a.csv:3: text is not UTF-8: save it in that encoding, which spreadsheet programs call \"CSV UTF-8\""},
		{"a.csv", []byte("\xff\xfeQ"), "a.csv: file is cut off in a UTF-16 character: save it again, as UTF-8"},
		{"a.csv", []byte("Question,Answer\nlogin,\"yes\nstory,x\n"), "a.csv:2: quotes do not match: close them, write quotes inside twice, and see whether the file is cut off"},
		{"a.csv", []byte("Question,Answer\nlogin,y\"es\n"), "a.csv:2: a quote stands inside a field that does not begin with one: put the field in quotes and write this one twice"},
		{"a.csv", yaml, ""},
		{"a.csv", []byte("Question,Reply,Note\nlogin,yes,\n"), "a.csv: column Answer is missing: the header must name Question and Answer, found \"Question\", \"Reply\", \"Note\""},
		{"a.csv", []byte("Frage;Answer\nlogin;yes\n"), "a.csv: column Question is missing: the header must name Question and Answer, found \"Frage\", \"Answer\""},
		{"a.csv", []byte("Question,Answer,answer\nlogin,yes,no\n"), "a.csv: column Answer stands twice: rename or remove one"},
		{"a.csv", []byte("Question,Answer\n" + strings.Repeat("login,yes\n", 20_001)), "a.csv:20002: there are more than 20000 rows: take out those that hold no answers"},
		{"a.csv", []byte("Question,Answer\n" + strings.Repeat(",", 2_000_000)), "a.csv: file has more than 2000000 fields: take out what holds no answers"},
		{"a.yaml", []byte(strings.Repeat("- {question: a}\n", 20_001)), "a.yaml: there are more than 20000 entries: take out those that hold no answers"},
		{"a.yaml", []byte("[" + strings.Repeat("[],", 1_000_000) + "]"), "a.yaml: file has more than 1000000 values: take out what holds no answers"},
		{"a.yaml", make([]byte, 20<<20+1), "a.yaml: file has 20971521 bytes: at most 20971520 are read: take out what holds no answers"},
		{"a.xlsx", xlsx[:len(xlsx)/2], "a.xlsx: file is damaged or cut off: zip: not a valid zip file"},
	}
	for _, test := range tests {
		rows, problems, err := sheet.Read(test.name, test.data)
		if got := told(problems, err); err == nil || got != test.want && test.want != "" {
			t.Errorf("%s %.20q: %d rows and error\n     %s\nwant %s", test.name, test.data, len(rows), got, test.want)
		}
	}
}

func TestReadCSVProblems(t *testing.T) {
	rows, problems, err := sheet.Read("a.csv", []byte("Question,Answer,Not applicable,Owner\n,yes,,\nlogin,no,perhaps,\nstore,vault,no,\n,,,\n,,,ben\n"))
	want := "a.csv:2: row is filled in, but its column Question is empty: write the question's id there\n" +
		"a.csv:3: not applicable \"perhaps\" is neither yes nor no: write one of these\n" +
		"a.csv:6: row is filled in, but its column Question is empty: write the question's id there"
	if diff := cmp.Diff(want, told(problems, err)); diff != "" {
		t.Errorf("problems differ (-want +got):\n%s", diff)
	}
	if len(rows) != 1 || rows[0].Key != "store" {
		t.Errorf("rows are %+v, want store only", rows)
	}
}

func TestReadCSVCutOff(t *testing.T) {
	p := standing(t)
	data := p.write("csv", sheet.Options{})
	for cut := range data {
		rows, problems, err := sheet.Read("a.csv", data[:cut])
		if err != nil {
			continue
		}
		changes, more := sheet.Compare(p.view(), p.library, rows)
		if len(changes) > 0 || len(more) > 0 {
			t.Fatalf("%d of %d bytes give changes %+v and problems %v, %v", cut, len(data), changes, problems, more)
		}
	}
}

// No program may run what somebody wrote into an answer.
func TestCSVHasNoFormulas(t *testing.T) {
	p := begin(t, smallLibrary(t), "small")
	for _, text := range hostile {
		p.answer("story", text, text)
		records, err := csv.NewReader(bytes.NewReader(p.write("csv", sheet.Options{}))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range slices.Concat(records...) {
			if field != "" && strings.ContainsAny(field[:1], "=+-@\t\r\n") {
				t.Errorf("a field begins as %.20q", field)
			}
		}
	}
}

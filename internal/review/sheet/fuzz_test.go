package sheet_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// readAndCompare reads what may be anything, and does what is offered as long as it is allowed:
// what Compare offers must be an action that the review takes.
func readAndCompare(t *testing.T, p *place, view *review.View, name string, data []byte) {
	rows, problems, err := sheet.Read(name, data)
	if err != nil && len(rows)+len(problems) > 0 {
		t.Fatalf("error %v and rows or problems too", err)
	}
	changes, more := sheet.Compare(view, p.library, rows)
	for _, problem := range append(problems, more...) {
		if problem.Place == "" || problem.What == "" {
			t.Fatalf("problem %+v says nothing", problem)
		}
	}
	for _, change := range changes {
		if strings.ContainsAny(change.Before+change.After, "\n\r\x1b") {
			t.Fatalf("change is not on one line: %+v", change)
		}
		for _, action := range change.Actions {
			if err := p.state.Propose(action, p.library, review.Mark{Seq: p.state.Size, At: p.now, Actor: "ada"}); err != nil {
				t.Fatalf("change %+v is not allowed: %v", change, err)
			}
		}
	}
}

func FuzzReadYAML(f *testing.F) {
	p := standing(f)
	view := p.view()
	f.Add(p.write("yaml", sheet.Options{}))
	f.Add([]byte("- {question: login, answer: no}\n- question: standards\n  values: [nist]\n  judged: partly\n- item: B.2\n  notApplicable: true\n  comment: |2-\n      x\n"))
	f.Add([]byte("- question: &a story\n  answer: *a\n- question: days\n  answer: 0x10\n  due: 1.9.2026\n  owner: =Ben\n"))
	f.Fuzz(func(t *testing.T, data []byte) { readAndCompare(t, p, view, "a.yaml", data) })
}

func FuzzReadCSV(f *testing.F) {
	p := standing(f)
	view := p.view()
	f.Add(p.write("csv", sheet.Options{}))
	f.Add([]byte("sep=;\nQuestion;Answer;Judgement;Not applicable;Comment;Comment 2;Owner;Due\nlogin;no;;;'=x;y;ben;2027-01-31\nB.2;;;yes;none\n"))
	f.Add([]byte("\xff\xfeQ\x00u\x00"))
	f.Fuzz(func(t *testing.T, data []byte) { readAndCompare(t, p, view, "a.csv", data) })
}

// FuzzReadXLSX changes the parts of a workbook: to change the bytes of the archive would only try
// archive/zip.
func FuzzReadXLSX(f *testing.F) {
	p := standing(f)
	view := p.view()
	parts := map[string]string{}
	edited(f, p.write("xlsx", sheet.Options{}), func(name, content string) string {
		parts[name] = content
		return content
	})
	const rows, texts, styles, book = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
	f.Add(parts[rows], parts[texts], parts[styles], parts[book])
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Question</t></is></c><c t="inlineStr"><is><r><t>Ans</t></r><rPh><t>x</t></rPh><r><t>wer</t></r></is></c></row>`+
		`<row><c t="str"><v>login</v></c><c t="b"><v>0</v></c></row><row r="9"><c r="A9" t="str"><v>days</v></c><c s="1"><v>9.0E1</v></c></row>`+
		`<row><c t="str"><v>drill</v></c><c s="2"><f>1</f><v>46053</v></c></row></sheetData><mergeCells><mergeCell ref="A3:B4"/></mergeCells></worksheet>`,
		`<sst><si><t>_x000D_</t></si></sst>`, `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="d/m/yy"/></numFmts><cellXfs><xf/><xf numFmtId="9"/><xf numFmtId="164"/></cellXfs></styleSheet>`, parts[book])
	f.Fuzz(func(t *testing.T, sheetXML, textsXML, stylesXML, bookXML string) {
		out := &bytes.Buffer{}
		archive := zip.NewWriter(out)
		for name, content := range map[string]string{"_rels/.rels": parts["_rels/.rels"], "xl/_rels/workbook.xml.rels": parts["xl/_rels/workbook.xml.rels"],
			rows: sheetXML, texts: textsXML, styles: stylesXML, book: bookXML, "xl/worksheets/sheet2.xml": parts["xl/worksheets/sheet2.xml"]} {
			writer, err := archive.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			writer.Write([]byte(content))
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		readAndCompare(t, p, view, "a.xlsx", out.Bytes())
	})
}

// FuzzRoundTrip writes any answer and comment in all formats, and reads them as the same.
func FuzzRoundTrip(f *testing.F) {
	for i, text := range hostile {
		f.Add(text, inComments[i%len(inComments)])
	}
	library := smallLibrary(f)
	f.Fuzz(func(t *testing.T, text, comment string) {
		p := begin(t, library, "small")
		story, _ := library.Question("story")
		set := &review.SetAnswer{Plan: "pay", Key: "story", Judged: checklist.Partly, Catalogue: story.Digest(), AnswerText: review.AnswerText{Text: text, Comment: comment}}
		if p.state.Propose(set, library, review.Mark{Seq: p.state.Size, At: p.now, Actor: "ada"}) != nil {
			t.Skip("nobody can answer so")
		}
		if strings.ContainsAny(text+comment, "\ufffe\uffff") {
			t.Skip("no workbook holds this, which Write says")
		}
		p.do(set)
		for _, format := range sheet.Formats {
			p.same("a."+format, p.write(format, sheet.Options{}))
		}
	})
}

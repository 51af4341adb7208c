package sheet_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// hostile are texts that formats and programs take for something else.
var hostile = []string{
	"plain", "=1+1", "=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)", "'quoted", "''twice", "'=both", "＝１", "\tindented", "\nbegins with a line end",
	"two\nlines", "two\n\n\nparagraphs\n  indented", "  begins with\n spaces", "ends with a line end\n", "ends with three\n\n\n", "trailing spaces   ", "trailing \nin the middle  \nlines",
	" leading", "tab\tinside\tlines\nand\t\tmore", "# not a comment", "text # not a comment", "line\n# not a comment\n- question: evil\n  answer: yes", "yes", "no", "null", "~", "true", "1e3", "0x10", "0o7", "1_000", "12:30:00", "2026-01-31", ".inf",
	"{a: b}", "[a, b]", "a: b", "- a", "? a", "*alias", "&anchor", "!!binary x", "%TAG", "@at", "`tick`", "|", ">", "---", "...", "<<", "\"double\" and 'single'", "back\\slash \\n", "comma, semicolon; tab\t|",
	"emoji 🔐👩‍👩‍👧‍👦 and flags 🇩🇰", "עברית \u202eevil\u202c عربى", "zero\u200bwidth", "nbsp\u00a0and\u2003space", "lines\u2028and\u2029more", "\ufeffmark", "_x0041_", "_x0041_x0042_x0043_", "_x005F_x0041_", "_xD800_ _x000D_", "]]> <b>&amp; &#10;", "ÄÖÜ日本語",
	"sep=;", "Question,Answer", strings.Repeat("long 🙂 ", 1600), strings.Repeat("x", 16<<10), strings.Repeat("line of it\n", 1400),
}

// inComments are texts that only comments may hold.
var inComments = []string{"a\r\nb\r\nc", "a\rb", "a\r\r\nb", "\rbegins", "\u0085nel\u009f", strings.Repeat("Ä", 32<<10), strings.Repeat("z", 64<<10), "   \nblank first"}

func TestRoundTripOfTexts(t *testing.T) {
	for _, format := range sheet.Formats {
		for i, text := range append(append([]string{}, hostile...), inComments...) {
			t.Run(fmt.Sprintf("%s/%d", format, i), func(t *testing.T) {
				p := begin(t, smallLibrary(t), "small")
				story := text
				if i >= len(hostile) {
					story = "a story"
				}
				p.answer("story", story, text)
				p.do(&review.SetAnswer{Plan: "pay", Key: "login", Values: []string{"yes"}, Catalogue: p.view().Question("login").Question.Digest(), AnswerText: review.AnswerText{Comment: text}})
				data := p.write(format, sheet.Options{})
				for _, row := range p.read("a."+format, data) {
					if row.Key == "story" && unify(row.Text) != unify(story) {
						t.Errorf("answer is %q, want %q", row.Text, story)
					}
					if (row.Key == "story" || row.Key == "login") && unify(row.Comment) != unify(text) {
						t.Errorf("comment is %.80q, want %.80q", row.Comment, text)
					}
				}
				p.same("a."+format, data)
			})
		}
	}
}

// unify makes line ends alike, which CSV does not tell apart.
func unify(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// fill answers every question of a view with something that fits and is hard to write.
func (p *place) fill() {
	p.t.Helper()
	for i, asked := range p.view().Asked {
		q := asked.Question
		text, comment := "", hostile[i%len(hostile)]
		if strings.TrimSpace(comment) == "" {
			comment = "x"
		}
		var values []string
		switch q.Type {
		case checklist.YesNo, checklist.One:
			values = q.Values()[i%len(q.Values()):][:1]
		case checklist.Many:
			values = []string{q.Values()[1], q.Values()[0]}
		case checklist.Number:
			values = []string{[]string{"90", "2.5", "007", "-0.10", "123456789012345.123456789"}[i%5]}
		case checklist.Date:
			values = []string{[]string{"2026-01-31", "1899-12-31", "1900-02-28", "2024-02-29", "9999-12-31"}[i%5]}
		case checklist.Text:
			text = hostile[(i*7)%len(hostile)]
		case checklist.Link:
			text = "https://example.org/a?b=c,d;e&f=%20#g"
		}
		p.answer(q.ID, text, comment, values...)
		if i%3 == 0 {
			p.do(&review.Assign{Plan: "pay", Key: q.ID, Owner: []string{"ada", "ben"}[i%2], Due: "2027-01-31"})
		}
	}
}

func TestRoundTripOfEveryType(t *testing.T) {
	p := begin(t, smallLibrary(t), "small")
	p.fill()
	item, _ := p.library.Checklist("small")
	p.do(&review.SetAnswer{Plan: "pay", Key: "B.2", NotApplicable: true, Catalogue: item.Items[3].Digest(), AnswerText: review.AnswerText{Comment: "=no machines"}})
	p.do(&review.SetAnswer{Plan: "pay", Key: "shared", NotApplicable: true, Catalogue: p.view().Question("shared").Question.Digest(), AnswerText: review.AnswerText{Comment: "nobody\nhere"}})
	for _, format := range sheet.Formats {
		data := p.write(format, sheet.Options{All: true})
		p.same("a."+format, data)
		if again := p.write(format, sheet.Options{All: true}); !bytes.Equal(data, again) {
			t.Errorf("%s is not the same when it is written again", format)
		}
		if rows := p.read("a."+format, data); len(rows) != 11 {
			t.Errorf("%s has %d rows, want 10 questions and an item", format, len(rows))
		}
	}
}

func TestRoundTripOfTheCatalogue(t *testing.T) {
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	var lists []string
	for _, list := range library.Checklists {
		lists = append(lists, list.ID)
	}
	p := begin(t, library, lists...)
	for _, filled := range []bool{false, true} {
		if filled {
			p.fill()
		}
		for _, format := range sheet.Formats {
			data := p.write(format, sheet.Options{All: true})
			p.same("a."+format, data)
			if rows := p.read("a."+format, data); len(rows) != len(p.view().Asked) {
				t.Errorf("%s has %d rows, want %d", format, len(rows), len(p.view().Asked))
			}
			t.Logf("%s filled %v: %d bytes", format, filled, len(data))
		}
	}
}

package sheet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// scanned records a scan in which the control passed.
func (p *place) scanned() {
	p.t.Helper()
	p.do(&review.RecordScan{Plan: "pay", Environment: "production", Label: "cluster", Made: p.now.Add(-time.Hour),
		Seen: review.ScanSeen{Controls: map[string]review.ScanControl{"some-control": {Outcomes: assessment.Counts{Pass: 3}}}}})
}

func TestYAMLIsReadable(t *testing.T) {
	p := begin(t, smallLibrary(t), "small")
	p.scanned()
	p.answer("store", "", "all of them", "vault")
	p.answer("standards", "", "", "pci-dss", "nist")
	p.answer("story", "yes: 1\n# and more", "")
	p.do(&review.Assign{Plan: "pay", Key: "story", Owner: "ben", Due: "2026-08-01"})
	_, got, _ := strings.Cut(string(p.write("yaml", sheet.Options{})), "\n\n# ---- Access ----")
	got, _, _ = strings.Cut(got, "\n# ---- Rest ----")
	want := `

# Is there a login?
# guidance: Name it.
# evidence: a file
# items: A.1
# answer with yes, partly or no
# stage: open
# scan suggests: yes, for it shows some-control: 3 pass
- question: login
  answer:
  notApplicable: false
  comment:
  owner:
  due:

# Are accounts shared?
# guidance: Name them.
# evidence: a file
# items: A.1
# answer with yes, partly or no
# stage: open
- question: shared
  answer:
  notApplicable: false
  comment:
  owner:
  due:

# Which store?
# guidance: One.
# evidence: a file
# items: A.2
# answer with one of
#   vault: A vault
#   none: None, at all
# stage: answered
- question: store
  answer: vault
  notApplicable: false
  comment: all of them
  owner:
  due:

# Which standards?
# guidance: All.
# evidence: a file
# items: A.2
# answer with one or more of
#   iso-27001: ISO
#   pci-dss: PCI
#   nist: NIST
# stage: answered
- question: standards
  values: [pci-dss, nist]
  judged: partly
  notApplicable: false
  comment:
  owner:
  due:

# Tell it
# guidance: Long and wide
# evidence: a file
# items: A.2, B.1
# answer with a text
# stage: answered
- question: story
  answer: |-
    yes: 1
    # and more
  judged: partly
  notApplicable: false
  comment:
  owner: ben
  due: 2026-08-01
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("YAML differs (-want +got):\n%s", diff)
	}
}

func TestWriteChooses(t *testing.T) {
	p := begin(t, smallLibrary(t), "small")
	p.answer("login", "", "", "yes")
	p.do(&review.Submit{Plan: "pay", Key: "login"})
	p.do(&review.Assign{Plan: "pay", Key: "days", Owner: "ben"})
	for _, format := range sheet.Formats {
		if rows := p.read("a."+format, p.write(format, sheet.Options{Mine: "ben"})); len(rows) != 1 || rows[0].Key != "days" {
			t.Errorf("%s of ben's questions has %+v", format, rows)
		}
		if rows := p.read("a."+format, p.write(format, sheet.Options{Mine: "cleo"})); len(rows) != 0 {
			t.Errorf("%s of nobody's questions has %+v", format, rows)
		}
	}
	err := sheet.Write("ods", nil, p.view(), sheet.Options{})
	if want := `write answers: format "ods" is unknown: use yaml, xlsx, csv`; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestReadYAMLMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"map", "question: login\n", "a.yaml:1: file is a map: write a list of entries, each as \"- question: ID\" with \"answer\" below it"},
		{"text", "hello\n", "a.yaml:1: file is a text: write a list of entries, each as \"- question: ID\" with \"answer\" below it"},
		{"broken", "- question: [\n", "a.yaml:1: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)"},
		{"two documents", "- question: login\n---\n- question: store\n", "a.yaml: holds more than one document: keep one"},
		{"binary", "\x89PNG\r\n\x1a\n\x00\x00", "a.yaml:1: invalid YAML: invalid leading UTF-8 octet"},
		{"unknown key", "- question: login\n  anwser: yes\n", "a.yaml:2: key \"anwser\" is unknown: use question, item, values, answer, judged, notApplicable, comment, owner, due"},
		{"key twice", "- question: login\n  answer: yes\n  answer: no\n", "a.yaml:3: key answer stands twice in one entry: remove one"},
		{"no key", "- answer: yes\n", "a.yaml:1: entry names neither question nor item: write \"question: ID\""},
		{"both", "- question: a\n  item: b\n", "a.yaml:1: entry names a question and an item: write two entries"},
		{"values and answer", "- question: a\n  values: [b]\n  answer: c\n", "a.yaml:1: entry has values and answer: keep one"},
		{"no entry", "- login\n", "a.yaml:1: entry is a text: write \"question: ID\" with \"answer\" below it"},
		{"map as text", "- question: story\n  answer: {a: b}\n", "a.yaml:2: answer is a map: write one text, in quotes if it holds a colon"},
		{"alias", "- question: &a story\n  answer: *a\n", "a.yaml:2: answer is an alias: write the value out"},
		{"not applicable", "- question: story\n  notApplicable: perhaps\n", "a.yaml:2: notApplicable is \"perhaps\": write true or false"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows, problems, err := sheet.Read("a.yaml", []byte(test.text))
			if diff := cmp.Diff(test.want, told(problems, err)); diff != "" || len(rows) > 0 {
				t.Errorf("read %d rows (-want +got):\n%s", len(rows), diff)
			}
		})
	}
}

// told gives error and problems as lines.
func told(problems []sheet.Problem, err error) string {
	var lines []string
	if err != nil {
		lines = append(lines, err.Error())
	}
	for _, problem := range problems {
		lines = append(lines, problem.String())
	}
	return strings.Join(lines, "\n")
}

func TestReadYAMLAsPeopleWriteIt(t *testing.T) {
	rows, problems, err := sheet.Read("a.yml", []byte("# mine\r\n- {question: login, answer: no}\r\n- question: standards\r\n  answer:\r\n    - nist\r\n    - pci-dss\r\n"+
		"- question: days\r\n  answer: 1e3\r\n- question: story\r\n  answer: 'null'\r\n- question: drill\r\n  answer: null\r\n  due: 2027-01-31\r\n- item: B.2\r\n  notApplicable: yes\r\n  comment: |\r\n    none\r\n"))
	if told(problems, err) != "" {
		t.Fatal(told(problems, err))
	}
	want := []sheet.Row{
		{Key: "login", Text: "no", Place: "a.yml:2"}, {Key: "standards", Values: []string{"nist", "pci-dss"}, Place: "a.yml:3"},
		{Key: "days", Text: "1e3", Place: "a.yml:7"}, {Key: "story", Text: "null", Place: "a.yml:9"}, {Key: "drill", Due: "2027-01-31", Place: "a.yml:11"},
		{Key: "B.2", NotApplicable: true, Comment: "none\n", Place: "a.yml:14"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

package report

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func TestUnknownFormat(t *testing.T) {
	err := Write("pdf", io.Discard, clean())
	want := `unknown format "pdf": use one of table, json, sarif, junit, html, markdown, csv, github`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	for _, format := range Formats {
		for name, r := range map[string]*Report{"small": clean(), "large": large(2000)} {
			if err := Write(format.Name, full{}, r); !errors.Is(err, errFull) {
				t.Errorf("%s, %s: the error of the writer is lost: got %v", format.Name, name, err)
			}
		}
	}
}

// TestNothingIsAdded gives findings nodes and objects that hold a secret which neither message nor
// evidence shows.
func TestNothingIsAdded(t *testing.T) {
	r := nasty()
	root := document.Make(map[string]any{"kind": "Secret", "data": map[string]any{"password": "hunter2-hunter2"}})
	source := &inventory.Source{File: "s.yaml", Text: []byte("password: hunter2-hunter2")}
	for i := range r.Assessment.Findings {
		r.Assessment.Findings[i].Node = root
		r.Assessment.Findings[i].Object = inventory.NewSubject(root, source, 3, "", nil)
	}
	for _, format := range Formats {
		if bytes.Contains(written(t, format.Name, r), []byte("hunter2")) {
			t.Errorf("%s shows a value that the findings do not show", format.Name)
		}
	}
}

// TestControlCharacters looks for bytes that would act on a terminal or hide text.
func TestControlCharacters(t *testing.T) {
	for _, format := range Formats {
		if format.Name == "json" {
			continue // as encoding/json has it: nothing below a space, all else as it was
		}
		for _, r := range string(written(t, format.Name, nasty())) {
			if r < 0x20 && r != '\n' || r == 0x7f || r == '\u202e' || r == '\u0085' {
				t.Errorf("%s holds %q", format.Name, r)
			}
		}
	}
}

func TestColourOnlyPaints(t *testing.T) {
	for name, r := range fixtures() {
		plain := written(t, "table", r)
		r.Options.Colour = true
		painted := written(t, "table", r)
		if bytes.Equal(plain, painted) {
			t.Errorf("%s: nothing is painted", name)
		}
		if diff := cmp.Diff(string(plain), regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(string(painted), "")); diff != "" {
			t.Errorf("%s: (-plain +painted)\n%s", name, diff)
		}
	}
}

func TestTableFolds(t *testing.T) {
	r := large(10000)
	folded := string(written(t, "table", r))
	if n := strings.Count(folded, "\n"); n > 500 {
		t.Errorf("%d lines", n)
	}
	files := map[string]bool{}
	for i := range r.Assessment.Findings {
		files[r.Assessment.Findings[i].Location.File] = true
	}
	shown := strings.Count(folded, "\n  Deployment ")
	left := regexp.MustCompile(`Findings in (\d+) more files`).FindStringSubmatch(folded)
	if left == nil || left[1] != number(len(files)-shown) {
		t.Errorf("%d of %d files are shown, and then: %v", shown, len(files), left)
	}
	r.Options.Full = true
	all := string(written(t, "table", r))
	for file := range files {
		if !strings.Contains(all, "\n"+file+" ") && !strings.HasPrefix(all, file+" ") {
			t.Errorf("the full table does not show %s", file)
		}
	}
}

func TestTableWidth(t *testing.T) {
	r := nasty()
	r.Options.Width = 60
	for line := range strings.Lines(string(written(t, "table", r))) {
		long := columns(strings.TrimRight(line, "\n")) > 60
		// Places and ids are for copying and stay whole; so do titles and the last rows.
		if long && strings.HasPrefix(line, indent) && !strings.Contains(line, ".yaml") && !strings.Contains(line, "container-run-as-non-root") {
			t.Errorf("wider than 60 columns: %s", line)
		}
	}
}

func TestCSV(t *testing.T) {
	for name, r := range fixtures() {
		t.Run(name, func(t *testing.T) {
			rows, err := csv.NewReader(bytes.NewReader(written(t, "csv", r))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if got, want := len(rows), 1+len(r.Assessment.Findings)+len(r.problems()); got != want {
				t.Errorf("%d rows, want %d", got, want)
			}
			for _, row := range rows {
				for _, cell := range row {
					if cell != "-" && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
						t.Errorf("a spreadsheet would run %q", cell)
					}
				}
			}
		})
	}
}

// TestJUnit reads the suites back and counts again.
func TestJUnit(t *testing.T) {
	for name, r := range fixtures() {
		t.Run(name, func(t *testing.T) {
			var root struct {
				junitCounts
				Suites []junitSuite `xml:"testsuite"`
			}
			if err := xml.Unmarshal(written(t, "junit", r), &root); err != nil {
				t.Fatal(err)
			}
			sum := junitCounts{Name: "kubeproof"}
			for _, suite := range root.Suites {
				again := junitSuite{junitCounts: junitCounts{Name: suite.Name}}
				names := map[string]bool{}
				for _, c := range suite.Cases {
					again.add(c)
					if names[c.Name] {
						t.Errorf("%s has two test cases %q", suite.Name, c.Name)
					}
					names[c.Name] = true
				}
				if diff := cmp.Diff(again.junitCounts, suite.junitCounts); diff != "" || again.Skipped != suite.Skipped {
					t.Errorf("%s: (-counted +written, skipped %d and %d)\n%s", suite.Name, again.Skipped, suite.Skipped, diff)
				}
				sum.Tests, sum.Failures = sum.Tests+suite.Tests, sum.Failures+suite.Failures
				sum.Errors += suite.Errors
			}
			if diff := cmp.Diff(sum, root.junitCounts); diff != "" {
				t.Errorf("(-counted +written)\n%s", diff)
			}
			if want := r.failures().total(); root.Failures != want {
				t.Errorf("%d failures, want %d", root.Failures, want)
			}
		})
	}
}

// TestJUnitAttributes holds to what junit-10.xsd of Jenkins' xunit-plugin allows.
func TestJUnitAttributes(t *testing.T) {
	allowed := map[string]string{
		"testsuites": " name tests failures errors ", "testsuite": " name tests failures errors skipped ",
		"testcase": " name classname ", "failure": " message type ", "error": " message type ", "skipped": " message type ",
	}
	decoder := xml.NewDecoder(bytes.NewReader(written(t, "junit", nasty())))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if element, ok := token.(xml.StartElement); ok {
			for _, attribute := range element.Attr {
				if !strings.Contains(allowed[element.Name.Local], " "+attribute.Name.Local+" ") {
					t.Errorf("%s has no attribute %s", element.Name.Local, attribute.Name.Local)
				}
			}
		}
	}
}

// TestGitHubLines holds every line to the grammar of workflow commands: a scanned text can then
// neither end its command nor begin another.
func TestGitHubLines(t *testing.T) {
	grammar := regexp.MustCompile(`^(::(error|warning|notice) ((file|line|col|title)=[^:,\r\n]*,?)+::[^\r\n]*|::group::[a-z/]+|::endgroup::|Kubeproof: [A-Za-z0-9 :,]+)$`)
	for name, r := range fixtures() {
		for line := range strings.Lines(string(written(t, "github", r))) {
			if !grammar.MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

func TestMarkdownFits(t *testing.T) {
	for _, n := range []int{100, 10000} {
		text := string(written(t, "markdown", large(n)))
		if size := utf8.RuneCountInString(text); size > 65536 {
			t.Errorf("%d findings take %d characters", n, size)
		}
		if strings.Count(text, "<details>") != strings.Count(text, "</details>") {
			t.Errorf("%d findings: a folded part is not closed", n)
		}
	}
}

func TestInline(t *testing.T) {
	for text, want := range map[string]string{
		"plain text, 100%":     "plain text, 100%",
		"a|b":                  "a&#124;b",
		"`x` *y* _z_":          "&#96;x&#96; &#42;y&#42; &#95;z&#95;",
		"<script>&":            "&lt;script&gt;&amp;",
		"@team":                "@&#8203;team",
		"#12":                  "&#35;&#8203;12",
		"https://evil.example": "https:&#8203;//evil.example",
		"www.evil.example":     "www&#8203;.evil.example",
		"[a](b)":               "&#91;a&#93;(b)",
		"line\nend":            "line&#92;nend",
	} {
		if got := inline(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	if got := opening("- x"); got != "&#45; x" {
		t.Errorf("a list in a list: %s", got)
	}
}

func TestVerdict(t *testing.T) {
	known := clean()
	known.Assessment.Findings = []*assessment.Finding{{Outcome: assessment.Fail, Severity: "high", Baseline: true}}
	known.Assessment.Summary.Outcomes.Fail = 1
	open := clean()
	open.Assessment.Summary.Outcomes.Unknown = 1
	for _, test := range []struct {
		r             *Report
		verdict, mood string
	}{
		{nasty(), "18 new failures: 2 critical, 8 high, 1 medium, 7 low", "bad"},
		{clean(), "No failures: 2 checks passed on 2 objects", "good"},
		{known, "No new failures: 1 known from the baseline", "good"},
		{open, "No failures, but not everything could be assessed", "warn"},
		{empty(), "Nothing was judged: no control knows what the targets hold", "warn"},
		{broken(), "Nothing could be judged: see what was not assessed", "warn"},
	} {
		if got := test.r.verdict(); got != test.verdict {
			t.Errorf("got %q, want %q", got, test.verdict)
		}
		if got := test.r.mood(); got != test.mood {
			t.Errorf("%s: mood %s, want %s", test.verdict, got, test.mood)
		}
	}
}

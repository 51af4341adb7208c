package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// junitCounts are the totals that suites and the root carry. Jenkins' strict reader (xunit-plugin,
// junit-10.xsd) knows no attribute for skipped ones in the root, and no file or line of a test case.
type junitCounts struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
}

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	junitCounts
	Suites []*junitSuite
}

type junitSuite struct {
	XMLName xml.Name `xml:"testsuite"`
	junitCounts
	Skipped int          `xml:"skipped,attr"`
	Cases   []*junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Failure   *junitTrouble `xml:"failure"`
	Error     *junitTrouble `xml:"error"`
	Skipped   *junitTrouble `xml:"skipped"`
}

type junitTrouble struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes one test suite for each control and a test case for each subject. Passes
// without a finding of their own are one test case that says how many. Unknown and error are
// errors; accepted, not applicable and known ones are skipped. No times: none are measured.
func writeJUnit(w io.Writer, r *Report) error {
	root := junitSuites{junitCounts: junitCounts{Name: "kubeproof"}}
	for _, suite := range r.junitSuites() {
		root.Tests += suite.Tests
		root.Failures += suite.Failures
		root.Errors += suite.Errors
		root.Suites = append(root.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(root); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// junitSuites are the suites in the order of the controls, and last that of what was not read.
func (r *Report) junitSuites() []*junitSuite {
	byID := map[string]*junitSuite{}
	var suites []*junitSuite
	suite := func(id string) *junitSuite {
		if byID[id] == nil {
			byID[id] = &junitSuite{junitCounts: junitCounts{Name: safe(id)}}
			suites = append(suites, byID[id])
		}
		return byID[id]
	}
	passes := map[string]int{}
	for _, result := range r.Assessment.Controls {
		suite(result.ID)
		passes[result.ID] = result.Outcomes.Pass
	}
	names := map[string]int{}
	for i := range r.Assessment.Findings {
		f := r.Assessment.Findings[i]
		if f.Outcome == assessment.Pass {
			passes[f.Control]--
		}
		suite(f.Control).add(junitFinding(f, names))
	}
	for _, result := range r.Assessment.Controls {
		suite(result.ID).rest(passes[result.ID], result.Unseen)
	}
	if trouble := r.junitErrors(); len(trouble.Cases) > 0 {
		suites = append(suites, trouble)
	}
	return suites
}

func (s *junitSuite) add(c *junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// rest adds the passes that no finding tells of, and the control that saw nothing.
func (s *junitSuite) rest(passes int, unseen string) {
	if passes > 0 {
		s.add(&junitCase{ClassName: s.Name, Name: "passed " + count(passes, "check")})
	}
	if unseen != "" {
		s.add(&junitCase{ClassName: s.Name, Name: "nothing to judge", Skipped: &junitTrouble{Message: safe(unseen)}})
	}
}

// junitFinding is the test case of a finding. Its name holds no line, so that a test report
// recognises it after an edit; names counts them to tell equal ones apart.
func junitFinding(f *assessment.Finding, names map[string]int) *junitCase {
	name := safe(fullName(f.Subject))
	if at := file(f); at != "" {
		name += " in " + safe(at)
	}
	key := f.Control + "\x00" + name
	if names[key]++; names[key] > 1 {
		name = fmt.Sprintf("%s (%d)", name, names[key])
	}
	c := &junitCase{Name: name, ClassName: safe(f.Control)}
	trouble := &junitTrouble{Message: safe(f.Message), Type: string(f.Severity), Text: junitText(f)}
	switch {
	case f.Outcome == assessment.Pass:
	case f.Outcome == assessment.Fail && f.Baseline:
		c.Skipped = &junitTrouble{Message: "in the baseline: " + safe(f.Message)}
	case f.Outcome == assessment.Fail:
		c.Failure = trouble
	case f.Outcome == assessment.Accepted:
		c.Skipped = &junitTrouble{Message: safe("accepted " + exceptionText(f))}
	case f.Outcome == assessment.NotApplicable:
		c.Skipped = &junitTrouble{Message: safe("not applicable: " + f.Message)}
	default:
		trouble.Type, c.Error = string(f.Outcome), trouble
	}
	return c
}

func junitText(f *assessment.Finding) string {
	var lines []string
	if at := place(f); at != "" {
		lines = append(lines, safe(at))
	}
	lines = append(lines, safe(f.Message))
	if f.Fix != "" {
		lines = append(lines, "fix: "+safeLines(strings.TrimSpace(f.Fix)))
	}
	return strings.Join(lines, "\n")
}

// junitErrors is the suite of what could not be read or was read with doubts, and of notices.
func (r *Report) junitErrors() *junitSuite {
	s := &junitSuite{junitCounts: junitCounts{Name: "not assessed"}}
	for i, e := range r.problems() {
		c := &junitCase{ClassName: s.Name, Name: fmt.Sprintf("%d: %s", i+1, e.place())}
		if e.Lost {
			c.Error = &junitTrouble{Message: safe(e.Message), Type: string(e.outcome())}
		} else {
			c.Skipped = &junitTrouble{Message: safe(e.Message)}
		}
		s.add(c)
	}
	for i, n := range r.Assessment.Notices {
		s.add(&junitCase{ClassName: s.Name, Name: fmt.Sprintf("notice %d: %s", i+1, safe(position(n.File, n.Line, 0))),
			Skipped: &junitTrouble{Message: safe(n.Message)}})
	}
	return s
}

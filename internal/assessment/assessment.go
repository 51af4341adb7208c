package assessment

import (
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Schema names the JSON form of an assessment.
const Schema = "kubeproof.dev/scan/v1"

// Assessment is the result of one run.
type Assessment struct {
	Schema   string             `json:"schema"`
	Targets  []inventory.Target `json:"targets"`
	Controls []ControlResult    `json:"controls"`
	Summary  Summary            `json:"summary"`
	Errors   []inventory.Error  `json:"errors"`
	// Gaps are what a cluster did not show; the controls that need it are unknown there.
	Gaps     []inventory.Gap `json:"gaps,omitempty"`
	Notices  []Notice        `json:"notices,omitempty"`
	Findings []*Finding      `json:"findings"`
}

// Notice is something that people should tidy up though it hides no finding: an exception that
// has expired, that matches nothing, or that is written wrongly and so was not applied.
type Notice struct {
	Kind    NoticeKind `json:"kind"`
	File    string     `json:"file,omitempty"`
	Line    int        `json:"line,omitempty"`
	Message string     `json:"message"`
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	ExceptionExpired NoticeKind = "exception-expired"
	ExceptionUnused  NoticeKind = "exception-unused"
	ExceptionRefused NoticeKind = "exception-refused"
	BaselineFixed    NoticeKind = "baseline-fixed"
)

// ControlResult counts the outcomes of one control that was run.
type ControlResult struct {
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Severity control.Severity `json:"severity"`
	Team     control.Team     `json:"team"`
	Outcomes Counts           `json:"outcomes"`
	// Unseen says that no subject of the control was seen, and which would be one.
	Unseen string `json:"unseen,omitempty"`
}

// Counts counts verdicts by outcome. What stands in a list of containers counts one by one.
type Counts struct {
	Pass          int `json:"pass"`
	Fail          int `json:"fail"`
	Accepted      int `json:"accepted"`
	NotApplicable int `json:"notapplicable"`
	Unknown       int `json:"unknown"`
	Error         int `json:"error"`
}

// Add counts one verdict.
func (c *Counts) Add(outcome Outcome) {
	switch outcome {
	case Pass:
		c.Pass++
	case Fail:
		c.Fail++
	case Accepted:
		c.Accepted++
	case NotApplicable:
		c.NotApplicable++
	case Unknown:
		c.Unknown++
	case Error:
		c.Error++
	}
}

// Plus gives the sum of both.
func (c Counts) Plus(d Counts) Counts {
	return Counts{c.Pass + d.Pass, c.Fail + d.Fail, c.Accepted + d.Accepted,
		c.NotApplicable + d.NotApplicable, c.Unknown + d.Unknown, c.Error + d.Error}
}

// Total is the number of verdicts.
func (c Counts) Total() int {
	return c.Pass + c.Fail + c.Accepted + c.NotApplicable + c.Unknown + c.Error
}

// Summary totals a run.
type Summary struct {
	Subjects int                      `json:"subjects"` // objects seen
	Judged   int                      `json:"judged"`   // objects that at least one control judged
	Controls int                      `json:"controls"` // controls run
	Outcomes Counts                   `json:"outcomes"`
	Severity map[control.Severity]int `json:"severity"` // failures that are not accepted
	Teams    map[control.Team]int     `json:"teams"`
	// Kinds counts the subjects by kind.
	Kinds map[string]int `json:"kinds"`
	// Unjudged counts objects, by kind, that no control knows.
	Unjudged map[string]int `json:"unjudged,omitempty"`
}

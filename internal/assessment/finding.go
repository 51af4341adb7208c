// Package assessment is the outcome of judging an inventory: findings, what was accepted,
// how much was judged, and the state of every checklist item. Begin with Assessment.
package assessment

import (
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Outcome is what judging a control on a subject gave.
type Outcome string

// The outcomes. Unknown and Error never count as Pass.
const (
	Pass          Outcome = "pass"
	Fail          Outcome = "fail"
	Accepted      Outcome = "accepted" // a failure that an exception covers
	NotApplicable Outcome = "notapplicable"
	Unknown       Outcome = "unknown" // something needed was not seen; the message says what
	Error         Outcome = "error"   // the control could not be evaluated on this subject
)

// Verdict is what a check says of one thing, before it is bound to its control and place.
type Verdict struct {
	Outcome Outcome
	Message string
	// Node is the guilty value; Missing is a path below it that is absent and should be there.
	Node    *document.Node
	Missing string
	// Container names the container judged; "" for other scopes.
	Container string
	// Subject is set by checks of the scope "inventory": the subject the verdict is about.
	Subject *inventory.Subject
}

// Finding is a verdict with everything that a report needs.
type Finding struct {
	Control     string              `json:"control"`
	Title       string              `json:"title"`
	Outcome     Outcome             `json:"outcome"`
	Severity    control.Severity    `json:"severity"`
	Risk        int                 `json:"risk"`
	Team        control.Team        `json:"team"`
	Message     string              `json:"message"`
	Fix         string              `json:"fix,omitempty"`
	Fingerprint string              `json:"fingerprint"`
	Subject     Subject             `json:"subject"`
	Location    Location            `json:"location"`
	Maps        map[string][]string `json:"maps,omitempty"`
	Evidence    *Evidence           `json:"evidence,omitempty"`
	Exception   *Exception          `json:"exception,omitempty"`
	// Baseline is true if the finding was in the baseline, so that it does not count as new.
	Baseline bool `json:"baseline,omitempty"`

	// Node is the guilty value and Object the object that holds it, for exceptions written
	// beside them; they are not part of reports.
	Node   *document.Node     `json:"-"`
	Object *inventory.Subject `json:"-"`
}

// Subject names the thing judged.
type Subject struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	Container  string `json:"container,omitempty"`
	File       string `json:"file,omitempty"`
	Cluster    string `json:"cluster,omitempty"`
}

// Location is where a finding stands in a file that people edit.
type Location struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"` // from 1; 0 if unknown
	Column  int    `json:"column,omitempty"`
	EndLine int    `json:"endLine,omitempty"`
	// Path is the guilty value's path in the object; it may be absent there.
	Path string `json:"path,omitempty"`
	// Value is where a values file of a chart decides it, if that is known.
	Value *inventory.Place `json:"value,omitempty"`
	// Rendered is the line in the rendered text of a chart or overlay; 0 for plain files.
	Rendered int `json:"rendered,omitempty"`
}

// Evidence is the excerpt that shows a finding: the guilty line below the lines that lead to
// it. Secret values in it are masked.
type Evidence struct {
	Lines []Line `json:"lines"`
}

// Line is one line of an excerpt.
type Line struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
	Guilty bool   `json:"guilty,omitempty"`
}

// Exception is an accepted risk that covers a finding.
type Exception struct {
	Reason string `json:"reason"`
	Owner  string `json:"owner,omitempty"`
	// Expires is as 2027-01-31: the risk is accepted through that day; "" if it does not end, as that
	// of another tool's comment.
	Expires string `json:"expires"`
	Source  string `json:"source"` // where it is written: configuration, comment or annotation, with its line
}

// Term tells how long the exception holds, as "until 2027-01-31".
func (e *Exception) Term() string {
	if e.Expires == "" {
		return "without end"
	}
	return "until " + e.Expires
}

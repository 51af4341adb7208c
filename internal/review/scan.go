package review

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// Scan is what a scan saw, as far as the state of items depends on it. The newest of each name
// and environment counts; all of one plan count together.
type Scan struct {
	ID          string    `json:"id"` // plan/environment/name
	Plan        string    `json:"plan"`
	Environment string    `json:"environment"`
	Made        time.Time `json:"made"` // when the scan was made
	Seen        ScanSeen  `json:"seen"`
	By          string    `json:"by"`
	At          time.Time `json:"at"` // when it was recorded
	// Written is the entry that names the targets and the report's file.
	Written int64 `json:"written"`
}

// ScanSeen is assessment.Seen in a form that is kept.
type ScanSeen struct {
	Controls map[string]ScanControl `json:"controls"`
	Methods  []checklist.Method     `json:"methods"`
	Lost     int                    `json:"lost,omitempty"`
	Subjects int                    `json:"subjects"`
}

// ScanControl is what one control gave.
type ScanControl struct {
	Outcomes assessment.Counts `json:"n"`
	Unseen   string            `json:"unseen,omitempty"`
}

// ScanText is what can be erased of a scan.
type ScanText struct {
	Name    string   `json:"name,omitempty"`    // what was scanned, as in "cluster prod-eu"
	Targets []string `json:"targets,omitempty"` // as the report names them
	SHA256  string   `json:"sha256,omitempty"`  // of the report's file, which is kept
	Version string   `json:"version,omitempty"` // of the program that scanned
}

// SeenOf takes from an assessment what the state of items depends on.
func SeenOf(a *assessment.Assessment) ScanSeen {
	from := assessment.SeenBy(a)
	seen := ScanSeen{Controls: map[string]ScanControl{}, Lost: from.Lost, Subjects: a.Summary.Subjects}
	for id, result := range from.Controls {
		seen.Controls[id] = ScanControl{result.Outcomes, result.Unseen}
	}
	for method, yes := range from.Methods {
		if yes {
			seen.Methods = append(seen.Methods, method)
		}
	}
	slices.Sort(seen.Methods)
	return seen
}

// together adds up what scans saw.
func together(scans []*Scan) assessment.Seen {
	seen := assessment.Seen{Controls: map[string]assessment.ControlResult{}, Methods: map[checklist.Method]bool{}}
	for _, scan := range scans {
		seen.Lost += scan.Seen.Lost
		for _, method := range scan.Seen.Methods {
			seen.Methods[method] = true
		}
		for id, result := range scan.Seen.Controls {
			sum := seen.Controls[id]
			sum.ID, sum.Outcomes = id, sum.Outcomes.Plus(result.Outcomes)
			if result.Unseen != "" {
				sum.Unseen = result.Unseen
			}
			seen.Controls[id] = sum
		}
	}
	return seen
}

// RecordScan adds what a scan saw; it replaces the last one of the same name.
type RecordScan struct {
	Plan        string    `json:"plan"`
	Environment string    `json:"environment"`
	Label       string    `json:"label"` // tells scans of one environment apart
	Made        time.Time `json:"made"`
	Seen        ScanSeen  `json:"seen"`
	ScanText    `json:"-"`
}

// Name is scan.record.
func (*RecordScan) Name() string { return "scan.record" }

// Text is what was scanned.
func (a *RecordScan) Text() any { return &a.ScanText }

func (a *RecordScan) id() string { return a.Plan + "/" + a.Environment + "/" + a.Label }

func (a *RecordScan) check(s *State, m Mark) error {
	what := "record scan"
	if err := errors.Join(s.need(m, what, Contributor), s.needPlan(what, a.Plan)); err != nil {
		return err
	}
	if plan := s.Plans[a.Plan]; !slices.Contains(plan.Environments, a.Environment) {
		return fmt.Errorf("%s: environment %q is unknown: use %s", what, a.Environment, words(plan.Environments, ", "))
	}
	if a.Made.After(m.At.Add(time.Hour)) {
		return fmt.Errorf("%s: it was made at %s, which has not come: set the clocks right", what, a.Made.Format(time.RFC3339))
	}
	if last := s.Scans[a.id()]; last != nil && a.Made.Before(last.Made) {
		return fmt.Errorf("%s: a newer one of %s is here, made at %s", what, a.Label, last.Made.Format(time.RFC3339))
	}
	return checkSlug(what, "label", a.Label)
}

func (a *RecordScan) apply(s *State, m Mark) {
	s.Scans[a.id()] = &Scan{ID: a.id(), Plan: a.Plan, Environment: a.Environment, Made: a.Made, Seen: a.Seen, By: m.Actor, At: m.At, Written: m.Seq}
	s.touch("scan", a.id())
}

// DropScan says that a scan no longer counts: what it saw is no more.
type DropScan struct {
	ID         string `json:"id"`
	ReasonText `json:"-"`
}

// Name is scan.drop.
func (*DropScan) Name() string { return "scan.drop" }

// Text is the reason.
func (a *DropScan) Text() any { return &a.ReasonText }

func (a *DropScan) check(s *State, m Mark) error {
	if s.Scans[a.ID] == nil {
		return fmt.Errorf("drop scan: %q is unknown: use %s", a.ID, words(sortedKeys(s.Scans), ", "))
	}
	return s.need(m, "drop scan", Contributor)
}

func (a *DropScan) valid(*State, Catalogue, Mark) error {
	return reasoned("drop scan", a.Reason, "why it no longer counts")
}

func (a *DropScan) apply(s *State, _ Mark) {
	delete(s.Scans, a.ID)
	s.touch("scan", a.ID)
}

// ScannedOf gives what was scanned; the id where that was erased.
func (s *State) ScannedOf(scan *Scan) ScanText {
	text := ScanText{}
	s.text(scan.Written, &text)
	if text.Name == "" {
		text.Name = scan.ID
	}
	return text
}

// ScansOf are the scans of a plan, in the order of their ids.
func (s *State) ScansOf(plan string) []*Scan {
	var all []*Scan
	for _, id := range sortedKeys(s.Scans) {
		if s.Scans[id].Plan == plan {
			all = append(all, s.Scans[id])
		}
	}
	return all
}

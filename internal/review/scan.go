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
	Outcomes assessment.Counts `json:"n,omitzero"`
	// Unseen says why nothing was seen. It is text that a report brings, so it stands in ScanText.
	Unseen string `json:"-"`
}

// ScanText is what can be erased of a scan.
type ScanText struct {
	Name    string   `json:"name,omitempty"`    // what was scanned, as in "cluster prod-eu"
	Targets []string `json:"targets,omitempty"` // as the report names them
	SHA256  string   `json:"sha256,omitempty"`  // of the report's file, which is kept
	Version string   `json:"version,omitempty"` // of the program that scanned
	// Unseen lists the controls that saw nothing, by the reason; RecordScan fills it in from what was seen.
	Unseen map[string][]string `json:"unseen,omitempty"`
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
func (s *State) together(scans []*Scan) assessment.Seen {
	seen := assessment.Seen{Controls: map[string]assessment.ControlResult{}, Methods: map[checklist.Method]bool{}}
	for _, scan := range scans {
		why := s.unseenIn(scan)
		seen.Lost += scan.Seen.Lost
		for _, method := range scan.Seen.Methods {
			seen.Methods[method] = true
		}
		for id, result := range scan.Seen.Controls {
			sum := seen.Controls[id]
			sum.ID, sum.Outcomes = id, sum.Outcomes.Plus(result.Outcomes)
			if why[id] != "" {
				sum.Unseen = why[id]
			}
			seen.Controls[id] = sum
		}
	}
	return seen
}

// unseenIn says for each control that saw nothing in a scan why; empty if that was erased.
func (s *State) unseenIn(scan *Scan) map[string]string {
	why, reasons := map[string]string{}, s.ScannedOf(scan).Unseen
	for _, reason := range sortedKeys(reasons) {
		for _, id := range reasons[reason] {
			why[id] = reason
		}
	}
	return why
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

// Text is what was scanned, and why controls saw nothing there.
func (a *RecordScan) Text() any {
	why := map[string][]string{}
	for _, id := range sortedKeys(a.Seen.Controls) {
		if reason := a.Seen.Controls[id].Unseen; reason != "" {
			why[reason] = append(why[reason], id)
		}
	}
	if len(why) > 0 {
		a.Unseen = why
	}
	return &a.ScanText
}

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
		return fmt.Errorf("%s: a newer one of %s is here, made at %s", what, a.Label, last.Made.UTC().Format(time.RFC3339))
	}
	return errors.Join(checkSlug(what, "label", a.Label), a.Seen.check(what))
}

// mostCounted bounds what one scan counts, so that sums of many do not run over.
const mostCounted = 1 << 30

// check refuses what no scan sees: a count below zero would take failures of another scan away.
func (s ScanSeen) check(what string) error {
	wrong := func(n int) bool { return n < 0 || n > mostCounted }
	if wrong(s.Lost) || wrong(s.Subjects) {
		return fmt.Errorf("%s: it counts %d subjects and %d lost, which cannot be: scan again", what, s.Subjects, s.Lost)
	}
	for _, method := range s.Methods {
		if len(method) != 1 || method[0] < 'A' || method[0] > 'Z' {
			return fmt.Errorf("%s: method %q is unknown: scan again", what, method)
		}
	}
	for _, id := range sortedKeys(s.Controls) {
		if !isToken(id) {
			return fmt.Errorf("%s: %q is no id of a control: scan again", what, id)
		}
		n := s.Controls[id].Outcomes
		if slices.ContainsFunc([]int{n.Pass, n.Fail, n.Accepted, n.NotApplicable, n.Unknown, n.Error}, wrong) {
			return fmt.Errorf("%s: control %s has counts that cannot be (%+v): scan again", what, id, n)
		}
	}
	return nil
}

func (a *RecordScan) valid(*State, Catalogue, Mark) error {
	what := "record scan"
	for _, text := range append([]string{a.ScanText.Name, a.Version}, a.Targets...) {
		if err := bounded(what, "target", text); err != nil {
			return err
		}
	}
	if a.SHA256 != "" && !hexDigest.MatchString(a.SHA256) {
		return fmt.Errorf("%s: the report's digest is none: scan again", what)
	}
	return nil
}

func (a *RecordScan) apply(s *State, m Mark) {
	s.Scans[a.id()] = &Scan{ID: a.id(), Plan: a.Plan, Environment: a.Environment, Made: a.Made.UTC(), Seen: a.Seen, By: m.Actor, At: m.At, Written: m.Seq}
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

func (*DropScan) mustSay() bool { return true }

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

// ScansOf are the scans of a plan's environments, in the order of their ids. Those of an environment
// that the plan has no more count no more.
func (s *State) ScansOf(plan string) []*Scan {
	var all []*Scan
	for _, id := range sortedKeys(s.Scans) {
		if scan := s.Scans[id]; scan.Plan == plan && slices.Contains(s.Plans[plan].Environments, scan.Environment) {
			all = append(all, scan)
		}
	}
	return all
}

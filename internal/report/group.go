package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// tally counts failures by severity, least first as in control.Severities. What is accepted or
// passes does not count.
type tally [5]int

func (t *tally) add(f *assessment.Finding) {
	if rank := f.Severity.Rank(); f.Outcome == assessment.Fail && rank >= 0 {
		t[rank]++
	}
}

func (t tally) total() int { return t[0] + t[1] + t[2] + t[3] + t[4] }

// worse orders tallies: more critical ones first, then more high ones, and so on.
func (t tally) worse(other tally) int {
	for rank := len(t) - 1; rank >= 0; rank-- {
		if t[rank] != other[rank] {
			return cmp.Compare(other[rank], t[rank])
		}
	}
	return 0
}

func (t tally) String() string {
	var parts []string
	for rank := len(t) - 1; rank >= 0; rank-- {
		if t[rank] > 0 {
			parts = append(parts, number(t[rank])+" "+string(control.Severities[rank]))
		}
	}
	return strings.Join(parts, ", ")
}

// urgency orders findings for people: failures, then what is not known, then what is settled.
func urgency(o assessment.Outcome) int {
	switch o {
	case assessment.Fail:
		return 0
	case assessment.Error:
		return 1
	case assessment.Unknown:
		return 2
	case assessment.Accepted:
		return 3
	case assessment.Pass:
		return 4
	}
	return 5
}

// byUrgency orders findings: open ones first, the most severe of them first, then by control.
func byUrgency(a, b *assessment.Finding) int {
	return cmp.Or(
		cmp.Compare(urgency(a.Outcome), urgency(b.Outcome)),
		cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		cmp.Compare(b.Risk, a.Risk),
		strings.Compare(a.Control, b.Control),
	)
}

// urgent gives pointers to all findings, most urgent first; equals keep their order.
func (r *Report) urgent() []*assessment.Finding {
	all := slices.Clone(r.Assessment.Findings)
	slices.SortStableFunc(all, byUrgency)
	return all
}

// byControl are the findings of one control, most urgent first.
type byControl struct {
	id       string
	severity control.Severity
	findings []*assessment.Finding
	tally    tally
}

// groups gives the findings by control; the control with the worst open finding comes first.
func (r *Report) groups() []*byControl {
	seen := map[string]*byControl{}
	var groups []*byControl
	for _, f := range r.urgent() {
		g := seen[f.Control]
		if g == nil {
			g = &byControl{id: f.Control, severity: f.Severity}
			seen[f.Control] = g
			groups = append(groups, g)
		}
		g.findings = append(g.findings, f)
		g.tally.add(f)
	}
	return groups
}

// file is where people look for a finding: its file, or the cluster, or nothing.
func file(f *assessment.Finding) string {
	switch {
	case f.Location.File != "":
		return f.Location.File
	case f.Subject.File != "":
		return f.Subject.File
	case f.Subject.Cluster != "" && f.Subject.Namespace != "":
		return "cluster " + f.Subject.Cluster + ", namespace " + f.Subject.Namespace
	case f.Subject.Cluster != "" && f.Subject.Kind == "Namespace": // its owners look there for it
		return "cluster " + f.Subject.Cluster + ", namespace " + f.Subject.Name
	case f.Subject.Cluster != "":
		return "cluster " + f.Subject.Cluster
	}
	return ""
}

// place is file:line:column as editors understand it; in a live object the path of the value, or ""
// if it is about the object as a whole.
func place(f *assessment.Finding) string {
	if f.Location.File == "" && f.Subject.Cluster != "" {
		return f.Location.Path
	}
	return position(file(f), f.Location.Line, f.Location.Column)
}

func position(file string, line, column int) string {
	switch {
	case file == "-":
		file = "standard input"
	case file == "":
		return ""
	}
	if line > 0 {
		file = fmt.Sprintf("%s:%d", file, line)
		if column > 0 {
			file = fmt.Sprintf("%s:%d", file, column)
		}
	}
	return file
}

// subjectName is "Kind namespace/name"; the container is not in it.
func subjectName(s assessment.Subject) string {
	name := s.Name
	if s.Namespace != "" {
		name = s.Namespace + "/" + name
	}
	return strings.TrimSpace(s.Kind + " " + name)
}

// fullName is subjectName with its container.
func fullName(s assessment.Subject) string {
	if s.Container == "" {
		return subjectName(s)
	}
	return subjectName(s) + " container " + s.Container
}

// unseen are the controls that saw no subject.
func (r *Report) unseen() []assessment.ControlResult {
	var unseen []assessment.ControlResult
	for _, result := range r.Assessment.Controls {
		if result.Unseen != "" {
			unseen = append(unseen, result)
		}
	}
	return unseen
}

// counted writes "Foo 3, Bar 1", most first.
func counted[K ~string](counts map[K]int) string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b K) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(keys))
	for i, key := range keys {
		parts[i] = safe(string(key)) + " " + number(counts[key])
	}
	return strings.Join(parts, ", ")
}

// baseline counts the failures that the baseline holds already.
func (r *Report) baseline() int {
	n := 0
	for i := range r.Assessment.Findings {
		if f := r.Assessment.Findings[i]; f.Baseline && f.Outcome == assessment.Fail {
			n++
		}
	}
	return n
}

// failures tallies the failures that are not in the baseline.
func (r *Report) failures() tally {
	var t tally
	for i := range r.Assessment.Findings {
		if f := r.Assessment.Findings[i]; !f.Baseline {
			t.add(f)
		}
	}
	return t
}

// teams counts the failures that are not in the baseline by team.
func (r *Report) teams() map[control.Team]int {
	teams := map[control.Team]int{}
	for i := range r.Assessment.Findings {
		if f := r.Assessment.Findings[i]; f.Outcome == assessment.Fail && !f.Baseline {
			teams[f.Team]++
		}
	}
	return teams
}

// verdict is the whole assessment in one sentence. It says that all is well only if something
// was judged and everything could be.
func (r *Report) verdict() string {
	s := r.Assessment.Summary
	open, doubts := s.Outcomes.Unknown+s.Outcomes.Error, ""
	if lost, all := r.lost(), len(r.problems()); lost < all {
		doubts = "; " + count(all-lost, "doubtful place")
	}
	known := r.baseline()
	switch {
	case s.Outcomes.Fail > known && known > 0:
		return count(s.Outcomes.Fail-known, "new failure") + ": " + r.failures().String()
	case s.Outcomes.Fail > known:
		return count(s.Outcomes.Fail, "failure") + ": " + r.failures().String()
	case known > 0 && open == 0 && r.lost() == 0:
		return "No new failures: " + number(known) + " known from the baseline" + doubts
	case s.Judged == 0 && len(r.Assessment.Errors) > 0:
		return "Nothing could be judged: see what was not assessed"
	case s.Judged == 0:
		return "Nothing was judged: no control knows what the targets hold"
	case open > 0 || r.lost() > 0:
		return "No failures, but not everything could be assessed"
	}
	return fmt.Sprintf("No failures: %s passed on %s%s", count(s.Outcomes.Pass, "check"), count(s.Judged, "object"), doubts)
}

// lost counts the errors that kept something from being judged; the others are doubts.
func (r *Report) lost() int {
	lost := 0
	for _, e := range r.problems() {
		if e.Lost {
			lost++
		}
	}
	return lost
}

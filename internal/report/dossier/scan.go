package dossier

import (
	"slices"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// Scan is a scan that the review rests on, or rested on.
type Scan struct {
	ID          string             `json:"id"`
	Environment string             `json:"environment"`
	Name        string             `json:"name"` // what was scanned
	Targets     []string           `json:"targets,omitempty"`
	Made        time.Time          `json:"made"`
	Version     string             `json:"version,omitempty"` // of the program that scanned
	SHA256      string             `json:"sha256,omitempty"`  // of its report
	Subjects    int                `json:"subjects"`          // objects seen
	Lost        int                `json:"lost"`              // places that could not be read
	Methods     []checklist.Method `json:"methods"`
	// Stale says that it is too old to count.
	Stale    bool   `json:"stale,omitempty"`
	Recorded Signed `json:"recorded"`
}

func (g *gatherer) scans() []Scan {
	all := []Scan{}
	for _, from := range g.View.Scans {
		about := g.state.ScannedOf(from)
		all = append(all, Scan{ID: from.ID, Environment: from.Environment, Name: about.Name, Targets: about.Targets, Made: from.Made.UTC(),
			Version: about.Version, SHA256: about.SHA256, Subjects: from.Seen.Subjects, Lost: from.Seen.Lost, Methods: list(from.Seen.Methods),
			Stale: from.IsStale(g.View.Plan, g.View.Now), Recorded: g.signed(from.By, from.At)})
	}
	return all
}

// Access is the newest access review of an environment.
type Access struct {
	ID          string  `json:"id"`
	Environment string  `json:"environment"`
	Begun       Signed  `json:"begun"`
	Done        *Signed `json:"done,omitempty"`
	Due         string  `json:"due"` // the day by which the next review is due
	Overdue     bool    `json:"overdue,omitempty"`
	Count       int     `json:"count"`    // subjects with access
	Machines    int     `json:"machines"` // of them
	Kept        int     `json:"kept"`
	Taken       int     `json:"taken"` // whose access is to be taken away
	Undecided   int     `json:"undecided"`
	// Last is when the review before this one was done.
	Last     time.Time       `json:"last,omitzero"`
	Source   string          `json:"source,omitempty"`
	Digest   string          `json:"digest,omitempty"` // of the list
	Erased   bool            `json:"erased,omitempty"`
	Subjects []AccessSubject `json:"subjects"` // empty where the list was erased
}

// AccessSubject is somebody or something with access, and what was decided.
type AccessSubject struct {
	Subject  string    `json:"subject"`
	Rights   string    `json:"rights"`
	Machine  bool      `json:"machine,omitempty"`
	Decision string    `json:"decision,omitempty"` // keep, take away, or "" while undecided
	By       *Person   `json:"by,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Why      string    `json:"why,omitempty"`
}

func (g *gatherer) access() []Access {
	all := []Access{}
	for _, from := range g.View.Access {
		written := g.state.SubjectsOf(from)
		one := Access{ID: from.ID, Environment: from.Environment, Begun: g.signed(from.Begun.By, from.Begun.At), Due: from.Due,
			Overdue: from.Due < g.today(), Count: from.Count, Machines: from.Machines, Last: from.Last, Source: written.Source,
			Digest: from.Digest, Erased: len(written.Subjects) == 0, Undecided: from.Count - len(from.Decisions)}
		if from.Done != nil {
			done := g.signed(from.Done.By, from.Done.At)
			one.Done = &done
		}
		for _, decision := range from.Decisions {
			if decision.Keep {
				one.Kept++
			} else {
				one.Taken++
			}
		}
		one.Subjects = g.subjects(from, written.Subjects)
		all = append(all, one)
	}
	return all
}

func (g *gatherer) subjects(from *review.AccessReview, written []review.AccessSubject) []AccessSubject {
	all := []AccessSubject{}
	for place, subject := range written {
		one := AccessSubject{Subject: subject.String(), Rights: subject.Rights, Machine: subject.Machine}
		if decision, decided := from.Decisions[place]; decided {
			one.Decision, one.By, one.At, one.Why = "take away", g.person(decision.By), decision.At.UTC(), g.state.WhyAccess(decision)
			if decision.Keep {
				one.Decision = "keep"
			}
		}
		all = append(all, one)
	}
	return all
}

// gaps tells what was not looked at.
func (g *gatherer) gaps(document *Document) Gaps {
	gaps := Gaps{Methods: []MethodGap{}, Questions: []string{}, Waiting: []string{}, Parts: []Part{}, Checklists: []string{}}
	provided := map[checklist.Method]bool{"Q": true} // people are asked: see Questions
	for _, scan := range document.Scans {
		gaps.Lost += scan.Lost
		for _, method := range scan.Methods {
			provided[method] = provided[method] || !scan.Stale
		}
	}
	gaps.Methods = append(gaps.Methods, unprovided(document.Items, provided)...)
	for _, question := range document.Questions {
		switch {
		case question.Skipped != "" || question.Stage != review.Open:
		case question.Waiting != "":
			gaps.Waiting = append(gaps.Waiting, question.ID)
		default:
			gaps.Questions = append(gaps.Questions, question.ID)
		}
	}
	for _, item := range document.Items {
		if item.Open != "" {
			gaps.Parts = append(gaps.Parts, Part{item.ID, item.Open})
		}
	}
	for _, id := range g.View.Plan.Checklists {
		if !slices.ContainsFunc(document.Checklists, func(l List) bool { return l.ID == id }) {
			gaps.Checklists = append(gaps.Checklists, id)
		}
	}
	return gaps
}

// methods is the order in which ways to assess are shown.
var methods = []checklist.Method{"F", "C", "N", "D", "I", "P", "T"}

func unprovided(items []*Item, provided map[checklist.Method]bool) []MethodGap {
	var gaps []MethodGap
	for _, method := range methods {
		gap := MethodGap{Method: method, About: checklist.Methods[method]}
		for _, item := range items {
			if len(item.Controls) > 0 && slices.Contains(item.Assess, method) {
				gap.Items++
			}
		}
		if gap.Items > 0 && !provided[method] {
			gaps = append(gaps, gap)
		}
	}
	return gaps
}

package assessment

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// State is how far a checklist item is fulfilled. An item is judged by the verdicts of all its
// controls together, in this order:
//
//  1. Any failure: not satisfied. Failures that an exception accepts are not counted here.
//  2. No pass and no accepted failure: not applicable if every verdict says so and nothing else
//     is open; not assessed otherwise. Nothing seen is never a pass.
//  3. Something passed or was accepted: satisfied if nothing is open; partly otherwise.
//
// Open is: a question without an answer; a part that no control judges yet (Item.Open); a control
// that did not run; a verdict unknown or error; an accepted failure, for a risk that people take
// is not a proof; a file or object that could not be read, for it may hold a failure; a letter
// of Item.Assess that was not looked at. A control that saw no subject is not open where another
// control of the item passed: that there is no such object was seen by the same look.
type State string

// The states of checklist items.
const (
	ItemSatisfied     State = "satisfied"
	ItemNotSatisfied  State = "not-satisfied"
	ItemPartly        State = "partly"
	ItemNotAssessed   State = "not-assessed"
	ItemNotApplicable State = "not-applicable"
)

// States are all states, best first.
var States = []State{ItemSatisfied, ItemPartly, ItemNotSatisfied, ItemNotAssessed, ItemNotApplicable}

// ItemResult is the state of one item, why it has it, and the verdicts of its controls added up.
type ItemResult struct {
	State    State  `json:"state"`
	Reason   string `json:"reason"`
	Outcomes Counts `json:"outcomes"`
}

// Seen is what a run looked at: all that the state of an item depends on.
type Seen struct {
	// Controls are those that ran, by id.
	Controls map[string]ControlResult
	// Methods are the letters that the targets gave something to look at for.
	Methods map[checklist.Method]bool
	// Lost counts what could not be read.
	Lost int
}

// SeenBy gives what a run looked at. A nil assessment saw nothing.
func SeenBy(a *Assessment) Seen {
	seen := Seen{Controls: map[string]ControlResult{}, Methods: map[checklist.Method]bool{}}
	if a == nil {
		return seen
	}
	for _, result := range a.Controls {
		seen.Controls[result.ID] = result
	}
	clusters := a.Summary.Kinds[inventory.FactCluster]
	if clusters > 0 {
		seen.Methods["C"] = true
	}
	others := a.Summary.Subjects
	for kind, method := range map[string]checklist.Method{inventory.FactDockerfile: "D", inventory.FactImage: "I"} {
		if n := a.Summary.Kinds[kind]; n > 0 {
			seen.Methods[method] = true
			others -= n
		}
	}
	// A bill of materials and the use of an audit log are no files that anything is deployed from.
	others -= a.Summary.Kinds[inventory.FactBill] + a.Summary.Kinds[inventory.FactAuditUse]
	// Every other target is files; what is in them is Kubernetes files.
	if others > 0 && (clusters == 0 || len(a.Targets) > clusters) {
		seen.Methods["F"] = true
	}
	for _, err := range a.Errors {
		if err.Lost {
			seen.Lost++
		}
	}
	return seen
}

// standsFor names, for each letter, the others that show the same where an item lists them too:
// a cluster runs what files declare and shows most of a node's settings, an image is what its
// Dockerfile builds, and another tool's report stands for what that tool looked at. A node shows
// the settings that an item looks for in a cluster, but no objects, so it never stands for F.
var standsFor = map[checklist.Method][]checklist.Method{
	"F": {"C", "T"},
	"C": {"F", "N", "T"},
	"N": {"C", "T"},
	"D": {"I", "T"},
	"I": {"D", "F", "C", "T"},
	"P": {"T"},
	"T": {"F", "C", "N", "D", "I", "P"},
}

// covered reports whether a letter of the item was looked at, itself or by one that stands for it.
func (s Seen) covered(item *checklist.Item, letter checklist.Method) bool {
	if letter == "Q" || s.Methods[letter] {
		return true
	}
	for _, other := range standsFor[letter] {
		if s.Methods[other] && slices.Contains(item.Assess, other) {
			return true
		}
	}
	return false
}

// Item gives the state of an item by the rule at State. It is pure.
func (s Seen) Item(item *checklist.Item) ItemResult {
	t := s.tally(item)
	result := ItemResult{Outcomes: t.counts}
	gaps := t.gaps(item)
	switch c := t.counts; {
	case c.Fail > 0:
		result.State = ItemNotSatisfied
	case c.Pass+c.Accepted == 0 && c.NotApplicable > 0 && len(gaps) == 0:
		result.State = ItemNotApplicable
	case c.Pass+c.Accepted == 0:
		result.State = ItemNotAssessed
	case len(gaps) == 0:
		result.State = ItemSatisfied
	default:
		result.State = ItemPartly
	}
	result.Reason = t.reason(item, result.State, gaps)
	return result
}

// tally is what the controls of one item gave.
type tally struct {
	counts  Counts
	failing []string // controls with failures
	unseen  []string // why controls saw nothing, each reason once
	idle    []string // controls that did not run
	missing []checklist.Method
	lost    int
}

func (s Seen) tally(item *checklist.Item) tally {
	t := tally{}
	for _, id := range item.Controls {
		result, ran := s.Controls[id]
		switch {
		case !ran:
			t.idle = append(t.idle, id)
		case result.Outcomes.Total() == 0:
			if !slices.Contains(t.unseen, result.Unseen) {
				t.unseen = append(t.unseen, result.Unseen)
			}
		case result.Outcomes.Fail > 0:
			t.failing = append(t.failing, id)
		}
		t.counts = t.counts.Plus(result.Outcomes)
	}
	for _, letter := range item.Assess {
		if !s.covered(item, letter) {
			t.missing = append(t.missing, letter)
		}
	}
	if len(item.Controls) > 0 {
		t.lost = s.Lost
	}
	return t
}

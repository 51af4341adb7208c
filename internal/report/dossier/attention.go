package dossier

import (
	"cmp"
	"slices"

	"github.com/kubeproof/kubeproof/internal/review"
)

// Attention is one thing that somebody has to look at.
type Attention struct {
	Why Urgency `json:"why"`
	// Kind is item, question or exception; ID is of that kind.
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
	Weight int    `json:"weight,omitempty"` // of the item
	Until  string `json:"until,omitempty"`  // the last day, of what ends soon
}

// Urgency says why something needs attention.
type Urgency string

// The kinds of urgency, the most urgent first: who contradicts himself is asked before anything else.
const (
	UrgentContradicted Urgency = "contradicted"
	UrgentNotSatisfied Urgency = "not-satisfied"
	UrgentStale        Urgency = "stale"
	UrgentSoon         Urgency = "ends-soon"
)

// attention lists contradicted items, what is not satisfied and what is stale, each by weight, and
// then what ends soon by its day.
func (g *gatherer) attention(document *Document) []Attention {
	all := []Attention{}
	for _, urgency := range []Urgency{UrgentContradicted, UrgentNotSatisfied, UrgentStale} {
		from := len(all)
		for _, item := range document.Items {
			if item.State == review.ItemState(urgency) {
				all = append(all, Attention{Why: urgency, Kind: "item", ID: item.ID, Text: item.Text, Reason: item.Reason, Weight: item.Weight})
			}
		}
		slices.SortStableFunc(all[from:], func(a, b Attention) int { return b.Weight - a.Weight })
	}
	soon := ending(document)
	slices.SortStableFunc(soon, func(a, b Attention) int { return cmp.Compare(a.Until, b.Until) })
	return append(all, soon...)
}

// pressing are the most pressing so many: of each kind of urgency some, so that many failures do not
// hide what is about to end, and then the rest in their order. It tells how many are left out.
func pressing(all []Attention, most int) (first []Attention, more int) {
	if len(all) <= most {
		return all, 0
	}
	chosen, seen, kept := make([]bool, len(all)), map[Urgency]int{}, 0
	for _, quota := range []int{most / 4, most} {
		for i, one := range all {
			if !chosen[i] && kept < most && seen[one.Why] < quota {
				chosen[i] = true
				seen[one.Why]++
				kept++
			}
		}
	}
	for i, one := range all {
		if chosen[i] {
			first = append(first, one)
		}
	}
	return first, len(all) - most
}

// ending are answers and exceptions whose last day is near.
func ending(document *Document) []Attention {
	var all []Attention
	for _, question := range document.Questions {
		if question.Soon && question.Stale == "" && question.Skipped == "" && question.Stage == review.Approved {
			all = append(all, Attention{Why: UrgentSoon, Kind: "question", ID: question.ID, Text: question.Text,
				Reason: "the answer and its evidence count until " + question.Until, Until: question.Until})
		}
	}
	for _, exception := range document.Exceptions {
		if exception.Soon {
			what := cmp.Or(exception.Item, exception.Control)
			all = append(all, Attention{Why: UrgentSoon, Kind: "exception", ID: exception.ID, Text: "the risk of " + what + " is accepted",
				Reason: "accepted until " + exception.Until, Until: exception.Until})
		}
	}
	return all
}

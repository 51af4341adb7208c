package dossier

import (
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/review"
)

// bar is one part of a chart of states. From and Share are percentages of its whole.
type bar struct {
	State, Label, From, Share string
	N                         int
}

// bars places the states side by side, in the order of review.ItemStates.
func bars(s Score) []bar {
	var all []bar
	before := 0
	for _, state := range review.ItemStates {
		n := s.States[state]
		all = append(all, bar{State: string(state), Label: spoken(state), N: n, From: share(before, s.Items), Share: share(n, s.Items)})
		before += n
	}
	return all
}

func share(n, of int) string {
	if of == 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 2, 64)
}

// ring is how much of a circle of 1000 is filled.
func ring(percent int) int { return 10 * percent }

// asked is a question as it stands at one item: in full at the first one that names it, in short and
// with a link at those that follow.
type asked struct {
	*Question
	At       string // the item that shows it in full; "" if this one does
	Evidence []*Evidence
}

// shownItem is an item on the page.
type shownItem struct {
	Item *Item
	page *page
}

// With gives an item what the page knows of its answers.
func (p *page) With(item *Item) shownItem { return shownItem{item, p} }

// Asks gives the questions of the item.
func (s shownItem) Asks() []asked {
	var all []asked
	for _, id := range s.Item.Questions {
		question := s.page.questions[id]
		if question == nil {
			continue
		}
		one := asked{Question: question, At: s.page.shown[id]}
		if one.At == "" {
			s.page.shown[id] = s.Item.ID
			one.Evidence = s.page.attached(question.Answer)
		}
		all = append(all, one)
	}
	return all
}

func (p *page) attached(answer *Answer) []*Evidence {
	var all []*Evidence
	if answer == nil {
		return nil
	}
	for _, id := range answer.Evidence {
		if evidence := p.evidence[id]; evidence != nil {
			all = append(all, evidence)
		}
	}
	return all
}

// Said gives what was said of the item itself, and the evidence for it; nil if nothing.
func (s shownItem) Said() *asked {
	declared := s.Item.Declared
	if declared == nil || !declared.Given && len(declared.Evidence) == 0 {
		return nil
	}
	return &asked{Question: &Question{ID: s.Item.ID, Stage: declared.Stage, Answer: declared}, Evidence: s.page.attached(declared)}
}

// Risks gives the exceptions of the item.
func (s shownItem) Risks() []*Exception {
	var all []*Exception
	for _, id := range s.Item.Exceptions {
		all = append(all, s.page.risks[id])
	}
	return all
}

// Unjudged is what no control looks at yet, unless the machine's reason says so already.
func (s shownItem) Unjudged() string {
	if s.Item.Machine != nil && strings.Contains(s.Item.Machine.Reason, s.Item.Open) {
		return ""
	}
	return s.Item.Open
}

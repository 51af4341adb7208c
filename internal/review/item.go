package review

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// ItemState is where an item of a checklist stands. Only ItemSatisfied counts for the score; what is
// unknown, unanswered, unreviewed or too old has a state of its own.
type ItemState string

// The states of items. The rule that gives them, the first that fits:
//
//  1. The item was declared not applicable: contradicted if a control fails all the same; not
//     applicable once that is approved, else the stage of the declaration; stale when the item has
//     changed since, or after 90 days. So it is too where every question was answered so, or where the item stands
//     for a choice that the approved answer does not name.
//  2. An answer and a scan disagree: contradicted.
//  3. A control fails: not satisfied.
//  4. Otherwise the questions that are asked decide, the one that is least far: changes requested,
//     open, answered, in review; once all are approved: stale, if one is.
//  5. Then the worst of results and controls: not satisfied, partly, satisfied. What controls could
//     judge and no scan showed leaves an item partly, or open if nothing was asked; so does an
//     environment that no scan shows. An old scan that was not made anew leaves it stale.
//
// Whatever is not satisfied by this rule is accepted while an approved exception holds.
const (
	ItemOpen             ItemState = "open"
	ItemAnswered         ItemState = "answered"
	ItemInReview         ItemState = "in-review"
	ItemChangesRequested ItemState = "changes-requested"
	ItemStale            ItemState = "stale"
	ItemContradicted     ItemState = "contradicted"
	ItemAccepted         ItemState = "accepted"
	ItemNotApplicable    ItemState = "not-applicable"
	ItemSatisfied        ItemState = "satisfied"
	ItemPartly           ItemState = "partly"
	ItemNotSatisfied     ItemState = "not-satisfied"
)

// ItemStates are all states, in the order in which progress is shown.
var ItemStates = []ItemState{ItemSatisfied, ItemPartly, ItemNotSatisfied, ItemContradicted, ItemAccepted, ItemStale,
	ItemInReview, ItemAnswered, ItemChangesRequested, ItemOpen, ItemNotApplicable}

// ItemView is an item of a plan's checklist as it stands at one time.
type ItemView struct {
	Item   *checklist.Item
	List   *checklist.Checklist
	State  ItemState
	Reason string
	// Weight is the item's share of the risk-weighted score, 1 to 10.
	Weight int
	// Machine is what scans show of what controls judge, questions left aside; nil if no control
	// judges it.
	Machine   *assessment.ItemResult
	Questions []*Asked
	// Declared is the declaration that the item does not apply; nil if there is none, or if it was
	// taken back.
	Declared *Answer
	// Exception is the approved exception that covers it; nil if none does.
	Exception *Exception
}

// Approved reports whether everything that people said of the item is approved.
func (v *ItemView) Approved() bool {
	if v.Declared != nil {
		return v.Declared.Stage == Approved
	}
	return len(v.Questions) > 0 && !slices.ContainsFunc(v.Questions, func(a *Asked) bool { return a.Skipped == "" && a.Stage != Approved })
}

// item works out how an item stands.
func (a *asking) item(list *checklist.Checklist, item *checklist.Item) *ItemView {
	view := &ItemView{Item: item, List: list, Declared: a.state.Answers[IDOf(a.plan.ID, item.ID)]}
	if view.Declared != nil && (view.Declared.Reply == nil || !view.Declared.Reply.NotApplicable) {
		view.Declared = nil
	}
	sight := a.sightOf(item)
	if len(item.Controls) > 0 && sight != nil {
		machine := sight.seen.Item(alone(item))
		view.Machine = &machine
	}
	for _, id := range item.Questions {
		if question, known := a.catalogue.Question(id); known {
			view.Questions = append(view.Questions, a.of(question))
		}
	}
	view.State, view.Reason = a.judge(view, sight)
	a.accept(view)
	return view
}

// alone is the item as controls judge it: what nobody but people can tell is left to the questions,
// and so is what no control looks at yet where a question asks it.
func alone(item *checklist.Item) *checklist.Item {
	bare := *item
	bare.Questions = nil
	bare.Assess = slices.DeleteFunc(slices.Clone(item.Assess), func(m checklist.Method) bool { return m == "Q" })
	if len(item.Questions) > 0 {
		bare.Open = ""
	}
	return &bare
}

// accept lets an approved exception stand for what is not satisfied.
func (a *asking) accept(view *ItemView) {
	if view.State == ItemSatisfied || view.State == ItemNotApplicable {
		return
	}
	if exception := a.accepted[view.Item.ID]; exception != nil {
		view.Exception = exception
		view.Reason = "accepted until " + exception.Until(a.now) + ", else " + spoken(view.State) + ": " + view.Reason
		view.State = ItemAccepted
	}
}

var stageStates = map[Stage]ItemState{Open: ItemOpen, Answered: ItemAnswered, InReview: ItemInReview, ChangesRequested: ItemChangesRequested}

// judge gives state and reason by the rule at ItemState.
func (a *asking) judge(view *ItemView, sight *sight) (ItemState, string) {
	if view.Declared != nil {
		return a.declared(view)
	}
	if other := notChosen(view); other != "" {
		return ItemNotApplicable, other
	}
	for _, asked := range view.Questions {
		if asked.Contradicted != "" && asked.Skipped == "" {
			return ItemContradicted, asked.Contradicted
		}
	}
	if view.Machine != nil && view.Machine.State == assessment.ItemNotSatisfied {
		return ItemNotSatisfied, view.Machine.Reason
	}
	if view.Machine == nil && len(view.Questions) == 0 {
		return ItemOpen, "no control judges it and no question asks it yet"
	}
	people, reason := peopleOf(view.Questions)
	if people != ItemSatisfied && people != ItemPartly && people != ItemNotSatisfied && people != ItemNotApplicable {
		return people, reason
	}
	return both(view, sight, people, reason)
}

// notChosen tells that the item stands for choices of its question of which the approved answer names
// none, such as a regulation that does not apply; "" otherwise.
func notChosen(view *ItemView) string {
	if len(view.Item.Choices) == 0 || len(view.Questions) != 1 {
		return ""
	}
	asked := view.Questions[0]
	settled := asked.Stage == Approved && asked.Stale == "" && asked.Contradicted == "" // what nobody knows today excuses from nothing
	if !settled || asked.NotApplicable || asked.holds(view.Item.Choices) {
		return ""
	}
	return asked.Question.ID + " does not name it"
}

// declared gives the state of an item that was said not to apply: that ends like every other answer.
func (a *asking) declared(view *ItemView) (ItemState, string) {
	answer, why := view.Declared, a.state.Written(view.Declared.Reply).Comment
	switch until, old := a.until(answer, checklist.DefaultFresh); {
	case view.Machine != nil && view.Machine.Outcomes.Fail > 0:
		return ItemContradicted, "said not to apply, and the scan shows that it fails: " + view.Machine.Reason
	case answer.Stage != Approved:
		return stageStates[answer.Stage], "said not to apply: " + why
	case answer.Reply.Catalogue != view.Item.Digest():
		return ItemStale, "the item has changed since it was said not to apply"
	case over(until, a.now):
		return ItemStale, "said not to apply: " + old
	}
	return ItemNotApplicable, why
}

// least are the stages of answers that are not approved, the one that asks most of people first.
var least = []Stage{ChangesRequested, Open, Answered, InReview}

// peopleOf adds up what people said: the stage of the answer that is least far, or the worst result.
// Without any question that is asked it is ItemNotApplicable, with the reason "".
func peopleOf(questions []*Asked) (ItemState, string) {
	asked := slices.DeleteFunc(slices.Clone(questions), func(q *Asked) bool { return q.Skipped != "" })
	if len(asked) == 0 {
		if len(questions) > 0 {
			return ItemNotApplicable, questions[0].Skipped
		}
		return ItemNotApplicable, ""
	}
	for _, stage := range least {
		var at []string
		for _, q := range asked {
			if q.Stage == stage {
				at = append(at, q.Question.ID)
			}
		}
		if len(at) > 0 {
			return stageStates[stage], stageReason(stage, at, asked)
		}
	}
	for _, q := range asked {
		if q.Stale != "" {
			return ItemStale, q.Stale
		}
	}
	return worst(asked)
}

func stageReason(stage Stage, at []string, asked []*Asked) string {
	names := strings.Join(at, ", ")
	switch stage {
	case ChangesRequested:
		return "changes requested of " + names
	case Open:
		for _, q := range asked {
			if q.Waiting != "" && slices.Contains(at, q.Question.ID) {
				return q.Question.ID + " is " + q.Waiting
			}
		}
		return "unanswered: " + names
	case Answered:
		return "to be submitted: " + names
	default:
		return "to be reviewed: " + names
	}
}

// worst gives the worst result of approved answers.
func worst(asked []*Asked) (ItemState, string) {
	state, reason := ItemNotApplicable, ""
	rank := map[ItemState]int{ItemNotApplicable: 0, ItemSatisfied: 1, ItemPartly: 2, ItemNotSatisfied: 3}
	for _, q := range asked {
		here := ItemState(q.Result)
		switch {
		case q.NotApplicable:
			here = ItemNotApplicable
		case q.Result == "":
			return ItemStale, q.Question.ID + " has an answer that does not fit the question any more"
		}
		if rank[here] > rank[state] || reason == "" {
			state, reason = here, q.Question.ID+": "+spoken(here)
			if q.Why != "" {
				reason += ": " + q.Why
			}
		}
	}
	return state, reason
}

// both joins what people said with what controls saw.
func both(view *ItemView, sight *sight, people ItemState, reason string) (ItemState, string) {
	if view.Machine == nil {
		return people, reason
	}
	join := func(also string) string {
		return strings.Join(slices.DeleteFunc([]string{reason, also}, func(part string) bool { return part == "" }), "; ")
	}
	switch machine := *view.Machine; machine.State {
	case assessment.ItemSatisfied, assessment.ItemNotApplicable:
		if state, why := sight.halfSeen(view, people); why != "" {
			return state, join(why)
		}
		if people == ItemNotApplicable && machine.State == assessment.ItemSatisfied {
			return ItemSatisfied, join(machine.Reason)
		}
		return people, join(machine.Reason)
	case assessment.ItemPartly:
		if people == ItemNotSatisfied {
			return people, join(machine.Reason)
		}
		return ItemPartly, join(machine.Reason)
	default:
		return sight.unscanned(view.Item, people, join)
	}
}

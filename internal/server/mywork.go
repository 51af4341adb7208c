package server

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/review"
)

// workPage is what waits for who is here.
type workPage struct {
	Groups []workGroup
}

type workGroup struct {
	ID, Title, About string
	All              []matter
}

// Count is how many things wait.
func (w workPage) Count() int {
	n := 0
	for _, group := range w.Groups {
		n += len(group.All)
	}
	return n
}

func (v *visit) myWork() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	return v.show("mywork.html", "My work", v.mine(now))
}

// mine lists what waits for who is here, by what is to be done.
func (v *visit) mine(now *seen) workPage {
	me := v.person.ID
	is := func(asked *review.Asked) bool {
		return asked.Owner == me || asked.Answer != nil && slices.Contains(asked.Answer.Authors, me)
	}
	page := workPage{Groups: []workGroup{
		{"changes", "Changes requested", "A reviewer sent these back. Change the answer or its evidence, and submit again.", asksOf(now, func(a *review.Asked) bool { return a.Stage == review.ChangesRequested && is(a) })},
		{"answer", "To answer", "Questions that are yours and have no answer yet.", asksOf(now, func(a *review.Asked) bool { return a.Owner == me && a.Stage == review.Open })},
		{"submit", "To submit", "Answered, and not handed in for review yet.", asksOf(now, func(a *review.Asked) bool { return a.Stage == review.Answered && is(a) })},
	}}
	if v.has(review.Reviewer) {
		page.Groups = append(page.Groups, workGroup{"review", "To review", "Answers and exceptions in which you had no hand.", v.toReview(now)})
	}
	page.Groups = append(page.Groups, workGroup{"expiring", "Expiring", "Your answers that count only a little longer, or no more.", asksOf(now, func(a *review.Asked) bool {
		return is(a) && a.Stage == review.Approved && (a.Soon || a.Stale != "")
	})})
	return page
}

// asksOf lists questions that are asked and fit.
func asksOf(now *seen, fits func(*review.Asked) bool) []matter {
	var all []matter
	for _, asked := range now.Asked {
		if asked.Skipped != "" || !fits(asked) {
			continue
		}
		m := matter{To: placeOf(now, asked.Question.ID), ID: asked.Question.ID, Text: asked.Question.Text, Why: string(asked.Stage), Reason: asked.Stale, Day: asked.Until}
		if answer := asked.Answer; answer != nil && asked.Stage == review.ChangesRequested {
			m.Reason = now.State.NameOf(answer.Decision.By) + ": " + now.State.Note(answer.Decision)
		}
		if answer := asked.Answer; answer != nil && answer.Due != "" && asked.Stage != review.Approved && asked.Stage != review.InReview {
			m.Day, m.Late = answer.Due, answer.Due < now.Now.UTC().Format(review.Day)
		}
		if asked.Contradicted != "" {
			m.Why, m.Reason = string(review.ItemContradicted), asked.Contradicted
		} else if asked.Stale != "" {
			m.Why = string(review.ItemStale)
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b matter) int {
		if late := b2i(b.Late) - b2i(a.Late); late != 0 {
			return late
		}
		return 0
	})
	return all
}

func b2i(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// toReview lists what a reviewer may decide on.
func (v *visit) toReview(now *seen) []matter {
	me := v.person.ID
	all := asksOf(now, func(a *review.Asked) bool { return a.Stage == review.InReview && !a.Answer.HadAHand(me) })
	for _, item := range now.Items {
		if item.Declared != nil && item.Declared.Stage == review.InReview && !item.Declared.HadAHand(me) {
			all = append(all, matter{To: "/items/" + item.Item.ID, ID: item.Item.ID, Text: item.Item.Text, Why: string(review.InReview), Reason: item.Reason})
		}
	}
	for _, one := range now.Exceptions {
		if one.State == review.ExceptionRequested && !slices.Contains(one.Requesters, me) {
			all = append(all, matter{To: "/exceptions#x-" + one.ID, ID: one.ID, Text: "Accept the risk of " + one.Item + one.Control + " until " + one.Expires, Why: "requested", Reason: now.State.ReasonOf(one).Reason})
		}
	}
	return all
}

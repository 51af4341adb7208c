package cli

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/review"
)

// owned are the questions that wait for an answer of a person.
func owned(view *review.View, me string) []string {
	return askedLines(view, func(asked *review.Asked) bool {
		return asked.Owner == me && asked.Stage == review.Open && asked.Skipped == ""
	})
}

// sentBack are the answers of a person that a reviewer wants changed, with the reviewer's reason.
func sentBack(view *review.View, me string) []string {
	var lines []string
	for _, asked := range view.Asked {
		if asked.Stage == review.ChangesRequested && isMine(asked, me) {
			lines = append(lines, fmt.Sprintf("%s %s: %s", asked.Question.ID, view.State.NameOf(asked.Answer.Decision.By), view.State.Note(asked.Answer.Decision)))
		}
	}
	return lines
}

func toSubmit(view *review.View, me string) []string {
	return askedLines(view, func(asked *review.Asked) bool { return asked.Stage == review.Answered && isMine(asked, me) })
}

// toReview are the answers and exceptions that a reviewer may decide on.
func toReview(view *review.View, me *review.Person) []string {
	if !me.Has(review.Reviewer) {
		return nil
	}
	lines := askedLines(view, func(asked *review.Asked) bool {
		return asked.Stage == review.InReview && !asked.Answer.HadAHand(me.ID)
	})
	for _, item := range view.Items {
		if item.Declared != nil && item.Declared.Stage == review.InReview && !item.Declared.HadAHand(me.ID) {
			lines = append(lines, item.Item.ID+" does not apply: "+item.Reason)
		}
	}
	for _, exception := range view.Exceptions {
		if exception.State == review.ExceptionRequested && !slices.Contains(exception.Requesters, me.ID) {
			lines = append(lines, "exception "+exception.ID+" for "+exception.Item+exception.Control+": "+view.State.ReasonOf(exception).Reason)
		}
	}
	return lines
}

func isMine(asked *review.Asked, me string) bool {
	return asked.Owner == me || slices.Contains(asked.Answer.Authors, me)
}

func askedLines(view *review.View, which func(*review.Asked) bool) []string {
	var lines []string
	for _, asked := range view.Asked {
		if which(asked) {
			lines = append(lines, asked.Question.ID+" "+asked.Question.Text)
		}
	}
	return lines
}

package sheet

import (
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// told is an answer, taken apart for saying it in words.
type told struct {
	not           bool
	values        []string
	judged        checklist.Result
	text, comment string
}

// toldAnswers say in words which answer stands, and which would. Long texts are cut so that the
// place where they differ is seen.
func toldAnswers(stands *entry, set *review.SetAnswer) (before, after string) {
	was := told{stands.reply.NotApplicable, stands.reply.Values, stands.reply.Judged, stands.text.Text, stands.text.Comment}
	becomes := told{set.NotApplicable, set.Values, set.Judged, set.AnswerText.Text, set.Comment}
	if stands.answer.Reply != nil {
		before = was.words(becomes)
	}
	return before, becomes.words(was)
}

func (t told) words(other told) string {
	var parts []string
	switch {
	case t.not:
		parts = append(parts, "does not apply")
	case t.text != "":
		parts = append(parts, quote(t.text, other.text))
	default:
		parts = appendFilled(parts, strings.Join(t.values, ", "))
	}
	if t.judged != "" && !t.not {
		parts = append(parts, "judged "+string(t.judged))
	}
	if t.comment != "" {
		parts = append(parts, "comment "+quote(t.comment, other.comment))
	}
	return strings.Join(parts, ", ")
}

func toldAssigned(stands *entry, assign *review.Assign) (before, after string) {
	state := stands.view.State
	was := assigned(state, stands.answer.Owner, stands.answer.Due)
	return was, assigned(state, assign.Owner, assign.Due)
}

func assigned(state *review.State, owner, due string) string {
	var parts []string
	if owner != "" {
		parts = append(parts, "owner "+state.NameOf(owner))
	}
	if due != "" {
		parts = append(parts, "due "+due)
	}
	return strings.Join(parts, ", ")
}

// quote shows a text on one line without anything that a terminal would obey. Of a long one it
// shows the part that begins to differ from the other.
func quote(text, other string) string {
	const longest, ahead = 80, 20
	runes, others := []rune(text), []rune(other)
	if len(runes) <= longest {
		return strconv.Quote(text)
	}
	same := 0
	for same < len(runes) && same < len(others) && runes[same] == others[same] {
		same++
	}
	from := max(0, min(same-ahead, len(runes)-longest))
	shown := strconv.Quote(string(runes[from : from+longest]))
	if from > 0 {
		shown = "..." + shown
	}
	if from+longest < len(runes) {
		shown += "..."
	}
	return shown
}

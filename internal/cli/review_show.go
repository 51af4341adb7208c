package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/review"
)

func newReviewShowCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	var noColour bool
	command := &cobra.Command{
		Use: "show ITEM", Short: "Show an item or a question: what is asked, answered, seen, attached and decided",
		Args:    one("an item or a question", "see `kubeproof review status --all`"),
		Example: "  kubeproof review show S4.001\n  kubeproof review show restore-test",
		RunE: func(command *cobra.Command, args []string) error {
			return d.look(command.Context(), streams, func(s *session, view *review.View) error {
				shown := &showing{checklistTable: s.table(noColour), view: view}
				return shown.show(args[0])
			})
		},
	}
	d.register(command.Flags())
	command.Flags().BoolVar(&noColour, "no-color", false, "no colour")
	return command
}

// showing writes an item or a question for people.
type showing struct {
	*checklistTable
	view *review.View
}

func (s *showing) show(key string) error {
	item, asked := s.view.Item(key), s.view.Question(key)
	switch {
	case item != nil:
		s.item(item)
	case asked != nil:
		for _, item := range s.view.ItemsOf(key) {
			s.line("%s  %s", item.Item.ID, shorten(item.Item.Text, s.width-8))
		}
		s.asked(asked)
	default:
		return usageError("%q is neither an item nor a question of review %s: see `kubeproof review status --all`", key, s.view.Plan.ID)
	}
	return s.err
}

func (s *showing) item(item *review.ItemView) {
	look := itemLook[item.State]
	s.line("%s  %s  (weight %d)", s.paint("1", item.Item.ID), s.paint(look.colour, look.word), item.Weight)
	s.wrapped(item.Item.Text)
	s.field("Why", item.Reason)
	if item.Machine != nil {
		s.field("Scan", item.Machine.Reason)
	}
	if item.Exception != nil {
		s.field("Exception", item.Exception.ID+": "+s.view.State.ReasonOf(item.Exception).Reason)
	}
	if item.Declared != nil {
		s.field("Does not apply", s.view.State.Written(item.Declared.Reply).Comment)
		s.answer(item.Declared)
	}
	for _, asked := range item.Questions {
		s.asked(asked)
	}
}

// field writes a name and a text over as many lines as it needs.
func (s *showing) field(name, text string) {
	if text == "" {
		return
	}
	for i, line := range wrap(harmless(strings.Join(strings.Fields(text), " ")), s.width-18) {
		if i > 0 {
			name = ""
		}
		s.line("  %-15s %s", name, line)
	}
}

func (s *showing) asked(asked *review.Asked) {
	question := asked.Question
	s.line("")
	s.line("%s  [%s]", s.paint("1", question.ID), stageWord(asked.Stage))
	s.wrapped(question.Text)
	s.field("Guidance", question.Guidance)
	s.field("Evidence", question.Evidence)
	s.field("Form", formOf(question))
	s.field("Not asked", asked.Skipped)
	s.field("Waits", asked.Waiting)
	if asked.Suggestion != nil {
		s.field("Scan", fmt.Sprintf("%s: %s", strings.ReplaceAll(string(asked.Suggestion.Result), "-", " "), asked.Suggestion.Text))
	}
	s.field("Contradicted", asked.Contradicted)
	s.field("Stale", asked.Stale)
	owner := string(question.Owner)
	if asked.Owner != "" {
		owner += ": " + s.view.State.NameOf(asked.Owner)
	}
	s.field("Owner", owner)
	if asked.Answer != nil {
		s.reply(asked)
		s.answer(asked.Answer)
	}
	for _, comment := range s.view.State.Comments[review.IDOf(s.view.Plan.ID, question.ID)] {
		s.field("Comment", fmt.Sprintf("%s, %s: %s", s.view.State.NameOf(comment.By), comment.At.Format(review.Day), s.view.State.Said(comment)))
	}
}

func (s *showing) reply(asked *review.Asked) {
	reply := asked.Answer.Reply
	if reply == nil {
		return
	}
	text := s.view.State.Written(reply)
	answer := strings.Join(reply.Values, ", ")
	switch {
	case reply.NotApplicable:
		answer = "does not apply"
	case text.Text != "":
		answer = text.Text
	case len(reply.Values) == 0:
		answer = "(erased)"
	}
	if asked.Result != "" {
		answer += " (" + strings.ReplaceAll(string(asked.Result), "-", " ") + ")"
	}
	s.field("Answer", answer)
	if s.field("", text.Comment); reply.Digest != "" && text == (review.AnswerText{}) && answer != "(erased)" {
		s.field("", "(what was written beside it was erased)")
	}
}

// answer writes who did what with an answer, and its evidence.
func (s *showing) answer(answer *review.Answer) {
	state := s.view.State
	if reply := answer.Reply; reply != nil {
		s.field("Answered", fmt.Sprintf("by %s on %s, revision %d", state.NameOf(reply.By), reply.At.Format(review.Day), answer.Revision))
	}
	s.field("Due", answer.Due)
	for _, attached := range answer.Attached {
		evidence := state.Evidence[attached.Evidence]
		about := state.AboutOf(evidence)
		what := strings.Join(strings.Fields(strings.Join([]string{string(evidence.Kind), about.Title, about.Name, about.URL, about.Note}, " ")), " ")
		s.field("Attached", fmt.Sprintf("%s %s, collected %s%s", evidence.ID, what, evidence.Collected, until(evidence.Expires)))
	}
	if decision := answer.Decision; decision != nil {
		what := "changes requested"
		if decision.Approved {
			what = "approved"
		}
		s.field("Decision", strings.TrimSuffix(fmt.Sprintf("%s by %s on %s: %s", what, state.NameOf(decision.By), decision.At.Format(review.Day), state.Note(decision)), ": "))
		if decision.Approved {
			s.field("", "signed by "+decision.Signer+" over sha256:"+decision.Snapshot)
		}
	}
}

func until(day string) string {
	if day == "" {
		return ""
	}
	return ", counts until " + day
}

func stageWord(stage review.Stage) string { return strings.ReplaceAll(string(stage), "-", " ") }

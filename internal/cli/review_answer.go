package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// answering are the flags of review answer.
type answering struct {
	desk
	values        []string
	text, comment string
	judged        string
	notApplicable bool
	applies       bool
	acceptScan    bool
	confirm       bool
	submit        bool
}

func newReviewAnswerCommand(streams *Streams) *cobra.Command {
	a := &answering{}
	command := &cobra.Command{
		Use: "answer ITEM", Short: "Answer the questions of an item, or one question",
		Long: `Answer the questions of an item one by one at the terminal, or one question by flags. What a scan shows is
filled in: press Enter to take it, or answer otherwise, which shows as contradicted until one of both changes.
An answer that is changed has to be approved again.`,
		Example: "  kubeproof review answer S4.001\n" +
			"  kubeproof review answer restore-test --value 2026-10-01 --comment \"the whole cluster, in 40 minutes\"\n" +
			"  kubeproof review answer S2.004 --not-applicable --comment \"no mesh is in use\"",
		Args: one("an item or a question", "see `kubeproof review status --all`"),
		RunE: func(command *cobra.Command, args []string) error {
			if a.byFlags() {
				return a.act(command.Context(), streams, func(s *session, w *journal.Work, plan string) error { return a.answer(s, w, plan, args[0]) })
			}
			return a.interview(command.Context(), streams, args[0])
		},
	}
	flags := command.Flags()
	a.register(flags)
	flags.StringSliceVar(&a.values, "value", nil, "the answer, as `VALUE`; of several choices as VALUE,...")
	flags.StringVar(&a.text, "text", "", "the answer to a question that asks for a text or a link")
	flags.StringVar(&a.judged, "judged", "", "whether that is enough, where the answer does not tell: satisfied, partly or not-satisfied")
	flags.StringVar(&a.comment, "comment", "", "what is to be said beside it; the reason where it does not apply")
	flags.BoolVar(&a.notApplicable, "not-applicable", false, "it does not apply: give the reason with --comment")
	flags.BoolVar(&a.applies, "applies", false, "an item that was said not to apply does after all: give the reason with --comment")
	flags.BoolVar(&a.acceptScan, "from-scan", false, "answer what scans show")
	flags.BoolVar(&a.confirm, "confirm", false, "the answer is still right as of today")
	flags.BoolVar(&a.submit, "submit", false, "also submit it for review")
	command.MarkFlagsMutuallyExclusive("not-applicable", "applies", "value", "from-scan", "confirm")
	return command
}

// byFlags reports whether the flags hold the answer.
func (a *answering) byFlags() bool {
	return len(a.values) > 0 || a.text != "" || a.notApplicable || a.applies || a.acceptScan || a.confirm
}

// answer does what the flags say.
func (a *answering) answer(s *session, w *journal.Work, plan, key string) error {
	view, err := s.view(w.State, plan)
	if err != nil {
		return err
	}
	item, asked := view.Item(key), view.Question(key)
	if a.applies {
		return a.takeBack(s, w, plan, key, item)
	}
	if item != nil && !a.notApplicable {
		if asked, err = onlyQuestion(item); err != nil {
			return err
		}
	}
	var action *review.SetAnswer
	switch {
	case item != nil && a.notApplicable:
		action = &review.SetAnswer{Plan: plan, Key: item.Item.ID, NotApplicable: true, Catalogue: item.Item.Digest(), AnswerText: review.AnswerText{Comment: a.comment}}
	case asked == nil:
		return usageError("%q is neither an item nor a question of review %s: see `kubeproof review status --all`", key, plan)
	default:
		if action, err = a.action(w.State, plan, asked); err != nil {
			return err
		}
	}
	return a.do(s, w, action)
}

// takeBack says of an item that it applies after all.
func (a *answering) takeBack(s *session, w *journal.Work, plan, key string, item *review.ItemView) error {
	if item == nil {
		return usageError("%q is no item of review %s: --applies is for items that were said not to apply", key, plan)
	}
	if err := w.Do(&review.SetAnswer{Plan: plan, Key: item.Item.ID, Catalogue: item.Item.Digest(), AnswerText: review.AnswerText{Comment: a.comment}}); err != nil {
		return err
	}
	s.say("%s applies: controls and questions judge it again", item.Item.ID)
	return nil
}

func (a *answering) do(s *session, w *journal.Work, action *review.SetAnswer) error {
	if err := w.Do(action); err != nil {
		return err
	}
	next := fmt.Sprintf("hand it in with `kubeproof review submit %s`", action.Key)
	if a.submit {
		if err := w.Do(&review.Submit{Plan: action.Plan, Key: action.Key}); err != nil {
			return err
		}
		next = "it waits for a reviewer"
	}
	s.say("answered %s: %s", action.Key, next)
	return nil
}

// onlyQuestion is the question of an item that has one.
func onlyQuestion(item *review.ItemView) (*review.Asked, error) {
	var ids []string
	for _, asked := range item.Questions {
		ids = append(ids, asked.Question.ID)
	}
	switch len(ids) {
	case 0:
		return nil, usageError("%s is judged by controls alone: scan it, or say with --not-applicable that it does not apply", item.Item.ID)
	case 1:
		return item.Questions[0], nil
	}
	return nil, usageError("%s has %d questions: name one of %s", item.Item.ID, len(ids), strings.Join(ids, ", "))
}

// action makes the answer to a question from the flags.
func (a *answering) action(state *review.State, plan string, asked *review.Asked) (*review.SetAnswer, error) {
	question := asked.Question
	action := &review.SetAnswer{Plan: plan, Key: question.ID, Catalogue: question.Digest(), NotApplicable: a.notApplicable,
		Values: a.values, Judged: checklist.Result(a.judged), AnswerText: review.AnswerText{Text: a.text, Comment: a.comment}}
	switch {
	case a.confirm:
		return confirmed(state, action, asked)
	case a.acceptScan && asked.Suggestion == nil:
		return nil, usageError("no scan shows what %s asks: record one with `kubeproof review scan`", question.ID)
	case a.acceptScan:
		return action, suggested(action, asked, a.comment)
	}
	return action, nil
}

// confirmed repeats the last answer as of today.
func confirmed(state *review.State, action *review.SetAnswer, asked *review.Asked) (*review.SetAnswer, error) {
	if asked.Answer == nil || asked.Answer.Reply == nil {
		return nil, usageError("%s has no answer to confirm", asked.Question.ID)
	}
	reply := asked.Answer.Reply
	action.Values, action.Judged, action.NotApplicable, action.AnswerText = reply.Values, reply.Judged, reply.NotApplicable, state.Written(reply)
	return action, nil
}

// suggested fills an answer in from what scans show.
func suggested(action *review.SetAnswer, asked *review.Asked, comment string) error {
	question, seen := asked.Question, asked.Suggestion
	action.AnswerText.Comment = cmp.Or(comment, "as the scan of "+seen.Made.Format(review.Day)+" shows: "+seen.Text)
	switch {
	case len(seen.Values) == 1:
		action.Values = seen.Values
	case question.Type == checklist.Text:
		action.AnswerText = review.AnswerText{Text: action.AnswerText.Comment}
		action.Judged = seen.Result
	default:
		return usageError("a scan shows that %s is %s, but not the answer itself: give it with --value", question.ID, seen.Result)
	}
	return nil
}

// interview asks at the terminal, question by question; each answer is written at once.
func (a *answering) interview(ctx context.Context, streams *Streams, key string) error {
	var questions []*review.Asked
	plan := ""
	if err := a.look(ctx, streams, func(s *session, view *review.View) error {
		if err := s.mayAnswer(view.State); err != nil {
			return err
		}
		plan = view.Plan.ID
		if item := view.Item(key); item != nil {
			questions = slices.DeleteFunc(slices.Clone(item.Questions), func(asked *review.Asked) bool { return asked.Skipped != "" })
			if len(questions) == 0 {
				_, err := onlyQuestion(item)
				return err
			}
		} else if asked := view.Question(key); asked != nil {
			questions = []*review.Asked{asked}
		} else {
			return usageError("%q is neither an item nor a question of review %s: see `kubeproof review status --all`", key, plan)
		}
		return nil
	}); err != nil {
		return err
	}
	talk := newInterview(ctx, streams)
	for _, asked := range questions {
		action, err := talk.ask(plan, asked)
		if err != nil {
			return err
		}
		if action == nil {
			continue
		}
		if err := a.act(ctx, streams, func(s *session, w *journal.Work, _ string) error { return a.do(s, w, action) }); err != nil {
			return err
		}
	}
	return nil
}

// mayAnswer refuses somebody who may not answer before anything is asked.
func (s *session) mayAnswer(state *review.State) error {
	who, err := s.who(state)
	if err == nil && !state.People[who].Has(review.Contributor) {
		return usageError("%s is no contributor: ask one to answer, or an administrator for the role", state.NameOf(who))
	}
	return err
}

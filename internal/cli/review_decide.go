package cli

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

// deciding is a command that does one action on each answer of the items that are named.
type deciding struct {
	desk
	reason, personKey string
	all               bool
}

// each does an action on the answers of the keys; an item stands for those of its questions that
// are at the stage.
func (d *deciding) each(streams *Streams, stages []review.Stage, done string, do func(s *session, w *journal.Work, answer *review.Answer) error) func(*cobra.Command, []string) error {
	return func(command *cobra.Command, args []string) error {
		return d.act(command.Context(), streams, func(s *session, w *journal.Work, plan string) error {
			view, err := s.view(w.State, plan)
			if err != nil {
				return err
			}
			if d.all {
				args = allAt(view, stages[0], w.Mark().Actor)
			}
			if len(args) == 0 {
				s.say("%s", nothingAt[stages[0]])
			}
			for _, arg := range args {
				for _, key := range keysAt(view, arg, stages) {
					answer := w.State.Answers[review.IDOf(plan, key)]
					if answer == nil {
						answer = &review.Answer{Plan: plan, Key: key, Stage: review.Open}
					}
					if err := do(s, w, answer); err != nil {
						return err
					}
					s.say("%s %s", done, key)
				}
			}
			return nil
		})
	}
}

// nothingAt is what --all says where it finds nothing.
var nothingAt = map[review.Stage]string{
	review.Answered: "there is nothing to hand in",
	review.InReview: "nothing is in review, or you had a hand in all of it",
}

// keysAt are the keys that an item or question stands for: of an item the answers at the stages, or
// all its questions if none is, so that the rules say what is wrong.
func keysAt(view *review.View, key string, stages []review.Stage) []string {
	item := view.Item(key)
	if item == nil {
		return []string{key}
	}
	if item.Declared != nil {
		return []string{key}
	}
	var all, at []string
	for _, asked := range item.Questions {
		if asked.Skipped != "" {
			continue
		}
		all = append(all, asked.Question.ID)
		for _, stage := range stages {
			if asked.Stage == stage {
				at = append(at, asked.Question.ID)
			}
		}
	}
	switch {
	case len(at) > 0:
		return at
	case len(all) > 0:
		return all
	}
	return []string{key}
}

// allAt are the keys of all answers at a stage; of those in review only what a person had no hand in.
func allAt(view *review.View, stage review.Stage, person string) []string {
	var keys []string
	add := func(answer *review.Answer, skipped bool) {
		barred := stage == review.InReview && answer != nil && answer.HadAHand(person)
		if answer != nil && answer.Stage == stage && !skipped && !barred && !slices.Contains(keys, answer.Key) {
			keys = append(keys, answer.Key)
		}
	}
	for _, item := range view.Items {
		add(item.Declared, false)
		for _, asked := range item.Questions {
			add(asked.Answer, asked.Skipped != "")
		}
	}
	return keys
}

// some asks for at least one item or question, or for --all.
func (d *deciding) some(_ *cobra.Command, args []string) error {
	if (len(args) == 0) != d.all {
		return usageError("name items or questions, or --all: see `kubeproof review status --mine`")
	}
	return nil
}

func newReviewSubmitCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	command := &cobra.Command{
		Use: "submit {ITEM... | --all}", Short: "Hand answers in for review", Args: d.some,
		Example: "  kubeproof review submit S4.001 restore-test",
		RunE: d.each(streams, []review.Stage{review.Answered}, "submitted", func(_ *session, w *journal.Work, answer *review.Answer) error {
			return w.Do(&review.Submit{Plan: answer.Plan, Key: answer.Key})
		}),
	}
	d.register(command.Flags())
	command.Flags().BoolVar(&d.all, "all", false, "every answer that was not handed in yet")
	return command
}

func newReviewApproveCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	command := &cobra.Command{
		Use: "approve {ITEM... | --all}", Short: "Approve answers that others gave", Args: d.some,
		Long: `Approve answers. You must be a reviewer, and must have had no hand in the answer or its evidence. The approval
is a signed statement over exactly this revision, its evidence and the question as it was asked; whatever changes
after that has to be approved again. With --person-key it is signed by a key of your own, which an administrator
registered with ` + "`kubeproof review person key`" + `; otherwise by the ledger's.`,
		Example: "  kubeproof review approve S4.001 --as \"Ben Okafor\"",
		RunE: d.each(streams, []review.Stage{review.InReview}, "approved", func(s *session, w *journal.Work, answer *review.Answer) error {
			key, err := d.signer(s)
			if err != nil {
				return err
			}
			approval := &review.Approve{Plan: answer.Plan, Key: answer.Key, Revision: answer.Revision, ReasonText: review.ReasonText{Reason: d.reason}}
			if err := approval.Sign(w.State, w.Mark(), key); err != nil {
				return err
			}
			return w.Do(approval)
		}),
	}
	d.register(command.Flags())
	d.registerKey(command)
	command.Flags().StringVar(&d.reason, "note", "", "what you looked at, as `TEXT`")
	command.Flags().BoolVar(&d.all, "all", false, "every answer in review in which you had no hand; you state that you looked at each")
	return command
}

func (d *deciding) registerKey(command *cobra.Command) {
	command.Flags().StringVar(&d.personKey, "person-key", "", "`FILE` with your own key, to sign with")
}

// signer is the person's own key if it is named, else the ledger's.
func (d *deciding) signer(s *session) (*ledger.Key, error) {
	if d.personKey == "" {
		return s.LedgerKey()
	}
	text, err := os.ReadFile(filepath.Clean(d.personKey))
	if err != nil {
		return nil, usageError("read key %s: %s", d.personKey, reason(err))
	}
	key, err := ledger.ParseKey(text)
	if err != nil {
		return nil, usageError("read key %s: %v", d.personKey, err)
	}
	return key, nil
}

func newReviewRequestChangesCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	command := &cobra.Command{
		Use: "request-changes ITEM...", Short: "Send answers back to those who gave them", Args: d.some,
		Example: "  kubeproof review request-changes S4.001 --reason \"the decision is of 2019: attach today's\"",
		RunE: d.each(streams, []review.Stage{review.InReview, review.Approved}, "changes requested of", func(_ *session, w *journal.Work, answer *review.Answer) error {
			return w.Do(&review.RequestChanges{Plan: answer.Plan, Key: answer.Key, Revision: answer.Revision, ReasonText: review.ReasonText{Reason: d.reason}})
		}),
	}
	d.register(command.Flags())
	command.Flags().StringVar(&d.reason, "reason", "", "what has to change, as `TEXT`")
	return command
}

func newReviewReopenCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	command := &cobra.Command{
		Use: "reopen ITEM...", Short: "Take answers back from review or approval", Args: d.some,
		RunE: d.each(streams, []review.Stage{review.InReview, review.Approved}, "reopened", func(_ *session, w *journal.Work, answer *review.Answer) error {
			return w.Do(&review.Reopen{Plan: answer.Plan, Key: answer.Key, ReasonText: review.ReasonText{Reason: d.reason}})
		}),
	}
	d.register(command.Flags())
	command.Flags().StringVar(&d.reason, "reason", "", "why, as `TEXT`")
	return command
}

func newReviewCommentCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	command := &cobra.Command{
		Use: "comment QUESTION TEXT", Short: "Say something about an answer, which changes nothing",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("name a question or an item, and say something")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			return d.act(command.Context(), streams, func(_ *session, w *journal.Work, plan string) error {
				return w.Do(&review.AddComment{Plan: plan, Key: args[0], ReasonText: review.ReasonText{Reason: args[1]}})
			})
		},
	}
	d.register(command.Flags())
	return command
}

func newReviewAssignCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	owner, due := "", ""
	command := &cobra.Command{
		Use: "assign ITEM...", Short: "Say who answers, and until when", Args: d.some,
		Example: "  kubeproof review assign S4.001 restore-test --owner \"Carl Lind\" --due 2027-01-31",
		RunE: d.each(streams, nil, "assigned", func(_ *session, w *journal.Work, answer *review.Answer) error {
			action := &review.Assign{Plan: answer.Plan, Key: answer.Key, Owner: answer.Owner, Due: cmp.Or(due, answer.Due)}
			if owner != "" {
				who := w.State.Find(owner)
				if who == nil {
					return usageError("nobody is known as %q: see `kubeproof review person list`", owner)
				}
				action.Owner = who.ID
			}
			return w.Do(action)
		}),
	}
	d.register(command.Flags())
	command.Flags().StringVar(&owner, "owner", "", "`PERSON` who answers")
	command.Flags().StringVar(&due, "due", "", "`DAY` until when, as 2027-01-31")
	return command
}

func newReviewOwnerCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	command := &cobra.Command{
		Use: "owner ROLE PERSON", Short: "Say who answers the questions of a role, where nobody else is assigned",
		Long: `Say who answers the questions of a role, where nobody else is assigned. The roles are those that the catalogue gives
questions to: management, compliance, security, platform, operations, development, procurement. A dash takes the
owner away.`,
		Example: "  kubeproof review owner operations \"Carl Lind\"\n  kubeproof review owner procurement -",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("name a role and a person: see `kubeproof review owner --help`")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			return d.act(command.Context(), streams, func(s *session, w *journal.Work, plan string) error {
				action := &review.SetOwner{Plan: plan, Role: checklist.Owner(args[0])}
				if person := w.State.Find(args[1]); person != nil {
					action.Person = person.ID
				} else if args[1] != "-" {
					return usageError("nobody is known as %q: see `kubeproof review person list`", args[1])
				}
				if err := w.Do(action); err != nil {
					return err
				}
				s.say("questions of %s go to %s", args[0], cmp.Or(w.State.NameOf(action.Person), "nobody"))
				return nil
			})
		},
	}
	d.register(command.Flags())
	return command
}

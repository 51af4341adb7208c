package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

func newReviewAccessCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "access", Short: "Go through everybody who has access, people and machines, one by one"}
	command.AddCommand(newAccessBeginCommand(streams), newAccessListCommand(streams), newAccessDecideCommand(streams, true), newAccessDecideCommand(streams, false))
	return command
}

// accessing are the flags of the commands of access reviews.
type accessing struct {
	desk
	gathering
	environment, reason string
	all                 bool
}

func (f *accessing) registerEnvironment(command *cobra.Command) {
	command.Flags().StringVar(&f.environment, "environment", "", "the `ENVIRONMENT` (default the review's first)")
}

func newAccessBeginCommand(streams *Streams) *cobra.Command {
	f := &accessing{}
	command := &cobra.Command{
		Use: "begin", Short: "List who has access today, and begin to confirm them", Args: none,
		Long: `List the subjects that the bindings of a cluster (or of --in) name, people and machines, and begin an access
review. The next one is due after the review's period; a subject that stays is confirmed, one that goes is removed.`,
		Example: "  kubeproof review access begin --environment production\n  kubeproof review access begin --in inventory.json",
		RunE:    func(command *cobra.Command, _ []string) error { return f.begin(command.Context(), streams) },
	}
	f.gathering.register(command)
	f.desk.register(command.Flags())
	f.registerEnvironment(command)
	command.Flags().BoolVar(&f.all, "all", false, "also subjects of Kubernetes and of the platform")
	return command
}

func (f *accessing) begin(ctx context.Context, streams *Streams) error {
	inv, err := f.inventory(ctx, streams, ask.RightsKinds...)
	if err != nil {
		return err
	}
	action := ask.Of(inv).Subjects(f.all).Access()
	action.Source = strings.Join(f.in, ", ")
	if err := f.act(ctx, streams, func(s *session, w *journal.Work, plan string) error {
		action.Plan, action.Environment = plan, cmp.Or(f.environment, w.State.Plans[plan].Environments[0])
		before := w.State.Access[plan+"/"+action.Environment]
		if err := w.Do(action); err != nil {
			return err
		}
		if before != nil && before.Done == nil {
			s.say("the one of %s ends unfinished: %s", before.Begun.At.Format(review.Day), progressOf(before))
		}
		s.say("%s to confirm, %d of them machines, until %s", counted(action.Count, "subject"), action.Machines, w.State.Access[plan+"/"+action.Environment].Due)
		return nil
	}); err != nil {
		return err
	}
	return partial(inv, ask.RightsKinds...)
}

func newAccessListCommand(streams *Streams) *cobra.Command {
	f := &accessing{}
	command := &cobra.Command{
		Use: "list", Short: "List who is to be confirmed, and what was said", Args: none,
		RunE: func(command *cobra.Command, _ []string) error {
			return f.look(command.Context(), streams, f.list)
		},
	}
	f.desk.register(command.Flags())
	f.registerEnvironment(command)
	return command
}

func (f *accessing) list(s *session, view *review.View) error {
	if known := view.Plan.Environments; f.environment != "" && !slices.Contains(known, f.environment) {
		return usageError("environment %q is unknown: use %s", f.environment, strings.Join(known, ", "))
	}
	some := false
	for _, access := range view.Access {
		if f.environment != "" && f.environment != access.Environment {
			continue
		}
		some = true
		if err := writeAccess(s.streams, view, access); err != nil {
			return err
		}
	}
	if !some {
		s.say("there is none yet: begin one with `kubeproof review access begin`")
	}
	return nil
}

// progressOf says how many subjects were decided on, when it is due, and how many lose their access.
func progressOf(access *review.AccessReview) string {
	next, removed := "due on "+access.Due, 0
	if access.Done != nil {
		next = "the next is " + next
	}
	for _, decision := range access.Decisions {
		if !decision.Keep {
			removed++
		}
	}
	text := fmt.Sprintf("%d of %s confirmed, %s", len(access.Decisions), counted(access.Count, "subject"), next)
	if removed > 0 {
		text += fmt.Sprintf("; %d to remove", removed)
	}
	return text
}

func writeAccess(streams *Streams, view *review.View, access *review.AccessReview) error {
	state := progressOf(access)
	if access.Done != nil {
		state = fmt.Sprintf("done on %s by %s: %s", access.Done.At.Format(review.Day), view.State.NameOf(access.Done.By), state)
	}
	fmt.Fprintf(streams.Out, "%s: %s\n", access.Environment, harmless(state))
	if len(view.State.SubjectsOf(access).Subjects) == 0 {
		_, err := fmt.Fprintln(streams.Out, "the list of subjects was erased")
		return err
	}
	table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NO\tSUBJECT\tIS\tRIGHTS\tSAID\tBY\tWHY")
	for i, subject := range view.State.SubjectsOf(access).Subjects {
		is, said, by, why := "person", "", "", ""
		if subject.Machine {
			is = "machine"
		}
		if decision, known := access.Decisions[i]; known {
			said, by, why = "remove", view.State.NameOf(decision.By)+", "+decision.At.Format(review.Day), view.State.WhyAccess(decision)
			if decision.Keep {
				said = "keep"
			}
		}
		fmt.Fprintln(table, strings.Join([]string{strconv.Itoa(i + 1), harmless(subject.String()), is, harmless(subject.Rights), said, harmless(by), harmless(why)}, "\t"))
	}
	return table.Flush()
}

// newAccessDecideCommand makes confirm, or remove.
func newAccessDecideCommand(streams *Streams, keep bool) *cobra.Command {
	f := &accessing{}
	command := &cobra.Command{
		Use: "confirm SUBJECT...", Short: "Say that subjects keep their access",
		Example: "  kubeproof review access confirm 1 2 User/anna@example.com",
	}
	if !keep {
		command = &cobra.Command{
			Use: "remove SUBJECT...", Short: "Say that subjects lose their access, and how that is tracked",
			Example: "  kubeproof review access remove User/left@example.com --reason \"left in October, ticket OPS-42\"",
		}
	}
	command.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageError("name subjects by number or as KIND/NAME: see `kubeproof review access list`")
		}
		return nil
	}
	command.RunE = func(command *cobra.Command, args []string) error {
		return f.act(command.Context(), streams, func(s *session, w *journal.Work, plan string) error {
			id := plan + "/" + cmp.Or(f.environment, w.State.Plans[plan].Environments[0])
			access := w.State.Access[id]
			if access == nil {
				return usageError("there is no access review of %s: begin one with `kubeproof review access begin`", id)
			}
			for _, arg := range args {
				place, err := placeOf(w.State.SubjectsOf(access).Subjects, arg)
				if err != nil {
					return err
				}
				if err := w.Do(&review.ConfirmAccess{ID: id, Place: place, Keep: keep, ReasonText: review.ReasonText{Reason: f.reason}}); err != nil {
					return err
				}
			}
			s.say("%s", progressOf(access))
			return nil
		})
	}
	f.desk.register(command.Flags())
	f.registerEnvironment(command)
	command.Flags().StringVar(&f.reason, "reason", "", "why, as `TEXT`")
	return command
}

// placeOf finds a subject by its number or its name.
func placeOf(subjects []review.AccessSubject, given string) (int, error) {
	if len(subjects) == 0 {
		return 0, usageError("the list of subjects was erased: begin a new one with `kubeproof review access begin`")
	}
	if number, err := strconv.Atoi(given); err == nil && number >= 1 && number <= len(subjects) {
		return number - 1, nil
	}
	for i, subject := range subjects {
		if subject.String() == given {
			return i, nil
		}
	}
	return 0, usageError("subject %q is not on the list: see `kubeproof review access list`", given)
}

package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

func newExceptionCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "exception", Short: "Accept risks for a time: ask, decide, extend, list",
		Long: `An exception accepts that an item is not satisfied, or that a control fails on a subject, until a day. It needs
a reason and the approval of somebody who did not ask for it; more time is a new approval.`}
	command.AddCommand(newExceptionRequestCommand(streams), newExceptionApproveCommand(streams), newExceptionRejectCommand(streams),
		newExceptionExtendCommand(streams), newExceptionWithdrawCommand(streams), newExceptionListCommand(streams))
	return command
}

func newExceptionRequestCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	action := &review.RequestException{}
	command := &cobra.Command{
		Use: "request", Short: "Ask that a risk be accepted", Args: none,
		Example: "  kubeproof exception request --item S4.020 --until 2027-03-31 --reason \"the new backup arrives in March\" --owner \"Carl Lind\"\n" +
			"  kubeproof exception request --control container-read-only-root --subject shop/Deployment/frontend --until 2027-01-31 --reason \"writes a cache\"",
		RunE: func(command *cobra.Command, _ []string) error {
			return d.act(command.Context(), streams, func(s *session, w *journal.Work, plan string) error {
				if _, err := knownControl(action.Control); err != nil {
					return err
				}
				action.Plan = plan
				if action.ID == "" {
					action.ID = journal.NewID("x")
				}
				if err := w.Do(action); err != nil {
					return err
				}
				s.say("asked for exception %s: it waits for a reviewer", action.ID)
				return nil
			})
		},
	}
	flags := command.Flags()
	d.register(flags)
	flags.StringVar(&action.ID, "id", "", "a `NAME` for it (default one is made)")
	flags.StringVar(&action.Item, "item", "", "the `ITEM` that may be unsatisfied")
	flags.StringVar(&action.Control, "control", "", "the `CONTROL` that may fail")
	flags.StringVar(&action.Subject, "subject", "", "where the control may fail, as `NAMESPACE/KIND/NAME` with * and ?")
	flags.StringVar(&action.Expires, "until", "", "the last `DAY`, as 2027-01-31")
	flags.StringVar(&action.Reason, "reason", "", "why the risk is taken, as `TEXT`")
	flags.StringVar(&action.Compensation, "compensation", "", "what is done instead, as `TEXT`")
	flags.StringVar(&action.Owner, "owner", "", "who answers for the risk, as `TEXT`")
	return command
}

// knownControl refuses a control that there is not; "" is none.
func knownControl(id string) (string, error) {
	if id == "" {
		return id, nil
	}
	all, err := builtInRules()
	if err != nil {
		return "", usageError("%v", err)
	}
	for _, one := range all {
		if one.ID == id {
			return id, nil
		}
	}
	return "", usageError("control %q is unknown: see `kubeproof control list`", id)
}

// onException is a command that does something to an exception that is named.
func onException(streams *Streams, d *desk, command *cobra.Command, done string, do func(*session, *journal.Work, *review.Exception) error) *cobra.Command {
	command.Args = one("an exception", "see `kubeproof exception list`")
	command.RunE = func(command *cobra.Command, args []string) error {
		return d.act(command.Context(), streams, func(s *session, w *journal.Work, _ string) error {
			exception := w.State.Exceptions[args[0]]
			if exception == nil {
				return usageError("exception %q is unknown: see `kubeproof exception list`", args[0])
			}
			if err := do(s, w, exception); err != nil {
				return err
			}
			s.say("%s exception %s", done, args[0])
			return nil
		})
	}
	d.register(command.Flags())
	return command
}

func newExceptionApproveCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	command := onException(streams, &d.desk, &cobra.Command{Use: "approve EXCEPTION", Short: "Accept a risk that somebody else asked to accept"}, "approved",
		func(s *session, w *journal.Work, exception *review.Exception) error {
			key, err := d.signer(s)
			if err != nil {
				return err
			}
			approval := &review.ApproveException{ID: exception.ID, Revision: exception.Revision, ReasonText: review.ReasonText{Reason: d.reason}}
			if err := approval.Sign(w.State, w.Mark(), key); err != nil {
				return err
			}
			return w.Do(approval)
		})
	d.registerKey(command)
	command.Flags().StringVar(&d.reason, "note", "", "what you looked at, as `TEXT`")
	return command
}

func newExceptionRejectCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	command := onException(streams, &d.desk, &cobra.Command{Use: "reject EXCEPTION", Short: "Refuse to accept a risk"}, "rejected",
		func(_ *session, w *journal.Work, exception *review.Exception) error {
			return w.Do(&review.RejectException{ID: exception.ID, Revision: exception.Revision, ReasonText: review.ReasonText{Reason: d.reason}})
		})
	command.Flags().StringVar(&d.reason, "reason", "", "why, as `TEXT`")
	return command
}

func newExceptionExtendCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	until := ""
	command := onException(streams, &d.desk, &cobra.Command{Use: "extend EXCEPTION", Short: "Ask for more time; until that is decided the old end counts"}, "asked for more time for",
		func(_ *session, w *journal.Work, exception *review.Exception) error {
			action := &review.ExtendException{ID: exception.ID, Expires: until, ExceptionText: w.State.ReasonOf(exception)}
			action.Reason = d.reason
			return w.Do(action)
		})
	command.Flags().StringVar(&until, "until", "", "the new last `DAY`")
	command.Flags().StringVar(&d.reason, "reason", "", "why more time is needed, as `TEXT`")
	return command
}

func newExceptionWithdrawCommand(streams *Streams) *cobra.Command {
	d := &deciding{}
	command := onException(streams, &d.desk, &cobra.Command{Use: "withdraw EXCEPTION", Short: "End an exception before its last day"}, "withdrew",
		func(_ *session, w *journal.Work, exception *review.Exception) error {
			return w.Do(&review.WithdrawException{ID: exception.ID, ReasonText: review.ReasonText{Reason: d.reason}})
		})
	command.Flags().StringVar(&d.reason, "reason", "", "why, as `TEXT`")
	return command
}

func newExceptionListCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	format := ""
	command := &cobra.Command{
		Use: "list", Short: "List exceptions, or write the approved ones for scans", Args: none,
		Long: `List exceptions. The format config writes the approved ones about controls as they stand in .kubeproof.yaml,
so that scans accept what was approved and nothing else.`,
		Example: "  kubeproof exception list\n  kubeproof exception list -o config >> .kubeproof.yaml",
		RunE: func(command *cobra.Command, _ []string) error {
			return d.look(command.Context(), streams, func(s *session, view *review.View) error {
				switch format {
				case "table":
					return writeExceptions(streams, view)
				case "config":
					return writeExceptionConfig(streams, view)
				}
				return usageError("format %q is unknown: use table or config", format)
			})
		},
	}
	d.register(command.Flags())
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or config")
	return command
}

func writeExceptions(streams *Streams, view *review.View) error {
	table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tOF\tSTATE\tUNTIL\tASKED BY\tDECIDED BY\tREASON")
	for _, exception := range view.Exceptions {
		text, decided := view.State.ReasonOf(exception), ""
		if exception.Decision != nil {
			decided = view.State.NameOf(exception.Decision.By)
		}
		of := strings.TrimSpace(exception.Item + exception.Control + " " + text.Subject)
		row := []string{exception.ID, of, stateOf(exception, view), exception.Expires, view.State.NameOf(exception.Requested.By), decided, shorten(text.Reason, 60)}
		for i := range row {
			row[i] = harmless(row[i])
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}

// stateOf is the state of an exception, and whether it is over.
func stateOf(exception *review.Exception, view *review.View) string {
	if exception.State == review.ExceptionApproved && exception.Until(view.Now) == "" {
		return "ended"
	}
	return string(exception.State)
}

package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server/api"
	"github.com/kubeproof/kubeproof/internal/store"
)

func sortedPeople(state *review.State) []string { return slices.Sorted(maps.Keys(state.People)) }

func newTokenCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "token", Short: "Give out and take back tokens for the API"}
	command.AddCommand(newTokenAddCommand(streams), newTokenListCommand(streams), newTokenRevokeCommand(streams))
	return command
}

// onStore opens the store for who acts.
func (d *desk) onStore(ctx context.Context, streams *Streams, fn func(s *session, state *review.State, actor string) error) error {
	s, err := d.open(ctx, streams, true)
	if err != nil {
		return err
	}
	defer s.Close()
	state, err := s.Current(ctx)
	if err != nil {
		return asUsage(err)
	}
	actor, err := s.who(state)
	if err != nil {
		return err
	}
	return asUsage(fn(s, state, actor))
}

func newTokenAddCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	var scopes []string
	days := 90
	command := &cobra.Command{
		Use: "add NAME", Short: "Make a token for yourself; it is shown once", Args: one("what the token is for", "as ci"),
		Long: `Make a token for yourself. Who shows it may do what its scopes and your roles both allow:

  read     see everything                  scan    hand scans in
  answer   answer, attach, submit          decide  approve, request changes, decide on exceptions`,
		Example: "  kubeproof serve token add ci --scope scan --days 30",
		RunE: func(command *cobra.Command, args []string) error {
			if err := api.CheckToken(args[0], scopes, strconv.Itoa(days), &days); err != nil {
				return usageError("%v: see --scope and --days", err)
			}
			return d.onStore(command.Context(), streams, func(s *session, _ *review.State, actor string) error {
				text, hash := api.NewToken()
				now := s.now().UTC()
				token := store.Token{ID: journal.NewID("t"), Person: actor, Name: args[0], Hash: hash, Scopes: scopes, Created: now, Expires: now.AddDate(0, 0, days)}
				if err := s.Store().Update(command.Context(), func(tx *store.Tx) error { return tx.PutToken(token) }); err != nil {
					return err
				}
				s.say("token %s of %s for %s until %s; it is not shown again:", token.ID, args[0], strings.Join(scopes, ", "), token.Expires.Format(review.Day))
				fmt.Fprintln(streams.Out, text)
				return nil
			})
		},
	}
	d.registerStore(command.Flags())
	command.Flags().StringSliceVar(&scopes, "scope", nil, "what it may do, as `SCOPE,...`: "+strings.Join(api.Scopes, ", "))
	command.Flags().IntVar(&days, "days", days, "for how many `DAYS`")
	return command
}

func newTokenListCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	command := &cobra.Command{
		Use: "list", Short: "List the tokens of everybody", Args: none,
		RunE: func(command *cobra.Command, _ []string) error {
			return d.onStore(command.Context(), streams, func(s *session, state *review.State, _ string) error {
				table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tPERSON\tFOR\tSCOPES\tUNTIL\tLAST USED")
				if err := s.Store().View(command.Context(), func(tx *store.Tx) error { return writeTokens(table, tx, state) }); err != nil {
					return err
				}
				return table.Flush()
			})
		},
	}
	d.registerStore(command.Flags())
	return command
}

func writeTokens(table *tabwriter.Writer, tx *store.Tx, state *review.State) error {
	for _, person := range sortedPeople(state) {
		if err := tx.TokensOf(person, func(t store.Token) error {
			_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, harmless(state.NameOf(person)), harmless(t.Name), strings.Join(t.Scopes, ", "), dayOrNever(t.Expires), dayOrNever(t.Used))
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func dayOrNever(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format(review.Day)
}

func newTokenRevokeCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	command := &cobra.Command{
		Use: "revoke ID", Short: "Take a token back: your own, or as an administrator anybody's", Args: one("a token", "see `kubeproof serve token list`"),
		RunE: func(command *cobra.Command, args []string) error {
			return d.onStore(command.Context(), streams, func(s *session, state *review.State, actor string) error {
				return s.Store().Update(command.Context(), func(tx *store.Tx) error { return revoke(tx, s, state, actor, args[0]) })
			})
		},
	}
	d.registerStore(command.Flags())
	return command
}

func revoke(tx *store.Tx, s *session, state *review.State, actor, id string) error {
	owner := ""
	for _, person := range sortedPeople(state) {
		if err := tx.TokensOf(person, func(t store.Token) error {
			if t.ID == id {
				owner = person
			}
			return nil
		}); err != nil {
			return err
		}
	}
	switch {
	case owner == "":
		return usageError("token %q is unknown: see `kubeproof serve token list`", id)
	case owner != actor && !state.People[actor].Has(review.Administrator):
		return usageError("token %s is of %s: an administrator can take it back", id, state.NameOf(owner))
	}
	if err := tx.DeleteToken(id); err != nil {
		return err
	}
	s.say("token %s counts no more", id)
	return nil
}

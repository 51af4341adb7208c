package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

func newReviewPersonCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "person", Short: "Add people and give them roles"}
	command.AddCommand(newPersonAddCommand(streams), newPersonListCommand(streams), newPersonRolesCommand(streams), newPersonKeyCommand(streams), newPersonUntilCommand(streams), newPersonLeaveCommand(streams))
	return command
}

// actAlone has the person make changes that belong to no review.
func (d *desk) actAlone(ctx context.Context, streams *Streams, fn func(*session, *journal.Work) error) error {
	s, err := d.open(ctx, streams, true)
	if err != nil {
		return err
	}
	defer s.Close()
	actor := ""
	if err := s.Read(ctx, func(state *review.State) error {
		actor, err = s.who(state)
		return err
	}); err != nil {
		return asUsage(err)
	}
	return asUsage(s.Act(ctx, actor, func(w *journal.Work) error { return fn(s, w) }))
}

func rolesOf(names []string) []review.Role {
	roles := make([]review.Role, len(names))
	for i, name := range names {
		roles[i] = review.Role(name)
	}
	return roles
}

func newPersonAddCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	var roles []string
	email, until := "", ""
	command := &cobra.Command{
		Use: "add NAME", Short: "Add a person", Args: one("a person", "give a name"),
		Example: "  kubeproof review person add \"Ben Okafor\" --role reviewer --email ben@example.com",
		RunE: func(command *cobra.Command, args []string) error {
			return d.actAlone(command.Context(), streams, func(s *session, w *journal.Work) error {
				person := &review.AddPerson{ID: journal.NewID("p"), Roles: rolesOf(roles), Until: until, PersonText: review.PersonText{Name: args[0], Email: email}}
				if err := w.Do(person); err != nil {
					return err
				}
				s.say("added %s as %s: %s", args[0], person.ID, strings.Join(roles, ", "))
				return nil
			})
		},
	}
	d.registerStore(command.Flags())
	command.Flags().StringSliceVar(&roles, "role", nil, "what the person may do, as `ROLE,...`: "+roleNames())
	command.Flags().StringVar(&email, "email", "", "`ADDRESS`")
	command.Flags().StringVar(&until, "until", "", "the last `DAY` on which the person may do anything, as 2027-01-31; an auditor needs one")
	return command
}

func newPersonListCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	command := &cobra.Command{
		Use: "list", Short: "List people and their roles", Args: none,
		RunE: func(command *cobra.Command, _ []string) error {
			s, err := d.open(command.Context(), streams, false)
			if err != nil {
				return err
			}
			defer s.Close()
			return asUsage(s.Read(command.Context(), func(state *review.State) error {
				table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tNAME\tROLES\tSIGNS WITH")
				for _, id := range slices.Sorted(maps.Keys(state.People)) {
					fmt.Fprintln(table, harmless(id)+"\t"+harmless(state.NameOf(id))+"\t"+standingOf(state.People[id])+"\t"+signsWith(state.People[id]))
				}
				return table.Flush()
			}))
		},
	}
	d.registerStore(command.Flags())
	return command
}

func standingOf(p *review.Person) string {
	if p.Left {
		return "has left"
	}
	names := make([]string, len(p.Roles))
	for i, role := range p.Roles {
		names[i] = string(role)
	}
	text := strings.Join(names, ", ")
	if p.Provider != "" {
		text += " by the groups of " + p.Provider
	}
	if p.Out {
		text += ", in none any more"
	}
	if p.Until != "" {
		text += " until " + p.Until
	}
	return text
}

func signsWith(p *review.Person) string {
	if p.Key == "" {
		return "the ledger's key"
	}
	verifier, err := ledger.ParseVerifier(p.Key)
	if err != nil {
		return "an unusable key"
	}
	return verifier.ID()
}

// onPerson is a command that does something to a person who is named.
func onPerson(streams *Streams, command *cobra.Command, do func(*session, *journal.Work, *review.Person) error) *cobra.Command {
	d := &desk{}
	command.Args = one("a person", "see `kubeproof review person list`")
	command.RunE = func(command *cobra.Command, args []string) error {
		return d.actAlone(command.Context(), streams, func(s *session, w *journal.Work) error {
			person := w.State.Find(args[0])
			if person == nil {
				return usageError("nobody is known as %q: see `kubeproof review person list`", args[0])
			}
			return do(s, w, person)
		})
	}
	d.registerStore(command.Flags())
	return command
}

func newPersonRolesCommand(streams *Streams) *cobra.Command {
	var roles []string
	command := onPerson(streams, &cobra.Command{Use: "roles PERSON", Short: "Give a person other roles"}, func(s *session, w *journal.Work, person *review.Person) error {
		if err := w.Do(&review.SetRoles{ID: person.ID, Roles: rolesOf(roles)}); err != nil {
			return err
		}
		s.say("%s is now %s", w.State.NameOf(person.ID), strings.Join(roles, ", "))
		return nil
	})
	command.Flags().StringSliceVar(&roles, "role", nil, "all roles from now on, as `ROLE,...`")
	return command
}

func newPersonUntilCommand(streams *Streams) *cobra.Command {
	last := ""
	command := onPerson(streams, &cobra.Command{Use: "until PERSON", Short: "Set the last day on which a person may do anything",
		Example: "  kubeproof review person until \"Kim Audit\" --day 2027-01-31"}, func(s *session, w *journal.Work, person *review.Person) error {
		if err := w.Do(&review.SetUntil{ID: person.ID, Until: last}); err != nil {
			return err
		}
		s.say("%s is now %s", w.State.NameOf(person.ID), standingOf(w.State.People[person.ID]))
		return nil
	})
	command.Flags().StringVar(&last, "day", "", "the last `DAY`, as 2027-01-31; without one there is no end")
	return command
}

func newPersonLeaveCommand(streams *Streams) *cobra.Command {
	return onPerson(streams, &cobra.Command{Use: "leave PERSON", Short: "End what a person may do; what was done stays"}, func(s *session, w *journal.Work, person *review.Person) error {
		if err := w.Do(&review.Leave{ID: person.ID}); err != nil {
			return err
		}
		s.say("%s has left", w.State.NameOf(person.ID))
		return nil
	})
}

// keying are the flags of review person key.
type keying struct {
	public, file string
	remove       bool
}

func newPersonKeyCommand(streams *Streams) *cobra.Command {
	k := &keying{}
	command := onPerson(streams, &cobra.Command{Use: "key PERSON", Short: "Register the key with which a person signs approvals",
		Long: `Register the public key of a person: from then on the person's approvals count only if they are signed by it.
--make makes a pair for somebody who has none: the private half goes to a file, to be handed over safely.`,
		Example: "  kubeproof review person key \"Ben Okafor\" --make ben.key\n  kubeproof review person key \"Ben Okafor\" --public \"ben+1a2b3c4d+AbC...\"",
	}, k.register)
	command.Flags().StringVar(&k.public, "public", "", "the public `KEY`, or a file that holds it")
	command.Flags().StringVar(&k.file, "make", "", "make a pair of keys, the private one in `FILE`")
	command.Flags().BoolVar(&k.remove, "remove", false, "the ledger's key signs for the person again")
	command.MarkFlagsMutuallyExclusive("public", "make", "remove")
	return command
}

func (k *keying) register(s *session, w *journal.Work, person *review.Person) error {
	action := &review.SetPersonKey{ID: person.ID}
	var made *ledger.Key
	switch {
	case k.public != "":
		key, err := publicKey(k.public)
		if err != nil {
			return err
		}
		action.Key = key.String()
	case k.file != "":
		var err error
		if made, err = ledger.NewKey("person/"+person.ID, rand.Reader); err != nil {
			return err
		}
		action.Key = made.Verifier().String()
	case !k.remove:
		return usageError("name the key with --public, make one with --make, or take it away with --remove")
	}
	if err := w.Do(action); err != nil {
		return err
	}
	if made != nil { // after the rules have agreed
		if err := writeNewKey(k.file, "--make", made); err != nil {
			return err
		}
	}
	s.say("%s signs with %s", w.State.NameOf(person.ID), signsWith(w.State.People[person.ID]))
	return nil
}

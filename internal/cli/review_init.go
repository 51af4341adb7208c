package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

// beginning are the flags of review init.
type beginning struct {
	desk
	name, email, title, scope string
	checklists, environments  []string
	days                      review.Settings
}

func newReviewInitCommand(streams *Streams) *cobra.Command {
	b := &beginning{}
	command := &cobra.Command{
		Use: "init [NAME]", Short: "Begin a review: its scope, environments and checklists",
		Long: `Begin a review. The first time it also makes the store and the key that signs its ledger, and you become
its first administrator and contributor. The key is put outside the store, and its public half is printed:
give that to whoever is to verify, now, for who holds key and store could write all of it anew.
Keep a copy of the key: what is signed stays verifiable without it, but nothing can be added.`,
		Example: "  kubeproof review init --name \"Anna Berg\" --scope \"the shop platform\" --environment production,staging\n" +
			"  kubeproof review init payments --checklist requirements,information-security-review",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError("%q is too much: name one review", strings.Join(args[1:], " "))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			name := "main"
			if len(args) == 1 {
				name = args[0]
			}
			return b.run(command.Context(), streams, name)
		},
	}
	flags := command.Flags()
	b.registerStore(flags)
	flags.StringVar(&b.name, "name", "", "your `NAME` as reports show it (default the user's name)")
	flags.StringVar(&b.email, "email", "", "your `ADDRESS`")
	flags.StringVar(&b.title, "title", "", "`TITLE` of the review")
	flags.StringVar(&b.scope, "scope", "", "what is reviewed, as `TEXT`")
	flags.StringSliceVar(&b.checklists, "checklist", nil, "checklists to work through, as `NAME,...` (default all)")
	flags.StringSliceVar(&b.environments, "environment", []string{"production"}, "environments that are scanned, as `NAME,...`")
	registerDays(flags, &b.days)
	return command
}

func (b *beginning) run(ctx context.Context, streams *Streams, name string) error {
	place, err := b.place(streams)
	if err != nil {
		return err
	}
	plan, err := b.create(name)
	if err != nil {
		return err
	}
	s, err := b.open(ctx, streams, true)
	if err == nil {
		err = errors.Join(b.add(ctx, s, plan), s.Close())
	}
	// A store that is empty was not finished: it is begun like one that is not there.
	if !isMissing(err) && !errors.Is(err, journal.ErrNotBegun) {
		return err
	}
	return b.begin(ctx, streams, place, plan)
}

// create makes the action from the flags.
func (b *beginning) create(name string) (*review.CreatePlan, error) {
	lists := b.checklists
	if len(lists) == 0 {
		library, err := checklist.Load(catalog.FS)
		if err != nil {
			return nil, usageError("%v", err)
		}
		for _, list := range library.Checklists {
			lists = append(lists, list.ID)
		}
	}
	return &review.CreatePlan{ID: name, Checklists: lists, Environments: b.environments, Settings: b.days,
		PlanText: review.PlanText{Title: b.title, Scope: b.scope}}, nil
}

// add begins one more review in a store that is there.
func (b *beginning) add(ctx context.Context, s *session, plan *review.CreatePlan) error {
	actor := ""
	err := s.Read(ctx, func(state *review.State) (err error) {
		actor, err = s.who(state)
		return err
	})
	if errors.Is(err, journal.ErrNotBegun) {
		return err
	}
	if err != nil {
		return asUsage(err)
	}
	if err := s.Act(ctx, actor, func(w *journal.Work) error { return w.Do(plan) }); err != nil {
		return asUsage(err)
	}
	s.say("review %s begins in %s: see `kubeproof review status --review %s`", plan.ID, s.Place(), plan.ID)
	return nil
}

// begin makes store, key, first person and review.
func (b *beginning) begin(ctx context.Context, streams *Streams, place string, plan *review.CreatePlan) error {
	now, err := clock(streams)
	if err != nil {
		return err
	}
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		return usageError("%v", err)
	}
	key, file, err := b.makeKey(streams)
	if err != nil {
		return err
	}
	person := &review.AddPerson{ID: journal.NewID("p"), Roles: []review.Role{review.Administrator, review.Contributor},
		PersonText: review.PersonText{Name: cmp.Or(b.name, userName()), Email: b.email}}
	settings := map[string]string{keySetting: file}
	if chosen := streams.Getenv("KUBEPROOF_TIME"); chosen != "" {
		settings[clockSetting] = chosen
	}
	opened, err := journal.Create(ctx, place, journal.Options{Key: key, Catalogue: library, Now: now, Settings: settings}, person, plan)
	if err != nil {
		return errors.Join(storeError(err), os.Remove(file))
	}
	defer opened.Close()
	fmt.Fprintf(streams.Err, "review %s begins in %s; %s is its administrator and a contributor\n", plan.ID, opened.Place(), harmless(person.PersonText.Name))
	if name := person.PersonText.Name; name != userName() && streams.Getenv("KUBEPROOF_PERSON") == "" {
		fmt.Fprintf(streams.Err, "say that it is you in what follows: export KUBEPROOF_PERSON=%s\n", strconv.Quote(harmless(name)))
	}
	fmt.Fprintf(streams.Err, "the key that signs lies in %s: keep a copy where this machine cannot change it\n", file)
	fmt.Fprintln(streams.Err, "the public key, for those who verify:")
	fmt.Fprintln(streams.Out, key.Verifier())
	return nil
}

// makeKey makes the log's key and writes it to a file that only the user can read.
func (b *beginning) makeKey(streams *Streams) (*ledger.Key, string, error) {
	origin, err := ledger.NewOrigin(rand.Reader)
	if err != nil {
		return nil, "", err
	}
	key, err := ledger.NewKey(origin, rand.Reader)
	if err != nil {
		return nil, "", err
	}
	file := cmp.Or(b.key, streams.Getenv("KUBEPROOF_LEDGER_KEY"))
	if file == "" {
		folder, err := keyFolder(streams)
		if err != nil {
			return nil, "", err
		}
		file = filepath.Join(folder, "ledger-"+origin[strings.LastIndex(origin, "/")+1:]+".key")
	}
	if file, err = filepath.Abs(file); err != nil {
		return nil, "", err
	}
	return key, file, writeKey(file, key.Encode())
}

func keyFolder(streams *Streams) (string, error) {
	folder := streams.Getenv("XDG_CONFIG_HOME")
	if folder == "" {
		home, err := os.UserConfigDir()
		if err != nil {
			return "", usageError("find configuration folder: %v: name a file for the key with --ledger-key", err)
		}
		folder = home
	}
	return filepath.Join(folder, "kubeproof"), nil
}

// writeKey writes a private key to a new file: one that is there is never written over.
func writeKey(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return usageError("write key %s: %s: name another place with --ledger-key", file, reason(err))
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return usageError("write key %s: the file is there already: name another with --ledger-key", file)
	}
	if err != nil {
		return usageError("write key %s: %s: name another place with --ledger-key", file, reason(err))
	}
	_, err = out.Write(text)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return usageError("write key %s: %v", file, err)
	}
	return nil
}

func newReviewChangeCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	change := &beginning{}
	command := &cobra.Command{
		Use: "change", Short: "Change scope, environments, checklists or periods of a review", Args: none,
		Example: "  kubeproof review change --environment production,staging --scan-fresh 14",
		RunE: func(command *cobra.Command, _ []string) error {
			return d.act(command.Context(), streams, func(s *session, w *journal.Work, plan string) error {
				action := changed(w.State, plan, change, command.Flags().Changed)
				if err := w.Do(action); err != nil {
					return err
				}
				s.say("review %s is changed", plan)
				return nil
			})
		},
	}
	flags := command.Flags()
	d.register(flags)
	flags.StringVar(&change.title, "title", "", "`TITLE` of the review")
	flags.StringVar(&change.scope, "scope", "", "what is reviewed, as `TEXT`")
	flags.StringSliceVar(&change.checklists, "checklist", nil, "checklists to work through, as `NAME,...`")
	flags.StringSliceVar(&change.environments, "environment", nil, "environments that are scanned, as `NAME,...`")
	registerDays(flags, &change.days)
	return command
}

// changed is the plan as it is, with what the flags set.
func changed(state *review.State, id string, to *beginning, set func(string) bool) *review.ChangePlan {
	plan := state.Plans[id]
	action := &review.ChangePlan{ID: id, Checklists: slices.Clone(plan.Checklists), Environments: slices.Clone(plan.Environments),
		Settings: plan.Settings, PlanText: state.Describe(plan)}
	if set("title") {
		action.Title = to.title
	}
	if set("scope") {
		action.Scope = to.scope
	}
	if set("checklist") {
		action.Checklists = to.checklists
	}
	if set("environment") {
		action.Environments = to.environments
	}
	for _, period := range periods(&action.Settings) {
		for _, given := range periods(&to.days) {
			if given.flag == period.flag && set(given.flag) {
				*period.days = *given.days
			}
		}
	}
	return action
}

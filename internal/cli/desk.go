package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// desk is where people work on reviews: the store, its key, who acts, and on which review.
type desk struct {
	store, key, as, plan string
}

func (d *desk) register(flags *pflag.FlagSet) {
	d.registerStore(flags)
	flags.StringVar(&d.plan, "review", "", "`NAME` of the review (default the only one, or KUBEPROOF_REVIEW)")
}

func (d *desk) registerStore(flags *pflag.FlagSet) {
	flags.StringVar(&d.store, "store", "", "`PLACE` of the store: a folder, or the address of a PostgreSQL database (default KUBEPROOF_STORE, or kubeproof in the user's data folder)")
	flags.StringVar(&d.key, "ledger-key", "", "`FILE` with the key that signs the ledger (default KUBEPROOF_LEDGER_KEY, or where init put it)")
	flags.StringVar(&d.as, "as", "", "`PERSON` who acts: name, address or id (default KUBEPROOF_PERSON, or the user's name)")
}

// place is where the store lies.
func (d *desk) place(streams *Streams) (string, error) {
	for _, given := range []string{d.store, streams.Getenv("KUBEPROOF_STORE")} {
		if given != "" {
			return given, checkPlace(given)
		}
	}
	folder := streams.Getenv("XDG_DATA_HOME")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", usageError("find data folder: %v: name a place with --store", err)
		}
		folder = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(folder, "kubeproof"), nil
}

// checkPlace refuses an address of a database that would be taken for a folder, of which the name is
// shown: it is not repeated, for it may hold a password.
func checkPlace(place string) error {
	scheme, _, isAddress := strings.Cut(place, "://")
	if isAddress && scheme != "postgres" && scheme != "postgresql" || strings.Contains(place, "password=") && !isAddress {
		return usageError("the store is neither a folder nor the address of a PostgreSQL database: write postgres://user@host:5432/database, and the password into PGPASSWORD or ~/.pgpass")
	}
	return nil
}

// clock is the time that entries get. KUBEPROOF_TIME (RFC 3339) sets it, for demonstrations and tests.
func clock(streams *Streams) (func() time.Time, error) {
	text := streams.Getenv("KUBEPROOF_TIME")
	if text == "" {
		return time.Now, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, usageError("read KUBEPROOF_TIME: %q is no time: write it as 2026-11-30T14:00:00Z", text)
	}
	return func() time.Time { return at }, nil
}

// clockSetting marks a store that was begun with KUBEPROOF_TIME.
const clockSetting = "clock"

// checkClock refuses to write with a time that somebody chose into a store that keeps the real one:
// nobody could tell such entries from others, and one in the future would refuse all after it.
func (s *session) checkClock(ctx context.Context) error {
	if s.streams.Getenv("KUBEPROOF_TIME") == "" {
		return nil
	}
	mark, err := s.Setting(ctx, clockSetting)
	if err != nil {
		return storeError(err)
	}
	if mark == "" {
		return usageError("KUBEPROOF_TIME is set: it is for demonstrations, in stores that were begun with it: unset it")
	}
	return nil
}

// keySetting remembers in the store where init put the key; not the key.
const keySetting = "keyFile"

// readKey reads the private key that signs; nil without an error if no file is known.
func (d *desk) readKey(streams *Streams, remembered string) (*ledger.Key, error) {
	file := cmp.Or(d.key, streams.Getenv("KUBEPROOF_LEDGER_KEY"), remembered)
	if file == "" {
		return nil, nil
	}
	read := os.ReadFile
	if file == remembered {
		read = readPlain // whoever writes to the store names it
	}
	text, err := read(filepath.Clean(file))
	if errors.Is(err, os.ErrNotExist) && file == remembered {
		return nil, usageError("read ledger key %s: no such file: name it with --ledger-key; if it is lost for good, see `kubeproof ledger rotate-key --help`", file)
	}
	if err != nil {
		return nil, usageError("read ledger key %s: %s", file, reason(err))
	}
	key, err := ledger.ParseKey(text)
	if err != nil {
		return nil, usageError("read ledger key %s: %v", file, err)
	}
	return key, nil
}

// session is an open store with the catalogue and who acts.
type session struct {
	*journal.Journal
	library *checklist.Library
	desk    *desk
	streams *Streams
	now     func() time.Time
}

// open opens the store; to write it takes the key too.
func (d *desk) open(ctx context.Context, streams *Streams, write bool) (*session, error) {
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		return nil, usageError("%v", err)
	}
	now, err := clock(streams)
	if err != nil {
		return nil, err
	}
	place, err := d.place(streams)
	if err != nil {
		return nil, err
	}
	options := journal.Options{Catalogue: library, Now: now}
	opened, err := journal.Open(ctx, place, options)
	if !write && (errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrDenied)) {
		options.ReadOnly = true
		opened, err = journal.Open(ctx, place, options)
	}
	if err != nil {
		return nil, storeError(err)
	}
	s := &session{Journal: opened, library: library, desk: d, streams: streams, now: now}
	if write {
		err = cmp.Or(s.checkClock(ctx), s.takeKey(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return s, nil
}

// takeKey reads the key that signs, from where it is named or where init put it.
func (s *session) takeKey(ctx context.Context) error {
	remembered, err := s.Setting(ctx, keySetting)
	if err != nil {
		return storeError(err)
	}
	key, err := s.desk.readKey(s.streams, remembered)
	if err != nil {
		return err
	}
	s.UseKey(key)
	return nil
}

// storeError is an error of the store as a user meets it.
func storeError(err error) error {
	if errors.Is(err, store.ErrMissing) {
		return &codeError{code: exitUsage, text: "there is no store of reviews here yet: make one with `kubeproof review init`, or name it with --store", cause: err}
	}
	return usageError("%v", err)
}

// isMissing reports that there is no store at the place.
func isMissing(err error) bool { return errors.Is(err, store.ErrMissing) }

// planOf is the review that is meant.
func (s *session) planOf(state *review.State) (string, error) {
	name := cmp.Or(s.desk.plan, s.streams.Getenv("KUBEPROOF_REVIEW"))
	if name != "" {
		if state.Plans[name] == nil {
			return "", usageError("review %q is unknown: use %s", name, strings.Join(slices.Sorted(maps.Keys(state.Plans)), ", "))
		}
		return name, nil
	}
	switch names := slices.Sorted(maps.Keys(state.Plans)); len(names) {
	case 0:
		return "", usageError("there is no review yet: make one with `kubeproof review init`")
	case 1:
		return names[0], nil
	default:
		return "", usageError("name the review with --review: %s", strings.Join(names, ", "))
	}
}

// who is the person who acts.
func (s *session) who(state *review.State) (string, error) {
	name := cmp.Or(s.desk.as, s.streams.Getenv("KUBEPROOF_PERSON"))
	if name == "" {
		name = userName()
	}
	if person := state.Find(name); person != nil {
		return person.ID, nil
	}
	return "", usageError("nobody is known as %q: say who acts with --as or KUBEPROOF_PERSON, see `kubeproof review person list`", name)
}

// userName is the name of the system's user; "" if it is unknown.
func userName() string {
	current, err := user.Current()
	if err != nil {
		return ""
	}
	return current.Username
}

// act has the person make changes in the review; nothing is written if fn gives an error.
func (d *desk) act(ctx context.Context, streams *Streams, fn func(*session, *journal.Work, string) error) error {
	s, err := d.open(ctx, streams, true)
	if err != nil {
		return err
	}
	defer s.Close()
	actor, plan := "", ""
	if err := s.Read(ctx, func(state *review.State) error {
		if actor, err = s.who(state); err != nil {
			return err
		}
		plan, err = s.planOf(state)
		return err
	}); err != nil {
		return asUsage(err)
	}
	return asUsage(s.Act(ctx, actor, func(w *journal.Work) error { return fn(s, w, plan) }))
}

// look shows the review as it stands.
func (d *desk) look(ctx context.Context, streams *Streams, fn func(*session, *review.View) error) error {
	s, err := d.open(ctx, streams, false)
	if err != nil {
		return err
	}
	defer s.Close()
	return asUsage(s.Read(ctx, func(state *review.State) error {
		plan, err := s.planOf(state)
		if err != nil {
			return err
		}
		view, err := s.view(state, plan)
		if err != nil {
			return err
		}
		return fn(s, view)
	}))
}

// view works out how a review stands.
func (s *session) view(state *review.State, plan string) (*review.View, error) {
	controls, err := byID(builtInRules)
	if err != nil {
		return nil, err
	}
	return state.View(plan, s.library, controls, s.now())
}

// asUsage gives an error without an exit code the code of wrong usage.
func asUsage(err error) error {
	var coded *codeError
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return storeError(err)
}

// say tells what was done, on standard error: standard output is for what was asked.
func (s *session) say(format string, args ...any) {
	fmt.Fprintln(s.streams.Err, harmless(fmt.Sprintf(format, args...)))
}

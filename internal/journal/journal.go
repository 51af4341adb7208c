// Package journal binds the rules of reviews, the signed ledger and the store: every change is an
// entry, appended and signed in the same transaction as the records that it changes, and what the
// records say can be rebuilt from the entries. Every door (command line, server) writes through Act.
// Begin with Create, Open and Act.
package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Journal is an open store with the key that signs it.
type Journal struct {
	store   *store.Store
	options Options

	lock    sync.Mutex    // of current
	current *review.State // the state last given by Current; nil before
}

// Options say how a journal is opened.
type Options struct {
	// Key signs; without one nothing can be written.
	Key *ledger.Key
	// Catalogue is what is asked.
	Catalogue review.Catalogue
	// Now is the clock; time.Now by default.
	Now func() time.Time
	// ReadOnly leaves the store as it is, even its schema.
	ReadOnly bool
	// Settings are kept in a store that is created: see Journal.Setting.
	Settings map[string]string
}

// skew is how far the clock of a second writer may stand behind that of the first.
const skew = 5 * time.Minute

// Create makes a store at a place and begins its ledger with the first person, an administrator.
// The place is a folder or a file for SQLite, or the address of a PostgreSQL database. More actions
// of that person, such as a first review, are done with it: all of it is written, or nothing.
func Create(ctx context.Context, place string, o Options, first *review.AddPerson, more ...review.Action) (*Journal, error) {
	opened, err := store.Open(ctx, place, store.Options{Create: true})
	if err != nil {
		return nil, err
	}
	j := &Journal{store: opened, options: o}
	err = j.store.Update(ctx, func(tx *store.Tx) error {
		if size, err := tx.Size(); err != nil {
			return err
		} else if size > 0 {
			return fmt.Errorf("create store: %s holds a ledger already: choose another place, or go on with that one", j.store.Place())
		}
		w := &Work{journal: j, tx: tx, State: review.New(), actor: review.System, at: j.time()}
		if err := w.Do(&review.Begin{Origin: o.Key.Origin(), Key: o.Key.Verifier().String()}); err != nil {
			return err
		}
		w.actor = first.ID
		for _, action := range append([]review.Action{first}, more...) {
			if err := w.Do(action); err != nil {
				return err
			}
		}
		for name, value := range o.Settings {
			if err := tx.PutSetting(name, value); err != nil {
				return err
			}
		}
		return w.finish(o.Key)
	})
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return j, nil
}

// Open opens a store that was created before.
func Open(ctx context.Context, place string, o Options) (*Journal, error) {
	opened, err := store.Open(ctx, place, store.Options{ReadOnly: o.ReadOnly})
	if err != nil {
		return nil, err
	}
	return &Journal{store: opened, options: o}, nil
}

// Close closes the store.
func (j *Journal) Close() error { return j.store.Close() }

// Place is where the store is, without a password.
func (j *Journal) Place() string { return j.store.Place() }

// UseKey sets the key that signs.
func (j *Journal) UseKey(key *ledger.Key) { j.options.Key = key }

// Setting is something that a store remembers of itself, outside of the ledger; "" if it does not.
func (j *Journal) Setting(ctx context.Context, name string) (value string, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		value, err = tx.Setting(name)
		return err
	})
	return value, err
}

// time is now, as entries have it.
func (j *Journal) time() time.Time {
	now := time.Now
	if j.options.Now != nil {
		now = j.options.Now
	}
	return now().UTC().Truncate(time.Microsecond)
}

// Read gives the state as it is now.
func (j *Journal) Read(ctx context.Context, fn func(*review.State) error) error {
	return j.store.View(ctx, func(tx *store.Tx) error {
		state, err := load(tx)
		if err != nil {
			return err
		}
		return fn(state)
	})
}

// ErrNotBegun is the error of a store that is empty: making it failed, or it was not finished.
var ErrNotBegun = errors.New("read store: its ledger has not begun: make a review with `kubeproof review init`")

// load reads the state from the records and contents of a store.
func load(tx *store.Tx) (*review.State, error) {
	state := review.New()
	size, err := tx.Size()
	if err != nil {
		return nil, err
	}
	if size == 0 {
		return nil, ErrNotBegun
	}
	if err := tx.Records(func(kind, id string, data []byte) error {
		return state.Load(review.Record{Kind: kind, ID: id, Data: data})
	}); err != nil {
		return nil, err
	}
	if err := tx.Contents(0, func(seq int64, salt, data []byte) error {
		state.LoadText(seq, ledger.Content{Seq: seq, Salt: salt, Data: data}.Digest(), data)
		return nil
	}); err != nil {
		return nil, err
	}
	if err := state.Whole(); err != nil {
		return nil, err
	}
	state.Size = size
	return state, tx.Entries(size-1, func(_ int64, line []byte) error {
		entry, err := ledger.ParseEntry(line)
		state.Last = entry.Time
		return err
	})
}

var errNoKey = errors.New("write to ledger: there is no key to sign with: name its file with --ledger-key, or set KUBEPROOF_LEDGER_KEY")

// Act has a person make changes: fn does them one by one. They are written together, signed by the
// key, when fn gives no error; else nothing is. When Act returns nil they are on disk.
func (j *Journal) Act(ctx context.Context, actor string, fn func(*Work) error) error {
	if j.options.Key == nil {
		return errNoKey
	}
	var made *review.State
	err := j.store.Update(ctx, func(tx *store.Tx) error {
		state, err := load(tx)
		if err != nil {
			return err
		}
		if err := j.trust(tx, state); err != nil {
			return err
		}
		w := j.work(tx, state, actor)
		if err := fn(w); err != nil {
			return err
		}
		made = w.State
		return w.finish(j.options.Key)
	})
	if err == nil {
		j.keep(made)
	}
	return err
}

// work begins a change now; the clock of another writer may be a little ahead.
func (j *Journal) work(tx *store.Tx, state *review.State, actor string) *Work {
	w := &Work{journal: j, tx: tx, State: state, actor: actor, at: j.time()}
	if w.at.Before(state.Last) && state.Last.Sub(w.at) <= skew {
		w.at = state.Last
	}
	return w
}

// trust refuses to build on a ledger that the key did not sign as it stands.
func (j *Journal) trust(tx *store.Tx, state *review.State) error {
	key := j.options.Key.Verifier()
	if current := state.Keys[len(state.Keys)-1]; current != key.String() {
		return fmt.Errorf("write to ledger: the key %s is not the one that signs %s: use that one, or see `kubeproof ledger rotate-key --help` if it is lost", key.ID(), j.Place())
	}
	return signedAsItStands(tx, key)
}

// signedAsItStands proves that the newest checkpoint is of all entries and by the key.
func signedAsItStands(tx *store.Tx, key ledger.Verifier) error {
	size, note, err := tx.Checkpoint()
	if err != nil {
		return err
	}
	checkpoint, err := ledger.OpenCheckpoint(note, key)
	if err == nil {
		err = matches(tx, checkpoint, size)
	}
	if err != nil {
		return fmt.Errorf("write to ledger: it was changed by something else than kubeproof (%w): see `kubeproof ledger verify`, and restore a backup", err)
	}
	return nil
}

func matches(tx *store.Tx, checkpoint ledger.Checkpoint, size int64) error {
	entries, err := tx.Size()
	if err != nil {
		return err
	}
	if size != entries || checkpoint.Size != entries {
		return fmt.Errorf("its checkpoint is of %d entries, there are %d", checkpoint.Size, entries)
	}
	root, err := ledger.Root(entries, tx.HashReader())
	if err == nil && root != checkpoint.Root {
		err = errors.New("its checkpoint does not fit its entries")
	}
	return err
}

// PutSetting remembers something of the store itself: see Setting.
func (j *Journal) PutSetting(ctx context.Context, name, value string) error {
	return j.store.Update(ctx, func(tx *store.Tx) error { return tx.PutSetting(name, value) })
}

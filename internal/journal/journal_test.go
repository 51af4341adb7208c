package journal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
	"github.com/kubeproof/kubeproof/test/postgres"
)

func TestMain(m *testing.M) {
	if os.Getenv(crashPlace) != "" {
		writeUntilKilled()
	}
	os.Exit(postgres.Run(m))
}

func library(t testing.TB) *checklist.Library {
	t.Helper()
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

func newKey(t testing.TB, origin string) *ledger.Key {
	t.Helper()
	key, err := ledger.NewKey(origin, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// first is the person who begins.
var first = &review.AddPerson{ID: "anna", Roles: []review.Role{review.Administrator, review.Contributor}, PersonText: review.PersonText{Name: "Anna"}}

// begun makes a journal with a review and a reviewer.
func begun(t testing.TB, place string) *Journal {
	t.Helper()
	j, err := Create(t.Context(), place, Options{Key: newKey(t, "kubeproof.dev/ledger/test"), Catalogue: library(t)}, first)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	must(t, j, "anna", &review.AddPerson{ID: "ben", Roles: []review.Role{review.Reviewer}, PersonText: review.PersonText{Name: "Ben"}},
		&review.CreatePlan{ID: "main", Checklists: []string{"information-security-review"}, Environments: []string{"production"}, Settings: review.DefaultSettings})
	return j
}

func act(ctx context.Context, j *Journal, who string, actions ...review.Action) error {
	return j.Act(ctx, who, func(w *Work) error {
		for _, action := range actions {
			if err := w.Do(action); err != nil {
				return err
			}
		}
		return nil
	})
}

func must(t testing.TB, j *Journal, who string, actions ...review.Action) {
	t.Helper()
	if err := act(t.Context(), j, who, actions...); err != nil {
		t.Fatal(err)
	}
}

func answer(t testing.TB, comment string) *review.SetAnswer {
	t.Helper()
	question, _ := library(t).Question("backups")
	return &review.SetAnswer{Plan: "main", Key: "backups", Values: []string{"yes"}, Catalogue: question.Digest(), AnswerText: review.AnswerText{Comment: comment}}
}

// proved fails the test unless the whole ledger verifies and the tables are what it makes.
func proved(t testing.TB, j *Journal) *Verified {
	t.Helper()
	key, err := j.Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	verified, err := j.Verify(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if !verified.OK() {
		t.Fatalf("the ledger is not whole: %v", verified.Problems)
	}
	replayed, err := j.Replay(t.Context(), false)
	if err != nil || len(replayed.Different)+len(replayed.Problems) > 0 {
		t.Fatalf("replayed: %+v, %v", replayed, err)
	}
	return verified
}

// places are stores of both kinds.
func places(t *testing.T) map[string]func(*testing.T) string {
	return map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() },
		"postgres": func(t *testing.T) string { return postgres.Database(t) },
	}
}

// TestAReviewIsKept goes once around, on both databases.
func TestAReviewIsKept(t *testing.T) {
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			where := place(t)
			j := begun(t, where)
			must(t, j, "anna", answer(t, "every night"), &review.Submit{Plan: "main", Key: "backups"})
			err := j.Act(t.Context(), "ben", func(w *Work) error {
				approval := &review.Approve{Plan: "main", Key: "backups", Revision: 1}
				return errors.Join(approval.Sign(w.State, w.Mark(), j.options.Key), w.Do(approval))
			})
			if err != nil {
				t.Fatal(err)
			}
			if verified := proved(t, j); verified.Entries != 7 || verified.Statements != 1 {
				t.Errorf("verified %d entries, %d statements", verified.Entries, verified.Statements)
			}
			again, err := Open(t.Context(), where, Options{Catalogue: library(t)})
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if err := again.Read(t.Context(), func(state *review.State) error {
				answer := state.Answers["main/backups"]
				if answer.Stage != review.Approved || state.Written(answer.Reply).Comment != "every night" || state.NameOf("ben") != "Ben" {
					t.Errorf("read %+v", answer)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestNothingIsWrittenUnlessAllIs: a refused action takes those before it along.
func TestNothingIsWrittenUnlessAllIs(t *testing.T) {
	j := begun(t, t.TempDir())
	before := proved(t, j).Entries
	if err := act(t.Context(), j, "anna", answer(t, "a"), &review.Submit{Plan: "main", Key: "backups"}, &review.Approve{Plan: "main", Key: "backups", Revision: 1}); err == nil {
		t.Fatal("the author approved")
	}
	if after := proved(t, j); after.Entries != before || after.State.Answers["main/backups"] != nil {
		t.Errorf("%d entries after, %d before", after.Entries, before)
	}
}

// TestWritersTakeTurns: two journals on one store, many writes at once.
func TestWritersTakeTurns(t *testing.T) {
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			where := place(t)
			j := begun(t, where)
			const writers, each = 4, 25
			var group sync.WaitGroup
			failures := make(chan error, writers*each)
			for writer := range writers {
				group.Go(func() {
					own, err := Open(t.Context(), where, Options{Key: j.options.Key, Catalogue: library(t)})
					if err != nil {
						failures <- err
						return
					}
					defer own.Close()
					for n := range each {
						if err := act(t.Context(), own, "anna", &review.AddComment{Plan: "main", Key: "backups", ReasonText: review.ReasonText{Reason: fmt.Sprint(writer, n)}}); err != nil {
							failures <- err
						}
					}
				})
			}
			group.Wait()
			close(failures)
			for err := range failures {
				t.Error(err)
			}
			if verified := proved(t, j); verified.Entries != 4+writers*each || len(verified.State.Comments["main/backups"]) != writers*each {
				t.Errorf("%d entries", verified.Entries)
			}
		})
	}
}

// TestChangesFromOutsideAreFound: rows, entries and checkpoints that something else wrote.
func TestChangesFromOutsideAreFound(t *testing.T) {
	tests := map[string]struct {
		change func(tx *store.Tx) error
		replay string // what replay says; "" if nothing
		verify string
		write  string // why nothing more can be written; "" if it can
	}{
		"a record was changed": {
			func(tx *store.Tx) error {
				return tx.PutRecord("person", "ben", []byte(`{"id":"ben","roles":["administrator","reviewer"],"named":2}`))
			},
			"person ben: it was changed", "", ""},
		"a record was added": {
			func(tx *store.Tx) error {
				return tx.PutRecord("person", "mallory", []byte(`{"id":"mallory","roles":["reviewer"],"named":2}`))
			},
			"person mallory: no entry made it", "", ""},
		"a record was removed": {func(tx *store.Tx) error { return tx.DeleteRecord("person", "ben") }, "person ben: it is missing", "", ""},
		"a text was changed": {func(tx *store.Tx) error {
			return errors.Join(tx.EraseContent(2), tx.PutContent(2, make([]byte, 32), []byte(`{"name":"Eve"}`)))
		}, "", "entry 2", ""},
		"a text was erased": {func(tx *store.Tx) error { return tx.EraseContent(2) }, "", "entry 2", ""},
		"an entry without a signature": {
			func(tx *store.Tx) error {
				line, err := ledger.Entry{Seq: 4, Time: time.Now().UTC().Truncate(time.Microsecond), Actor: "anna", Action: "person.leave", Body: []byte(`{"id":"ben"}`)}.Encode()
				if err != nil {
					return err
				}
				hashes, err := ledger.StoredHashes(4, line, tx.HashReader())
				if err == nil {
					_, err = tx.Append(line, hashes)
				}
				return err
			}, "person ben: it was changed", "nobody signed them", "changed by something else"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			j := begun(t, t.TempDir())
			if err := j.store.Update(t.Context(), test.change); err != nil {
				t.Fatal(err)
			}
			replayed, err := j.Replay(t.Context(), false)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(replayed.Different, "\n"); !strings.Contains(got, test.replay) || test.replay == "" && got != "" {
				t.Errorf("replay says %q, want %q", got, test.replay)
			}
			verified, err := j.Verify(t.Context(), j.options.Key.Verifier())
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(verified.Problems); test.verify == "" != verified.OK() || !strings.Contains(got, test.verify) {
				t.Errorf("verify says %s, want %q", got, test.verify)
			}
			err = act(t.Context(), j, "anna", &review.AddComment{Plan: "main", Key: "backups", ReasonText: review.ReasonText{Reason: "x"}})
			if test.write == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), test.write) {
				t.Errorf("writing gives %v, want %q", err, test.write)
			}
			if _, err := j.Replay(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			if mended, err := j.Replay(t.Context(), false); err != nil || len(mended.Different) > 0 {
				t.Errorf("after mending: %+v, %v", mended, err)
			}
		})
	}
}

// TestRulesAreProved: an entry that is signed well and breaks a rule is found, such as an approval
// that was written around the program by the author.
func TestRulesAreProved(t *testing.T) {
	j := begun(t, t.TempDir())
	must(t, j, "anna", answer(t, "a"), &review.Submit{Plan: "main", Key: "backups"})
	err := j.store.Update(t.Context(), func(tx *store.Tx) error {
		state, err := load(tx)
		if err != nil {
			return err
		}
		w := &Work{journal: j, tx: tx, State: state, actor: "anna", at: j.time(), done: 1}
		approval := &review.Approve{Plan: "main", Key: "backups", Revision: 1}
		if err := approval.Sign(state, w.Mark(), j.options.Key); err != nil {
			return err
		}
		body, err := review.BodyOf(approval)
		if err != nil {
			return err
		}
		mark := w.Mark()
		if err := w.append(ledger.Entry{Seq: mark.Seq, Time: mark.At, Actor: "anna", Action: approval.Name(), Body: body}, nil); err != nil {
			return err
		}
		state.Skip(mark.Seq)
		return w.finish(j.options.Key)
	})
	if err != nil {
		t.Fatal(err)
	}
	verified, err := j.Verify(t.Context(), j.options.Key.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	if len(verified.Problems) != 1 || !strings.Contains(verified.Problems[0].What, "Anna is no reviewer") {
		t.Errorf("problems are %v", verified.Problems)
	}
}

// TestKeys: the wrong key, no key, a new key, a lost key.
func TestKeys(t *testing.T) {
	where := t.TempDir()
	j := begun(t, where)
	old := j.options.Key
	comment := &review.AddComment{Plan: "main", Key: "backups", ReasonText: review.ReasonText{Reason: "x"}}
	for _, test := range []struct {
		key  *ledger.Key
		want string
	}{{nil, "there is no key to sign with"}, {newKey(t, "kubeproof.dev/ledger/test"), "is not the one that signs"}, {newKey(t, "other"), "is not the one that signs"}} {
		j.UseKey(test.key)
		if err := act(t.Context(), j, "anna", comment); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want %q", err, test.want)
		}
	}
	j.UseKey(old)
	next := newKey(t, "kubeproof.dev/ledger/test")
	if err := j.RotateKey(t.Context(), "ben", next); err == nil {
		t.Error("a reviewer rotated the key")
	}
	if err := j.RotateKey(t.Context(), "anna", next); err != nil {
		t.Fatal(err)
	}
	must(t, j, "anna", comment)
	proved(t, j)
	for _, key := range []*ledger.Key{old, next} {
		if verified, err := j.Verify(t.Context(), key.Verifier()); err != nil || !verified.OK() {
			t.Errorf("with %s: %v, %v", key.Verifier().ID(), verified, err)
		}
	}
	third := newKey(t, "kubeproof.dev/ledger/test")
	if err := j.ReplaceLostKey(t.Context(), "anna", third); err != nil {
		t.Fatal(err)
	}
	j.UseKey(third)
	must(t, j, "anna", comment)
	if verified, err := j.Verify(t.Context(), third.Verifier()); err != nil || !verified.OK() || len(verified.Warnings) == 0 {
		t.Errorf("with the new key: %+v, %v", verified, err)
	}
	if verified, err := j.Verify(t.Context(), old.Verifier()); err != nil || verified.OK() {
		t.Errorf("with the old key nothing is told of the break: %+v, %v", verified, err)
	}
}

// TestCurrent: the state is shared until somebody writes, also another process.
func TestCurrent(t *testing.T) {
	where := t.TempDir()
	j := begun(t, where)
	current := func() *review.State {
		t.Helper()
		state, err := j.Current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	first := current()
	if current() != first {
		t.Error("the state was read again though nobody wrote")
	}
	other, err := Open(t.Context(), where, Options{Key: j.options.Key, Catalogue: library(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	must(t, other, "anna", answer(t, "a"))
	if second := current(); second == first || second.Answers["main/backups"] == nil || first.Answers["main/backups"] != nil {
		t.Error("what another wrote is not seen, or was put into the state that somebody still reads")
	}
}

package journal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Verified is what proving a ledger gave: its bytes and signatures, and the rules of reviews on
// every one of its entries.
type Verified struct {
	*ledger.Result
	// State is what the entries make; where there are problems, of those that could be applied.
	State *review.State
	// Reports are those of a bundle that an entry of the ledger covers.
	Reports int
}

// VerifyBundle proves a bundle: see ledger.VerifyBundle. Beyond that it replays the entries by the
// rules of reviews, so that an approval by the author is a problem though it is signed well, and
// compares the reports with what was exported. An error means that the bundle is unusable.
func VerifyBundle(bundle *ledger.Bundle, key ledger.Verifier, pins ...ledger.Pin) (*Verified, error) {
	verified, err := verify(bundle, key, true, pins...)
	if err != nil {
		return nil, err
	}
	return verified, verified.checkReports(bundle)
}

// Verify proves the ledger of the store where it lies.
func (j *Journal) Verify(ctx context.Context, key ledger.Verifier, pins ...ledger.Pin) (verified *Verified, err error) {
	err = j.store.View(ctx, func(tx *store.Tx) error {
		verified, err = verify(source{tx}, key, false, pins...)
		return err
	})
	return verified, err
}

// verify proves bytes and rules; both at once where the source can be read twice at a time. Who may sign
// which statement is known once the rules are replayed.
func verify(in ledger.Source, key ledger.Verifier, twice bool, pins ...ledger.Pin) (*Verified, error) {
	var state *review.State
	var broken []ledger.Problem
	var failed error
	keys := personKeys{}
	replaying := func() { state, broken, failed = replay(in, keys) }
	var beside sync.WaitGroup
	if twice {
		beside.Go(replaying)
	} else {
		replaying()
	}
	result, err := ledger.Hooks{Files: filesOf, StatementKeys: func(e ledger.Entry) []ledger.Verifier {
		beside.Wait()
		return keys.of(e)
	}}.Verify(in, key, pins...)
	beside.Wait()
	if err := cmp.Or(err, failed); err != nil {
		return nil, err
	}
	result.Problems = append(result.Problems, broken...)
	return &Verified{Result: result, State: state}, nil
}

// filesOf gives the file that the text of an entry names.
func filesOf(_ ledger.Entry, content []byte) []string {
	text := review.EvidenceText{} // scans name theirs in the same field
	if json.Unmarshal(content, &text) != nil || text.SHA256 == "" {
		return nil
	}
	return []string{text.SHA256}
}

// personKeys are the own keys of the people who made entries, as they were registered then. Entries by
// people who have none are not there.
type personKeys map[int64]string

func (p personKeys) note(state *review.State, seq int64, actor string) {
	if person := state.People[actor]; p != nil && person != nil && person.Key != "" {
		p[seq] = person.Key
	}
}

func (p personKeys) of(e ledger.Entry) []ledger.Verifier {
	key, err := ledger.ParseVerifier(p[e.Seq])
	if err != nil {
		return nil
	}
	return []ledger.Verifier{key}
}

// replay makes the state from the entries. What the rules forbid, or what is no action, is a problem
// and changes nothing. With keys it notes which entries are by people with keys of their own.
func replay(in ledger.Source, keys personKeys) (*review.State, []ledger.Problem, error) {
	texts := map[int64][]byte{}
	if err := in.Contents(func(c ledger.Content) error {
		texts[c.Seq] = append([]byte{}, c.Data...)
		return nil
	}); err != nil && !isDamage(err) {
		return nil, nil, err
	}
	state, problems := review.New(), []ledger.Problem(nil)
	err := in.Entries(func(seq int64, line []byte) error {
		if err := apply(state, line, texts[seq], keys); err != nil {
			if len(problems) < 100 {
				problems = append(problems, ledger.Problem{Seq: seq, What: "against the rules: " + err.Error()})
			}
			state.Skip(seq)
		}
		return nil
	})
	if isDamage(err) {
		err = nil // the proof of the bytes told it
	}
	return state, problems, err
}

func isDamage(err error) bool {
	_, damaged := err.(ledger.Damaged)
	return damaged
}

func apply(state *review.State, line, text []byte, keys personKeys) error {
	entry, err := ledger.ParseEntry(line)
	if err != nil {
		return err
	}
	keys.note(state, entry.Seq, entry.Actor)
	if entry.Content == "" {
		text = nil
	}
	action, err := review.Decode(entry.Action, entry.Body, text)
	if err != nil {
		return err
	}
	mark := review.Mark{Seq: entry.Seq, At: entry.Time, Actor: entry.Actor}
	return state.Do(action, mark, review.Written{Digest: entry.Content, Data: text})
}

// checkReports compares the reports of a bundle with the digests in the ledger.
func (v *Verified) checkReports(bundle *ledger.Bundle) error {
	exported := map[string]string{}
	if v.State.Export != nil {
		exported = v.State.Export.Files
	}
	for _, name := range bundle.Reports() {
		digest, err := digestOf(bundle, name)
		if err != nil {
			return err
		}
		switch want, known := exported[name]; {
		case !known:
			v.Warnings = append(v.Warnings, fmt.Sprintf("report %s is not covered by the ledger", name))
		case want != digest:
			v.Problems = append(v.Problems, ledger.Problem{Seq: -1, What: fmt.Sprintf("report %s is not as it was exported", name)})
		default:
			v.Reports++
		}
	}
	return nil
}

func digestOf(bundle *ledger.Bundle, report string) (string, error) {
	file, err := bundle.OpenReport(report)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read report %s: %w", report, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// TestReportsRestOnEntries: who can write to the tables and has no key does not make reports say yes.
func TestReportsRestOnEntries(t *testing.T) {
	j := begun(t, t.TempDir())
	must(t, j, "anna", answer(t, "a"), &review.Submit{Plan: "main", Key: "backups"})
	if err := j.ReadSigned(t.Context(), func(state *review.State, _ []byte) error {
		if state.Answers["main/backups"].Stage != review.InReview {
			t.Error("the answer is not in review")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := j.store.Update(t.Context(), func(tx *store.Tx) error {
		state, err := load(tx)
		if err != nil {
			return err
		}
		forged := *state.Answers["main/backups"]
		forged.Stage, forged.Decision = review.Approved, &review.Decision{Signed: review.Signed{By: "ben", At: time.Now()}, Approved: true}
		data, err := json.Marshal(forged)
		if err != nil {
			return err
		}
		return tx.PutRecord("answer", "main/backups", data)
	}); err != nil {
		t.Fatal(err)
	}
	err := j.ReadSigned(t.Context(), func(*review.State, []byte) error { t.Error("a report is made of it"); return nil })
	if err == nil || !strings.Contains(err.Error(), "answer main/backups: it was changed") {
		t.Errorf("error is %v", err)
	}
}

// TestTablesThatAreNotWhole are refused with a way out, and nothing panics.
func TestTablesThatAreNotWhole(t *testing.T) {
	begin := func(t *testing.T) *Journal {
		j := begun(t, t.TempDir())
		must(t, j, "anna", answer(t, "a"), &review.AddEvidence{ID: "e-1", Kind: review.EvidenceNote, Period: review.Period{Collected: "2026-01-01"}, EvidenceText: review.EvidenceText{Note: "seen"}},
			&review.Link{Evidence: "e-1", Plan: "main", Keys: []string{"backups"}},
			&review.BeginAccess{Plan: "main", Environment: "production", Count: 1, AccessText: review.AccessText{Subjects: []review.AccessSubject{{Kind: "User", Name: "x"}}}})
		return j
	}
	for _, record := range [][2]string{{"ledger", "keys"}, {"plan", "main"}, {"evidence", "e-1"}, {"answer", "main/backups"}, {"access", "main/production"}, {"person", "ben"}} {
		for _, data := range []string{"", "null", "{}", "[]", `{"stage":"approved"}`, "x"} {
			t.Run(record[0]+" "+data, func(t *testing.T) {
				j := begin(t)
				if err := j.store.Update(t.Context(), func(tx *store.Tx) error {
					if data == "" {
						return tx.DeleteRecord(record[0], record[1])
					}
					return tx.PutRecord(record[0], record[1], []byte(data))
				}); err != nil {
					t.Fatal(err)
				}
				err := act(t.Context(), j, "anna", &review.Unlink{Plan: "main", Key: "backups", Evidence: "e-1"}, &review.ConfirmAccess{ID: "main/production", Keep: true})
				_, keyErr := j.Key(t.Context())
				if data != "" && err == nil || err != nil && keyErr == nil && !strings.Contains(err.Error(), "see `kubeproof") && !strings.Contains(err.Error(), ": ") {
					t.Errorf("error is %v", err)
				}
				if _, err := j.Replay(t.Context(), true); err != nil {
					t.Fatal(err)
				}
				proved(t, j)
			})
		}
	}
}

// TestAStoreThatWasNotFinished can be begun once more: a refused first action leaves nothing behind.
func TestAStoreThatWasNotFinished(t *testing.T) {
	place, key := t.TempDir(), newKey(t, "kubeproof.dev/ledger/test")
	options := Options{Key: key, Catalogue: library(t)}
	wrong := &review.CreatePlan{ID: "main", Checklists: []string{"none"}, Environments: []string{"production"}, Settings: review.DefaultSettings}
	if _, err := Create(t.Context(), place, options, first, wrong); err == nil {
		t.Fatal("created with an unknown checklist")
	}
	j, err := Open(t.Context(), place, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Read(t.Context(), func(*review.State) error { return nil }); !errors.Is(err, ErrNotBegun) {
		t.Errorf("reading gives %v", err)
	}
	j.Close()
	wrong.Checklists = []string{"requirements"}
	if j, err = Create(t.Context(), place, options, first, wrong); err != nil {
		t.Fatal(err)
	}
	proved(t, j)
	j.Close()
}

// TestWhatIsAppliedIsWhatIsRead: bytes that are no text would be written as others.
func TestWhatIsAppliedIsWhatIsRead(t *testing.T) {
	j := begun(t, t.TempDir())
	scan := &review.RecordScan{Plan: "main", Environment: "production", Label: "a", Made: time.Now().In(time.FixedZone("x", 7200)), ScanText: review.ScanText{Name: "a"},
		Seen: review.ScanSeen{Controls: map[string]review.ScanControl{"a": {Unseen: "away"}}}}
	must(t, j, "anna", scan, &review.SetAnswer{Plan: "main", Key: "backups", Values: []string{"yes"}, Catalogue: answer(t, "").Catalogue, AnswerText: review.AnswerText{Comment: "<&>"}})
	proved(t, j)
}

// TestFilesAreKeptBeforeTheyAreNamed: else the ledger would name what nobody has.
func TestFilesAreKeptBeforeTheyAreNamed(t *testing.T) {
	j := begun(t, t.TempDir())
	err := act(t.Context(), j, "anna", &review.AddEvidence{ID: "e-1", Kind: review.EvidenceFile, Media: "text/plain", Size: 1, Period: review.Period{Collected: "2026-01-01"},
		EvidenceText: review.EvidenceText{Name: "a.txt", SHA256: strings.Repeat("a", 64)}})
	if err == nil || !strings.Contains(err.Error(), "is not kept") {
		t.Errorf("error is %v", err)
	}
	proved(t, j)
}

// FuzzVerifyBundle gives a verifier bundles that are signed well and hold nonsense.
func FuzzVerifyBundle(f *testing.F) {
	f.Add("answer.approve", `{"plan":"none","key":"k","revision":1,"statement":{}}`, "")
	f.Add("evidence.link", `{"evidence":"none","plan":"none","keys":["a"]}`, "")
	f.Add("person.key", `{"id":"anna","key":"x"}`, "")
	f.Add("exception.approve", `{"id":"none","revision":1,"statement":null}`, `{"reason":"x"}`)
	f.Add("access.confirm", `{"id":"x","place":-1}`, "")
	f.Add("key.rotate", `{"old":"","new":"","seq":0,"newSignature":""}`, "")
	f.Add("erase", `{"seqs":[99,-1]}`, `{"reason":"x","sha256":"y"}`)
	f.Add("ledger.begin", `{}`, "")
	f.Add("report.export", `{"plan":"main","files":null,"size":-1,"root":""}`, "")
	file := filepath.Join(f.TempDir(), "bundle.zip")
	j := begun(f, f.TempDir())
	key := j.options.Key
	f.Fuzz(func(t *testing.T, action, body, text string) {
		err := j.store.Update(t.Context(), func(tx *store.Tx) error {
			state, err := load(tx)
			if err != nil {
				return err
			}
			w := &Work{journal: j, tx: tx, State: state, actor: "anna", at: j.time()}
			entry := ledger.Entry{Seq: state.Size, Time: w.at, Actor: "anna", Action: action, Body: []byte(body)}
			var content *ledger.Content
			if text != "" {
				made, err := ledger.NewContent(state.Size, []byte(text), strings.NewReader(strings.Repeat("s", 32)))
				if err != nil {
					return err
				}
				content, entry.Content = &made, made.Digest()
			}
			if err := w.append(entry, content); err != nil {
				return err
			}
			state.Skip(entry.Seq)
			if err := w.finish(key); err != nil {
				return err
			}
			return bundleOf(tx, file, key.Verifier())
		})
		if err == nil || errors.Is(err, errDone) {
			bundle, err := ledger.OpenBundle(file)
			if err != nil {
				t.Skip(err)
			}
			defer bundle.Close()
			if verified, err := VerifyBundle(bundle, key.Verifier()); err == nil {
				_ = fmt.Sprint(verified.Problems)
			}
		}
	})
}

var errDone = errors.New("nothing of it is kept")

// bundleOf writes the bundle of a change that is not kept.
func bundleOf(tx *store.Tx, file string, key ledger.Verifier) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	writer, err := ledger.NewBundleWriter(out, key)
	if err != nil {
		return err
	}
	if err := errors.Join(write(writer, source{tx}), writer.Close(), out.Close()); err != nil {
		return err
	}
	return errDone
}

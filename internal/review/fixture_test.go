package review

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/ledger"
)

// day0 is when the reviews of tests begin.
var day0 = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const questions = `
- {id: applicable-standards, text: "Which?", guidance: g, evidence: e, type: many, informs: true, owner: management, fresh: 365,
   choices: [{id: std, text: S, frameworks: [std-1]}, {id: none, text: None}]}
- {id: backups, text: "Backups?", guidance: g, evidence: e, type: yes-no, owner: operations, controls: [backup-runs], topics: [backup]}
- {id: restore, text: "Restored when?", guidance: g, evidence: e, type: date, within: 180, owner: operations, fresh: 180, when: {question: backups, is: ["yes", partly]}}
- {id: how, text: "How?", guidance: g, evidence: e, type: text, owner: platform}
- {id: many-people, text: "How many?", guidance: g, evidence: e, type: number, unit: people, atMost: 5, owner: security}
`

const framework = "id: std-1\ntitle: Standard 1\nshort: S1\nidentifiers: {\"1\": one, \"2\": two}\ntopics: {backup: [\"1\"], net: [\"2\"]}\n"

const list = `
id: list
title: List
about: a list
source: us
items:
- {id: A.1, section: Governance, text: Standards, assess: [Q], questions: [applicable-standards]}
- {id: A.2, section: Backup, text: Backups, assess: [C, Q], controls: [backup-runs, backup-encrypted], questions: [backups]}
- {id: A.3, section: Backup, text: Restores, assess: [Q], questions: [restore]}
- {id: A.4, section: Backup, text: Both, assess: [Q], questions: [backups, restore]}
- {id: A.5, section: Network, text: Policies, assess: [C], controls: [policies]}
- {id: A.6, section: Network, text: Described, risk: 9, assess: [Q], questions: [how]}
- {id: A.7, section: Network, text: People, assess: [Q], questions: [many-people]}
- {id: A.9, section: Network, text: Tests, environments: [test], assess: [C, Q], controls: [policies], questions: [how]}
- {id: A.8, section: Governance, text: Standard 1, assess: [Q], questions: [applicable-standards], choices: [std]}
`

func libraryOf(t testing.TB) *checklist.Library {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range map[string]string{"questions/all.yaml": questions, "frameworks/std-1.yaml": framework, "checklists/list.yaml": list} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	library, err := checklist.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// office is a state with people and a clock, in which tests act.
type office struct {
	t       testing.TB
	state   *State
	library *checklist.Library
	key     *ledger.Key
	now     time.Time
	log     []logged
}

// logged is an entry as it was written.
type logged struct {
	name string
	mark Mark
	body []byte
	text Written
}

// people are the office's, one for each role, and some with two.
var people = map[string][]Role{
	"anna": {Administrator, Contributor}, "carl": {Contributor}, "dana": {Contributor}, "ben": {Reviewer}, "eva": {Reviewer},
	"both": {Contributor, Reviewer}, "vera": {Viewer},
}

func newOffice(t testing.TB) *office {
	t.Helper()
	key, err := ledger.NewKey("kubeproof.dev/ledger/test", bytes.NewReader(bytes.Repeat([]byte{7}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, state: New(), library: libraryOf(t), key: key, now: day0}
	o.must("system", &Begin{Origin: key.Origin(), Key: key.Verifier().String()})
	o.must("anna", &AddPerson{ID: "anna", Roles: people["anna"], PersonText: PersonText{Name: "Anna"}})
	for _, id := range []string{"carl", "dana", "ben", "eva", "both", "vera"} {
		o.must("anna", &AddPerson{ID: id, Roles: people[id], PersonText: PersonText{Name: "The " + id}})
	}
	o.must("anna", &CreatePlan{ID: "main", Checklists: []string{"list"}, Environments: []string{"production"}, Settings: DefaultSettings})
	return o
}

// mark is that of the next action.
func (o *office) mark(actor string) Mark { return Mark{Seq: o.state.Size, At: o.now, Actor: actor} }

// do acts as a person; statements are signed by the log's key.
func (o *office) do(actor string, action Action) error {
	mark := o.mark(actor)
	switch a := action.(type) {
	case *Approve:
		if a.Statement == nil {
			if err := a.Sign(o.state, mark, o.key); err != nil {
				return err
			}
		}
	case *ApproveException:
		if a.Statement == nil {
			if err := a.Sign(o.state, mark, o.key); err != nil {
				return err
			}
		}
	}
	if err := o.state.Propose(action, o.library, mark); err != nil {
		return err
	}
	data, err := TextOf(action)
	if err != nil {
		return err
	}
	text := Written{Data: data}
	if data != nil {
		content, err := ledger.NewContent(mark.Seq, data, bytes.NewReader(bytes.Repeat([]byte{byte(mark.Seq)}, 32)))
		if err != nil {
			return err
		}
		text.Digest = content.Digest()
	}
	body, err := BodyOf(action)
	if err != nil {
		return err
	}
	if err := o.state.Do(action, mark, text); err != nil {
		return err
	}
	o.log = append(o.log, logged{action.Name(), mark, body, text})
	return nil
}

func (o *office) must(actor string, action Action) {
	o.t.Helper()
	if err := o.do(actor, action); err != nil {
		o.t.Fatalf("%s by %s: %v", action.Name(), actor, err)
	}
}

// later lets days pass.
func (o *office) later(days int) { o.now = o.now.AddDate(0, 0, days) }

func (o *office) set(key string, values ...string) *SetAnswer {
	o.t.Helper()
	subject, err := o.state.subjectOf(o.library, "main", key)
	if err != nil {
		o.t.Fatal(err)
	}
	return &SetAnswer{Plan: "main", Key: key, Values: values, Catalogue: subject.digest}
}

// approved takes an answer all the way.
func (o *office) approved(key string, values ...string) {
	o.t.Helper()
	o.must("carl", o.set(key, values...))
	o.review(key)
}

func (o *office) review(key string) {
	o.t.Helper()
	o.must("carl", &Submit{Plan: "main", Key: key})
	o.must("ben", &Approve{Plan: "main", Key: key, Revision: o.state.Answers[IDOf("main", key)].Revision})
}

func (o *office) attach(id, key string, period Period) {
	o.t.Helper()
	if period.Collected == "" {
		period.Collected = o.now.Format(Day)
	}
	o.must("carl", &AddEvidence{ID: id, Kind: EvidenceNote, Period: period, EvidenceText: EvidenceText{Title: "note", Note: "seen"}})
	o.must("carl", &Link{Evidence: id, Plan: "main", Keys: []string{key}})
}

// view is the plan as it stands now.
func (o *office) view() *View {
	o.t.Helper()
	view, err := o.state.View("main", o.library, nil, o.now)
	if err != nil {
		o.t.Fatal(err)
	}
	return view
}

func (o *office) expect(item string, state ItemState) {
	o.t.Helper()
	if view := o.view().Item(item); view.State != state {
		o.t.Errorf("%s is %s (%s), want %s", item, view.State, view.Reason, state)
	}
}

// replayed makes the state anew from the log.
func (o *office) replayed() *State {
	o.t.Helper()
	state := New()
	for _, entry := range o.log {
		action, err := Decode(entry.name, entry.body, entry.text.Data)
		if err == nil {
			err = state.Do(action, entry.mark, entry.text)
		}
		if err != nil {
			o.t.Fatalf("replay entry %d: %v", entry.mark.Seq, err)
		}
	}
	return state
}

// fork copies the office, so that several things can be tried from one state.
func (o *office) fork() *office {
	copied := *o
	copied.state, copied.log = o.replayed(), append([]logged(nil), o.log...)
	return &copied
}

func describe(records []Record) string {
	text := ""
	for _, record := range records {
		text += fmt.Sprintf("%s %s %s\n", record.Kind, record.ID, record.Data)
	}
	return text
}

// seeded is a source of chance that is the same in every run.
func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

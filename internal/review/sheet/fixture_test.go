package sheet_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// smallQuestions has one question of every type, and those that are judged another way.
const smallQuestions = `
- {id: login, text: "Is there a login?", guidance: Name it., evidence: a file, type: yes-no, owner: platform, controls: [some-control]}
- {id: shared, text: "Are accounts shared?", guidance: Name them., evidence: a file, type: yes-no, good: "no", owner: platform}
- {id: store, text: "Which store?", guidance: One., evidence: a file, type: one, owner: platform, choices: [{id: vault, text: A vault, result: satisfied}, {id: none, text: "None, at all", result: not-satisfied}]}
- {id: standards, text: "Which standards?", guidance: All., evidence: a file, type: many, owner: compliance, choices: [{id: iso-27001, text: ISO}, {id: pci-dss, text: PCI}, {id: nist, text: NIST}]}
- {id: story, text: "Tell it", guidance: "Long\n\nand wide", evidence: a file, type: text, owner: management}
- {id: days, text: "How many days?", guidance: Count., evidence: a file, type: number, unit: days, atLeast: 30, owner: operations}
- {id: people, text: "How many people?", guidance: Count., evidence: a file, type: number, unit: people, owner: operations}
- {id: drill, text: "When was the drill?", guidance: The last., evidence: a file, type: date, within: 365, owner: operations}
- {id: page, text: "Where is it written?", guidance: Link., evidence: a file, type: link, owner: security}
- {id: later, text: "And then?", guidance: Tell., evidence: a file, type: text, owner: security, when: {question: login, is: ["no"]}}
- {id: elsewhere, text: "Not here?", guidance: Tell., evidence: a file, type: text, owner: security}
`

const smallChecklist = `id: small
title: Small
about: a list
source: us
items:
- {id: A.1, section: Access, text: Log in, assess: [C, Q], controls: [some-control], questions: [login, shared]}
- {id: A.2, section: Access, text: Store, assess: [Q], questions: [store, standards, story]}
- {id: B.1, section: Rest, text: Rest, assess: [Q], questions: [days, people, drill, page, later, story]}
- {id: B.2, section: Rest, text: Machine, assess: [C], controls: [some-control]}
`

const otherChecklist = `id: other
title: Other
about: a list
source: us
items:
- {id: Z.1, section: Z, text: Z, assess: [Q], questions: [elsewhere]}
`

func smallLibrary(t testing.TB) *checklist.Library {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"questions/all.yaml": smallQuestions, "checklists/small.yaml": smallChecklist, "checklists/other.yaml": otherChecklist,
		"frameworks/std-1.yaml": "id: std-1\ntitle: Standard\nshort: S1\nidentifiers: {\"1\": one}\ntopics: {root: [\"1\"]}\n",
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	library, err := checklist.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// place is a review that a test works on.
type place struct {
	t       testing.TB
	state   *review.State
	library *checklist.Library
	now     time.Time
}

// begin makes a review with three people: ada (all roles), ben (contributor) and cleo (viewer).
func begin(t testing.TB, library *checklist.Library, lists ...string) *place {
	t.Helper()
	key, err := ledger.NewKey("kubeproof.dev/ledger/0011223344556677", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, state: review.New(), library: library, now: time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)}
	p.do(&review.Begin{Origin: "kubeproof.dev/ledger/0011223344556677", Key: key.Verifier().String()})
	p.do(&review.AddPerson{ID: "ada", Roles: []review.Role{review.Administrator, review.Contributor}, PersonText: review.PersonText{Name: "Ada Ærø", Email: "ada@example.org"}})
	p.do(&review.AddPerson{ID: "ben", Roles: []review.Role{review.Contributor}, PersonText: review.PersonText{Name: "=Ben", Email: "ben@example.org"}})
	p.do(&review.AddPerson{ID: "cleo", Roles: []review.Role{review.Viewer}, PersonText: review.PersonText{Name: "Cleo", Email: "cleo@example.org"}})
	p.do(&review.CreatePlan{ID: "pay", Checklists: lists, Environments: []string{"production"}, Settings: review.DefaultSettings,
		PlanText: review.PlanText{Title: "Payments\u0085- question: evil"}})
	return p
}

// do proposes and does an action as ada.
func (p *place) do(action review.Action) {
	p.t.Helper()
	mark := review.Mark{Seq: p.state.Size, At: p.now, Actor: "ada"}
	if p.state.Size > 0 {
		if err := p.state.Propose(action, p.library, mark); err != nil {
			p.t.Fatal(err)
		}
	}
	text, err := review.TextOf(action)
	if err != nil {
		p.t.Fatal(err)
	}
	written := review.Written{}
	if text != nil {
		written = review.Written{Digest: "sha256:00", Data: text}
	}
	if err := p.state.Do(action, mark, written); err != nil {
		p.t.Fatal(err)
	}
}

// answer sets an answer with the judgement that its question needs.
func (p *place) answer(key, text, comment string, values ...string) {
	p.t.Helper()
	question, known := p.library.Question(key)
	if !known {
		p.t.Fatalf("no question %s", key)
	}
	set := &review.SetAnswer{Plan: "pay", Key: key, Values: values, Catalogue: question.Digest(), AnswerText: review.AnswerText{Text: text, Comment: comment}}
	if question.NeedsJudgement() {
		set.Judged = checklist.Partly
	}
	p.do(set)
}

func (p *place) view() *review.View {
	p.t.Helper()
	view, err := p.state.View("pay", p.library, nil, p.now)
	if err != nil {
		p.t.Fatal(err)
	}
	return view
}

// write gives the file of a format.
func (p *place) write(format string, o sheet.Options) []byte {
	p.t.Helper()
	out := &bytes.Buffer{}
	if err := sheet.Write(format, out, p.view(), o); err != nil {
		p.t.Fatal(err)
	}
	return out.Bytes()
}

// read reads a file that has no mistake.
func (p *place) read(name string, data []byte) []sheet.Row {
	p.t.Helper()
	rows, problems, err := sheet.Read(name, data)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, problem := range problems {
		p.t.Errorf("unexpected problem: %s", problem)
	}
	return rows
}

// same expects that a file would change nothing.
func (p *place) same(name string, data []byte) {
	p.t.Helper()
	changes, problems := sheet.Compare(p.view(), p.library, p.read(name, data))
	for _, change := range changes {
		p.t.Errorf("%s: %s would change\n from %s\n to   %s", name, change.Key, change.Before, change.After)
	}
	for _, problem := range problems {
		p.t.Errorf("unexpected problem: %s", problem)
	}
}

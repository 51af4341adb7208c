package ledger

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestVerifyTellsWhatIsThere(t *testing.T) {
	d := small(t)
	got := d.verify()
	want := &Result{
		Entries: 8, First: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC), Last: time.Date(2026, 11, 30, 9, 0, 10, 5e8, time.UTC),
		Root: got.Root, Origin: d.key.Origin(), Signer: d.key.Verifier().ID(), Keys: []KeySpan{{d.key.Verifier().String(), 0, 8}},
		Contents: 4, Erased: 1, Files: 1, Statements: 1, Checkpoints: 3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := Verify(bundleOf(d.parts()), Verifier{}); err == nil {
		t.Error("no key verifies")
	}
}

func TestVerifyAnEmptyLedger(t *testing.T) {
	d := newDraft(t)
	if r := d.verify(); r.OK() {
		t.Error("a ledger without checkpoint is whole")
	}
	d.sign()
	if r := d.verify(); !r.OK() || r.Entries != 0 || !r.First.IsZero() {
		t.Errorf("an empty signed ledger: %+v", r)
	}
	d.notes = [][]byte{}
	d.lines = nil
	if r := d.verify(Checkpoint{Origin: d.key.Origin(), Size: 0, Root: new(frontier).root()}); len(r.Problems) != 1 {
		t.Errorf("problems %v, want that nobody signed", r.Problems)
	}
}

// wantProblems compares the problems of a result with parts of their text.
func wantProblems(t *testing.T, r *Result, want ...string) {
	t.Helper()
	for i, p := range r.Problems {
		if i >= len(want) || !strings.Contains(p.String(), want[i]) {
			t.Errorf("problem %d: %s", i, p)
		}
	}
	if len(r.Problems) < len(want) {
		t.Errorf("%d problems, want %q", len(r.Problems), want)
	}
}

func TestVerifyNamesTheProblem(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(d *draft)
		want  []string
	}{
		"unsigned tail": {func(d *draft) { d.add("answer.set", nil, nil) }, []string{"entry 8: the entries from here to 8 stand behind the newest checkpoint"}},
		"changed entry": {func(d *draft) { d.lines[5] = bytes.Replace(d.lines[5], []byte("p-7f3a"), []byte("p-7f3b"), 1) },
			[]string{"of the entries 3 to 5 at least one is not what checkpoint 2 of 3 signed"}},
		"no checkpoints":            {func(d *draft) { d.notes = nil }, []string{"nobody signed"}},
		"checkpoints out of order":  {func(d *draft) { d.notes[0], d.notes[1] = d.notes[1], d.notes[0] }, []string{"checkpoint 2 of 3 is of 3 entries, less than"}},
		"newest checkpoint missing": {func(d *draft) { d.notes = d.notes[:2] }, []string{"entry 6: the entries from here to 7 stand behind"}},
		"end cut off":               {func(d *draft) { d.lines = d.lines[:7]; d.erase(7) }, []string{"checkpoint 3 of 3 signed 8 entries, of which the ledger has 7"}},
		"content improperly erased": {func(d *draft) { d.erase(1) }, []string{"entry 1: its content is not there, and no later entry has erased it"}},
		"content of another":        {func(d *draft) { d.contents[0].Data = []byte("we never restore") }, []string{"entry 1: its content is not the one"}},
		"salt of another":           {func(d *draft) { d.contents[0].Salt = d.contents[1].Salt }, []string{"entry 1: its content is not the one"}},
		"content without entry": {func(d *draft) { d.contents = append(d.contents, Content{Seq: 9, Salt: make([]byte, 32)}) },
			[]string{"entry 9: there is a content for it that no entry names"}},
		"content for an entry without": {func(d *draft) { d.contents = append([]Content{{Seq: 0, Salt: make([]byte, 32)}}, d.contents...) },
			[]string{"entry 0: there is a content for it that no entry names"}},
		"file missing":              {func(d *draft) { clear(d.files) }, []string{"entry 3: the file"}},
		"erased before it is there": {func(d *draft) { d.add("erase", map[string]any{"seqs": []int64{8}}, nil); d.sign() }, []string{"entry 8: it erases entry 8"}},
		"erases nothing":            {func(d *draft) { d.add("erase", nil, nil); d.sign() }, []string{"entry 8: its body does not list"}},
		"time goes back": {func(d *draft) {
			d.lines = append(d.lines, must(Entry{Seq: 8, Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Actor: "a", Action: "b"}.Encode())(d.t))
			d.sign()
		}, []string{"entry 8: its time 2026-01-01T00:00:00Z is before"}},
		"number skipped": {func(d *draft) {
			d.lines = append(d.lines, must(Entry{Seq: 9, Time: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Actor: "a", Action: "b"}.Encode())(d.t))
			d.sign()
		}, []string{"entry 8: its number is 9"}},
		"statement of another key": {func(d *draft) {
			other := must(NewKey(d.key.Origin(), d.random))(d.t)
			d.add("answer.approve", map[string]any{"statement": must(SignStatement(statement(), other))(d.t)}, nil)
			d.sign()
		}, []string{"entry 8: open statement: none of the 1 keys"}},
		"statement that is none": {func(d *draft) { d.add("x", map[string]any{"statement": "yes"}, nil); d.sign() }, []string{"entry 8: open statement: envelope: not a JSON object"}},
		"statement under an escaped name": {func(d *draft) {
			e := Entry{Seq: 8, Time: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Actor: "a", Action: "b", Body: []byte(`{"\u0073tatement":{}}`)}
			d.lines = append(d.lines, must(e.Encode())(d.t))
			d.sign()
		}, []string{"entry 8: open statement: payload type"}},
		"signed by another key": {func(d *draft) { d.notes = nil; d.signAs(must(NewKey(d.key.Origin(), d.random))(d.t)) }, []string{"checkpoint 1 of 1: open checkpoint: not signed by", "nobody signed"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := small(t)
			test.spoil(d)
			wantProblems(t, d.verify(), test.want...)
		})
	}
}

func TestErasedContent(t *testing.T) {
	d := newDraft(t)
	d.attach("a photograph")
	d.add("erase", map[string]any{"seqs": []int64{0}, "reason": "request"}, nil)
	d.sign()
	r := d.verify()
	if !r.OK() || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "entry 0 is there, although") {
		t.Errorf("content that should be erased: %+v", r)
	}
	d.erase(0)
	wantProblems(t, d.verify(), "is named by no entry") // the file should have gone with the text that named it
	clear(d.files)
	if r := d.verify(); !r.OK() || r.Erased != 1 || len(r.Warnings) != 0 {
		t.Errorf("properly erased: %+v", r)
	}
}

func TestTooManyProblemsAreCounted(t *testing.T) {
	d := newDraft(t)
	for range maxProblems + 20 {
		d.lines = append(d.lines, []byte("x"))
	}
	d.sign()
	r := d.verify()
	if n := len(r.Problems); n != maxProblems+1 || r.Problems[n-1].What != "and 20 more problems" {
		t.Errorf("%d problems, the last %v", n, r.Problems[n-1])
	}
}

package ledger

import (
	"bytes"
	"testing"
)

// The limit of every signed log, as a test: who gives away an older state of it, with the checkpoint of that time, passes;
// only somebody who kept a later checkpoint finds it.
func TestRollbackIsFoundByAPinOnly(t *testing.T) {
	d := small(t)
	pin := must(ParseCheckpoint(d.notes[2]))(t)
	if r := d.verify(pin); !r.OK() {
		t.Fatalf("whole ledger with its own pin: %v", r.Problems)
	}
	d.lines, d.notes = d.lines[:6], d.notes[:2]
	d.erase(6)
	d.erase(7)
	if r := d.verify(); !r.OK() {
		t.Errorf("rolled back, without pin: %v", r.Problems)
	}
	if r := d.verify(must(ParseCheckpoint(d.notes[0]))(t)); !r.OK() {
		t.Errorf("rolled back, with a pin from before: %v", r.Problems)
	}
	wantProblems(t, d.verify(pin), "rolled back: the pin knows 8 entries, the ledger has 6")
}

// The same limit for who holds the key: he can write another history.
func TestRewriteByTheKeyHolderIsFoundByAPinOnly(t *testing.T) {
	d := small(t)
	pin := must(ParseCheckpoint(d.notes[0]))(t)
	d.lines[0] = bytes.Replace(d.lines[0], []byte("p-7f3a"), []byte("p-0000"), 1)
	d.notes = nil
	d.sign()
	if r := d.verify(); !r.OK() {
		t.Errorf("rewritten and signed, without pin: %v", r.Problems)
	}
	wantProblems(t, d.verify(pin), "rewritten: the first 3 entries are not those of the pin")
}

func TestPins(t *testing.T) {
	d := small(t)
	good := must(ParseCheckpoint(d.notes[1]))(t)
	other, negative := good, good
	other.Origin, negative.Size = "example.org/log", -1
	for name, test := range map[string]struct {
		pin  Pin
		want []string
	}{
		"good":          {good, nil},
		"empty":         {Pin{Origin: good.Origin, Root: new(frontier).root()}, nil},
		"other ledger":  {other, []string{"the pin is of example.org/log"}},
		"negative size": {negative, []string{"rewritten"}},
		"zero root":     {Pin{Origin: good.Origin, Size: 4}, []string{"rewritten: the first 4 entries"}},
		"far ahead":     {Pin{Origin: good.Origin, Size: 1 << 62}, []string{"rolled back"}},
	} {
		t.Run(name, func(t *testing.T) { wantProblems(t, d.verify(test.pin), test.want...) })
	}
}

func TestTornLastLine(t *testing.T) {
	d := small(t)
	parts := d.parts()
	whole := parts[entriesName]
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1

	parts[entriesName] = whole[:len(whole)-1]
	wantProblems(t, must(Verify(bundleOf(parts), d.key.Verifier()))(t), "entry 7: the line is torn")

	parts[entriesName] = whole[:last+20]
	r := must(Verify(bundleOf(parts), d.key.Verifier()))(t)
	wantProblems(t, r, "entry 7: read ledger entry", "entry 7: the line is torn", "of the entries 6 to 7", "entry 7: there is a content")
}

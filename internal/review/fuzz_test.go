package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// FuzzHostileLedger reads actions with any names and bodies, one after another, into a review that
// has begun, as a verifier does with somebody else's bundle. Each line is an action, a space, its
// body, and after a tab its text. Nothing may panic; what was refused changes nothing; and what was
// stored and loaded is the same state.
func FuzzHostileLedger(f *testing.F) {
	o := newOffice(f)
	stages[Approved](o)
	o.attach("e-1", "how", Period{})
	o.ask("x-1", "A.6")
	o.must("carl", &BeginAccess{Plan: "main", Environment: "production", Count: 1, AccessText: AccessText{Subjects: []AccessSubject{{Kind: "User", Name: "x"}}}})
	for _, entry := range o.log {
		f.Add([]byte(fmt.Sprintf("%s %s\t%s\n", entry.name, entry.body, entry.text.Data)))
	}
	f.Add([]byte(strings.Join([]string{
		`evidence.link {"evidence":"e-1","plan":"none","keys":["how"]}`, `evidence.link {"evidence":"none","plan":"main","keys":["how"]}`,
		`answer.submit {"plan":"none","key":"how"}`, `answer.approve {"plan":"none","key":"how","revision":1,"statement":null}`, `answer.approve {}`,
		`answer.reopen {}`, `answer.assign {"plan":"none"}`, `exception.approve {"id":"none","statement":{}}`, `exception.extend {"id":"x-1","expires":"2026-07-30"}` + "\t" + `{"reason":"r"}`,
		`scan.record {"plan":"main","environment":"production","label":"l","made":"2026-06-01T00:00:00Z","seen":{"controls":null,"methods":null,"subjects":0}}` + "\t" + `{"unseen":{"r":["a"]}}`,
		`scan.drop {"id":"x"}`, `access.confirm {"id":"main/production","place":0}`, `access.confirm {"id":"none","place":-1}`, `plan.change {"id":"main","settings":{}}`,
		`erase {"seqs":[0,-1,99]}`, `person.leave {"id":"none"}`, `person.key {"id":"none","key":"x"}`, `key.rotate {}`, `ledger.begin {}`, `report.export {"files":{"":""}}`,
	}, "\n")))
	who := []string{"anna", "carl", "ben", "both", "nobody"}
	f.Fuzz(func(t *testing.T, ledger []byte) {
		o := newOffice(t)
		stages[Approved](o)
		for i, line := range bytes.Split(ledger, []byte("\n")) {
			name, rest, _ := strings.Cut(string(line), " ")
			body, text, _ := strings.Cut(rest, "\t")
			written := Written{}
			if text != "" && json.Valid([]byte(text)) {
				written = Written{Digest: "sha256:x", Data: []byte(text)}
			}
			action, err := Decode(name, []byte(body), written.Data)
			if err == nil {
				o.now = o.now.Add(time.Hour)
				err = o.refusedChangesNothing(action, o.mark(who[i%len(who)]), written)
			}
			if err != nil {
				o.state.Skip(o.state.Size)
			}
		}
		o.view()
		o.loadsAgain()
	})
}

// refusedChangesNothing does an action and compares the records if it was refused.
func (o *office) refusedChangesNothing(action Action, m Mark, text Written) error {
	before, err := o.state.Records()
	if err != nil {
		o.t.Fatal(err)
	}
	refused := o.state.Do(action, m, text)
	if refused != nil {
		if after, _ := o.state.Records(); describe(before) != describe(after) {
			o.t.Fatalf("%s was refused (%v) and changed the state", action.Name(), refused)
		}
	}
	return refused
}

func (o *office) loadsAgain() {
	records, err := o.state.Records()
	if err != nil {
		o.t.Fatal(err)
	}
	loaded := New()
	for _, record := range records {
		if err := loaded.Load(record); err != nil {
			o.t.Fatal(err)
		}
	}
	if err := loaded.Whole(); err != nil {
		o.t.Fatal(err)
	}
	again, err := loaded.Records()
	if err != nil || describe(again) != describe(records) {
		o.t.Fatalf("stored and loaded it is another state: %v\n%s\n%s", err, describe(records), describe(again))
	}
}

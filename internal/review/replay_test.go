package review

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestRandomWalks lets people do random things, most of which are refused, and proves that the log
// makes the same state again, that a state which was stored and loaded goes on the same way, and
// that nobody ever approved his own work.
func TestRandomWalks(t *testing.T) {
	done := 0
	for seed := range uint64(30) {
		o, chance := newOffice(t), seeded(seed)
		who := []string{"anna", "carl", "dana", "ben", "eva", "both", "vera"}
		for range 150 {
			actor := who[chance.IntN(len(who))]
			if o.do(actor, o.random(chance.IntN)) == nil {
				done++
			}
			o.now = o.now.Add(time.Duration(chance.IntN(50)) * time.Hour)
		}
		live, err := o.state.Records()
		if err != nil {
			t.Fatal(err)
		}
		replayed, err := o.replayed().Records()
		if err != nil {
			t.Fatal(err)
		}
		if describe(live) != describe(replayed) {
			t.Fatalf("seed %d: the log makes another state:\n%s\nthan the live one:\n%s", seed, describe(replayed), describe(live))
		}
		loaded := New()
		for _, record := range live {
			if err := loaded.Load(record); err != nil {
				t.Fatal(err)
			}
		}
		again, err := loaded.Records()
		if err != nil || describe(again) != describe(live) {
			t.Fatalf("seed %d: what was stored is another state: %v", seed, err)
		}
		checkDuties(t, o)
	}
	t.Logf("%d actions done", done)
}

// checkDuties looks at every approval of a walk.
func checkDuties(t *testing.T, o *office) {
	for id, answer := range o.state.Answers {
		if answer.Stage == Approved && (answer.Decision == nil || answer.Decision.By == answer.Reply.By) {
			t.Errorf("%s was approved by its author", id)
		}
		for _, attached := range answer.Attached {
			by := answer.Decision
			if answer.Stage == Approved && (attached.By == by.By || o.state.Evidence[attached.Evidence].By == by.By) {
				t.Errorf("%s was approved by who attached or handed in %s", id, attached.Evidence)
			}
		}
	}
	for id, exception := range o.state.Exceptions {
		for _, requester := range exception.Requesters {
			if exception.State == ExceptionApproved && exception.Decision.By == requester {
				t.Errorf("%s was approved by who asked for it", id)
			}
		}
	}
}

// random makes some action, sensible or not.
func (o *office) random(n func(int) int) Action {
	keys := []string{"applicable-standards", "backups", "how", "many-people", "A.5", "nothing"}
	key := keys[n(len(keys))]
	id, revision := fmt.Sprintf("x-%d", n(3)), n(4)
	if answer := o.state.Answers[IDOf("main", key)]; answer != nil && n(4) > 0 {
		revision = answer.Revision
	}
	reason := ReasonText{[]string{"because", "", "=1+1"}[n(3)]}
	all := []func() Action{
		func() Action {
			values := map[string][]string{"applicable-standards": {"std"}, "backups": {[]string{"yes", "no", "perhaps"}[n(3)]}, "many-people": {"3"}}
			action := &SetAnswer{Plan: "main", Key: key, Values: values[key]}
			if subject, err := o.state.subjectOf(o.library, "main", key); err == nil {
				action.Catalogue = subject.digest
			}
			if key == "how" {
				action.AnswerText.Text, action.Judged = "so", "partly"
			}
			if key == "A.5" || n(10) == 0 {
				action.NotApplicable, action.Comment = true, "not here"
			}
			return action
		},
		func() Action { return &Submit{"main", key} }, func() Action { return &Submit{"main", key} },
		func() Action { return &Approve{Plan: "main", Key: key, Revision: revision, ReasonText: reason} },
		func() Action { return &Approve{Plan: "main", Key: key, Revision: revision, ReasonText: reason} },
		func() Action { return &RequestChanges{Plan: "main", Key: key, Revision: revision, ReasonText: reason} },
		func() Action { return &Reopen{Plan: "main", Key: key, ReasonText: reason} },
		func() Action { return &Assign{Plan: "main", Key: key, Owner: "carl"} },
		func() Action { return &AddComment{Plan: "main", Key: key, ReasonText: reason} },
		func() Action {
			return &AddEvidence{ID: fmt.Sprintf("e-%d", n(5)), Kind: EvidenceNote, Period: Period{Collected: o.now.Format(Day)}, EvidenceText: EvidenceText{Note: "seen"}}
		},
		func() Action { return &Link{Evidence: fmt.Sprintf("e-%d", n(5)), Plan: "main", Keys: []string{key}} },
		func() Action { return &Unlink{Evidence: fmt.Sprintf("e-%d", n(5)), Plan: "main", Key: key} },
		func() Action {
			return &RequestException{ID: id, Plan: "main", Item: "A.6", Expires: o.now.AddDate(0, 0, n(40)-5).Format(Day), ExceptionText: ExceptionText{Reason: reason.Reason}}
		},
		func() Action { return &ApproveException{ID: id, Revision: 1 + n(2)} }, func() Action { return &RejectException{ID: id, Revision: 1 + n(2), ReasonText: reason} },
		func() Action {
			return &ExtendException{ID: id, Expires: o.now.AddDate(0, 0, 60).Format(Day), ExceptionText: ExceptionText{Reason: reason.Reason}}
		},
		func() Action { return &WithdrawException{ID: id, ReasonText: reason} },
		func() Action { return &Erase{Seqs: []int64{int64(n(int(o.state.Size)))}, ReasonText: reason} },
		func() Action { return &SetRoles{ID: "vera", Roles: []Role{Roles[n(4)]}} },
	}
	return all[n(len(all))]()
}

// TestErasedTextsLeaveTheRest: names and answers go, states and proofs stay.
func TestErasedTextsLeaveTheRest(t *testing.T) {
	o := newOffice(t)
	stages[Approved](o)
	before := o.state.Answers["main/how"].Decision.Snapshot
	o.must("anna", &Erase{Seqs: []int64{o.state.People["carl"].Named, o.state.Answers["main/how"].Reply.Written}, ReasonText: ReasonText{"has left"}})
	if name := o.state.NameOf("carl"); name != "carl" {
		t.Errorf("the name is still %q", name)
	}
	if text := o.state.Written(o.state.Answers["main/how"].Reply).Text; text != "" {
		t.Errorf("the answer is still %q", text)
	}
	o.expect("A.6", ItemSatisfied)
	if snapshot, _ := o.state.Snapshot("main/how"); snapshot.Digest() != before {
		t.Error("what was approved has another digest now")
	}
	for _, who := range []string{"carl", "ben", "vera"} {
		if err := o.do(who, &Erase{Seqs: []int64{2}, ReasonText: ReasonText{"r"}}); err == nil {
			t.Errorf("%s erased", who)
		}
	}
	// A replay that has no more the texts that were erased goes the same way.
	for i := range o.log {
		if seq := o.log[i].mark.Seq; o.state.texts[seq] == nil {
			o.log[i].text.Data = nil
		}
	}
	live, _ := o.state.Records()
	replayed, _ := o.replayed().Records()
	if describe(live) != describe(replayed) {
		t.Error("without the erased texts the log makes another state")
	}
}

// TestPeopleRules: who may add people and give roles.
func TestPeopleRules(t *testing.T) {
	tests := []struct {
		name, who string
		action    Action
		want      string
	}{
		{"add by a contributor", "carl", &AddPerson{ID: "new", Roles: []Role{Viewer}, PersonText: PersonText{Name: "New"}}, "is no administrator"},
		{"add twice", "anna", &AddPerson{ID: "ben", Roles: []Role{Viewer}, PersonText: PersonText{Name: "New"}}, "exists already"},
		{"add the same name", "anna", &AddPerson{ID: "new", Roles: []Role{Viewer}, PersonText: PersonText{Name: "the BEN"}}, "somebody is known as"},
		{"add without name", "anna", &AddPerson{ID: "new", Roles: []Role{Viewer}}, "name the person"},
		{"add without role", "anna", &AddPerson{ID: "new", PersonText: PersonText{Name: "New"}}, "name at least one role"},
		{"add with an unknown role", "anna", &AddPerson{ID: "new", Roles: []Role{"root"}, PersonText: PersonText{Name: "New"}}, `role "root" is unknown`},
		{"roles for oneself", "anna", &SetRoles{ID: "anna", Roles: []Role{Administrator, Reviewer}}, "nobody gives roles to himself"},
		{"roles by a reviewer", "ben", &SetRoles{ID: "carl", Roles: []Role{Viewer}}, "is no administrator"},
		{"last administrator leaves", "anna", &Leave{ID: "anna"}, "this is the last administrator"},
		{"a second beginning", "anna", &Begin{}, "it has begun already"},
	}
	for _, test := range tests {
		if err := newOffice(t).do(test.who, test.action); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v, want %q", test.name, err, test.want)
		}
	}
	o := newOffice(t)
	o.must("anna", &Leave{ID: "carl"})
	if err := o.do("carl", o.how("so")); err == nil || !strings.Contains(err.Error(), "has left") {
		t.Errorf("somebody who left answered: %v", err)
	}
}

// TestOwners: a role's owner has to answer until somebody is assigned.
func TestOwners(t *testing.T) {
	o := newOffice(t)
	for _, wrong := range []*SetOwner{{Plan: "main", Role: "cook", Person: "carl"}, {Plan: "main", Role: "operations", Person: "ben"}, {Plan: "other", Role: "operations", Person: "carl"}} {
		if err := o.do("anna", wrong); err == nil {
			t.Errorf("set %+v", wrong)
		}
	}
	if err := o.do("carl", &SetOwner{Plan: "main", Role: "operations", Person: "carl"}); err == nil {
		t.Error("a contributor set an owner")
	}
	owner := func() string { return o.view().Question("backups").Owner }
	o.must("anna", &SetOwner{Plan: "main", Role: "operations", Person: "carl"})
	if got := owner(); got != "carl" {
		t.Errorf("the role's owner is %q", got)
	}
	o.must("anna", &Assign{Plan: "main", Key: "backups", Owner: "dana"})
	if got := owner(); got != "dana" {
		t.Errorf("who was assigned is %q", got)
	}
	o.must("anna", &Assign{Plan: "main", Key: "backups"})
	o.must("anna", &SetOwner{Plan: "main", Role: "operations"})
	if got := owner(); got != "" {
		t.Errorf("nobody is left, and it is %q", got)
	}
}

// TestTheClockDoesNotGoBack: an entry before the last one is refused.
func TestTheClockDoesNotGoBack(t *testing.T) {
	o := newOffice(t)
	o.now = o.now.Add(-time.Second)
	if err := o.do("carl", o.how("so")); err == nil || !strings.Contains(err.Error(), "set the clock right") {
		t.Error(err)
	}
}

// FuzzDecode: whatever stands in a ledger is an action or an error.
func FuzzDecode(f *testing.F) {
	for _, make := range actions {
		f.Add(make().Name(), []byte("{}"), []byte("{}"))
	}
	f.Add("answer.set", []byte(`{"plan":1}`), []byte("x"))
	f.Fuzz(func(t *testing.T, name string, body, text []byte) {
		action, err := Decode(name, body, text)
		if err != nil {
			return
		}
		state := New()
		_ = state.Do(action, Mark{Actor: "x", At: day0}, Written{Digest: "sha256:x", Data: text})
		if _, err := state.Records(); err != nil {
			t.Error(err)
		}
	})
}

package review

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ledger"
)

// TestWhoHandedEvidenceInDoesNotApproveWhatRestsOnIt: that somebody else attached it changes nothing.
func TestWhoHandedEvidenceInDoesNotApproveWhatRestsOnIt(t *testing.T) {
	add := func(o *office) {
		o.must("both", &AddEvidence{ID: "e-1", Kind: EvidenceNote, Period: Period{Collected: "2026-06-01"}, EvidenceText: EvidenceText{Note: "seen"}})
	}
	link := func(o *office) { o.must("carl", &Link{Evidence: "e-1", Plan: "main", Keys: []string{"how"}}) }
	tests := map[string]func(o *office){
		"attached by another":             func(o *office) { add(o); o.answerHow("carl"); link(o) },
		"attached before it was answered": func(o *office) { add(o); link(o); o.answerHow("carl") },
		"as a contributor, before the new role": func(o *office) {
			add(o)
			o.must("anna", &SetRoles{ID: "both", Roles: []Role{Reviewer}})
			o.answerHow("carl")
			link(o)
		},
		"attached, approved and answered anew": func(o *office) {
			add(o)
			o.answerHow("carl")
			link(o)
			o.review("how")
			o.answerHow("dana")
		},
		"attached, approved and reopened": func(o *office) {
			add(o)
			o.answerHow("carl")
			link(o)
			o.review("how")
			o.must("eva", &Reopen{Plan: "main", Key: "how", ReasonText: ReasonText{"again"}})
		},
	}
	for name, make := range tests {
		o := newOffice(t)
		make(o)
		o.must("carl", &Submit{"main", "how"})
		if err := o.do("both", &Approve{Plan: "main", Key: "how", Revision: o.state.Answers["main/how"].Revision}); err == nil || !strings.Contains(err.Error(), "somebody else has to review it") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAKeyIsAKeyWhateverItIsCalled: the name in front of a public key does not make it another.
func TestAKeyIsAKeyWhateverItIsCalled(t *testing.T) {
	key := func(name string, seed byte) *ledger.Key {
		made, err := ledger.NewKey(name, bytes.NewReader(bytes.Repeat([]byte{seed}, 64)))
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	o := newOffice(t) // its ledger is signed with seed 7
	if err := o.do("anna", &SetPersonKey{ID: "ben", Key: key("person/ben", 7).Verifier().String()}); err == nil {
		t.Error("the ledger's key became a person's under another name")
	}
	o.must("anna", &SetPersonKey{ID: "ben", Key: key("person/ben", 9).Verifier().String()})
	if err := o.do("anna", &SetPersonKey{ID: "carl", Key: key("person/carl", 9).Verifier().String()}); err == nil {
		t.Error("two people sign with one key")
	}
	for name, next := range map[string]*ledger.Key{"a person's": key(o.key.Origin(), 9)} {
		rotation, err := ledger.NewRotation(o.state.Size, o.key, next)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.do("anna", &RotateKey{rotation}); err == nil {
			t.Errorf("%s key became the ledger's", name)
		}
	}
}

// TestNobodyPassesForAnother: by the id of entries that nobody makes, or by a name that looks the same.
func TestNobodyPassesForAnother(t *testing.T) {
	for _, person := range []*AddPerson{
		{ID: "system", PersonText: PersonText{Name: "System"}}, {ID: "new", PersonText: PersonText{Name: "The ben "}}, {ID: "new", PersonText: PersonText{Name: "The  ben"}},
		{ID: "new", PersonText: PersonText{Name: "ben"}}, {ID: "new", PersonText: PersonText{Name: "The \u202eneb"}}, {ID: "new", PersonText: PersonText{Name: "Ben\x9b31m"}},
		{ID: "new", PersonText: PersonText{Name: "A\nB"}}, {ID: "new", PersonText: PersonText{Name: strings.Repeat("a", longestText+1)}},
	} {
		person.Roles = []Role{Reviewer}
		if err := newOffice(t).do("anna", person); err == nil {
			t.Errorf("added %q as %q", person.PersonText.Name, person.ID)
		}
	}
}

// TestAnExtensionCoversNoMore: who reads that more time is asked for must not approve another subject with it.
func TestAnExtensionCoversNoMore(t *testing.T) {
	ready := func() *office {
		o := newOffice(t)
		o.must("carl", &RequestException{ID: "x-1", Plan: "main", Control: "policies", Expires: "2026-06-30", ExceptionText: ExceptionText{Subject: "shop/Deployment/a", Reason: "r"}})
		o.grant("x-1", 1)
		return o
	}
	extend := func(subject string) *ExtendException {
		return &ExtendException{ID: "x-1", Expires: "2026-07-30", ExceptionText: ExceptionText{Subject: subject, Reason: "more"}}
	}
	for _, subject := range []string{"*", ""} {
		if err := ready().do("carl", extend(subject)); err == nil {
			t.Errorf("the extension covers %q", subject)
		}
	}
	ready().must("carl", extend("shop/Deployment/a"))
	o := ready()
	o.must("anna", &Erase{Seqs: []int64{o.state.Exceptions["x-1"].Asked}, ReasonText: ReasonText{"gone"}})
	if err := o.do("carl", extend("")); err == nil {
		t.Error("an exception without subject was extended")
	}
}

// TestToBeginAnAccessReviewIsNotToDoIt: what is overdue stays so, however often a review is begun.
func TestToBeginAnAccessReviewIsNotToDoIt(t *testing.T) {
	o := newOffice(t)
	begin := func() {
		o.must("carl", &BeginAccess{Plan: "main", Environment: "production", Count: 1, AccessText: AccessText{Subjects: []AccessSubject{{Kind: "User", Name: "x"}}}})
	}
	begin()
	due := o.state.Access["main/production"].Due
	o.later(89)
	begin()
	if got := o.state.Access["main/production"].Due; got != due {
		t.Errorf("beginning anew moved the day from %s to %s", due, got)
	}
	o.must("carl", &ConfirmAccess{ID: "main/production", Keep: true})
	if got := o.state.Access["main/production"].Due; got != dayAfter(o.now, 90) {
		t.Errorf("after it was done it is due on %s", got)
	}
	if err := o.do("carl", &BeginAccess{Plan: "main", Environment: "production", Count: 1, Machines: 2, AccessText: AccessText{Subjects: []AccessSubject{{}}}}); err == nil {
		t.Error("more machines than subjects")
	}
}

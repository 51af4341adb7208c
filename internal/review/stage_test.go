package review

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ledger"
)

// stages make an answer to the question how that is in each stage; carl is its author.
var stages = map[Stage]func(o *office){
	Open:     func(*office) {},
	Answered: func(o *office) { o.answerHow("carl") },
	InReview: func(o *office) { o.submitHow() },
	Approved: func(o *office) {
		o.submitHow()
		o.must("ben", &Approve{Plan: "main", Key: "how", Revision: 1})
	},
	ChangesRequested: func(o *office) {
		o.submitHow()
		o.must("ben", &RequestChanges{Plan: "main", Key: "how", Revision: 1, ReasonText: ReasonText{"more"}})
	},
}

func (o *office) submitHow() {
	o.t.Helper()
	o.answerHow("carl")
	o.must("carl", &Submit{"main", "how"})
}

func (o *office) answerHow(who string) {
	o.t.Helper()
	o.must(who, o.how("by hand"))
}

func (o *office) how(text string) *SetAnswer {
	action := o.set("how")
	action.AnswerText.Text, action.Judged = text, "satisfied"
	return action
}

// moves are all actions on an answer.
var moves = map[string]func(o *office) Action{
	"set": func(o *office) Action { return o.how("otherwise") },
	"n/a": func(o *office) Action {
		a := o.how("")
		a.Judged, a.NotApplicable, a.Comment = "", true, "not here"
		return a
	},
	"submit":  func(*office) Action { return &Submit{"main", "how"} },
	"approve": func(o *office) Action { return &Approve{Plan: "main", Key: "how", Revision: 1} },
	"request": func(*office) Action {
		return &RequestChanges{Plan: "main", Key: "how", Revision: 1, ReasonText: ReasonText{"more"}}
	},
	"reopen":  func(*office) Action { return &Reopen{Plan: "main", Key: "how", ReasonText: ReasonText{"again"}} },
	"link":    func(*office) Action { return &Link{Evidence: "note-1", Plan: "main", Keys: []string{"how"}} },
	"assign":  func(*office) Action { return &Assign{Plan: "main", Key: "how", Owner: "dana", Due: "2026-12-31"} },
	"comment": func(*office) Action { return &AddComment{Plan: "main", Key: "how", ReasonText: ReasonText{"well"}} },
}

// allowed says, for each stage and move, which stage follows; a move that is missing is refused.
var allowed = map[Stage]map[string]Stage{
	Open:             {"set": Answered, "n/a": Answered, "link": Open, "assign": Open, "comment": Open},
	Answered:         {"set": Answered, "n/a": Answered, "submit": InReview, "link": Answered, "assign": Answered, "comment": Answered},
	InReview:         {"set": Answered, "n/a": Answered, "approve": Approved, "request": ChangesRequested, "reopen": Answered, "link": Answered, "assign": InReview, "comment": InReview},
	Approved:         {"set": Answered, "n/a": Answered, "request": ChangesRequested, "reopen": Answered, "link": Answered, "assign": Approved, "comment": Approved},
	ChangesRequested: {"set": Answered, "n/a": Answered, "link": Answered, "assign": ChangesRequested, "comment": ChangesRequested},
}

// may says which roles may make a move at all. carl is the author and must not decide; ben did
// decide and may again.
var may = map[string]string{
	"set": "anna carl dana both", "n/a": "anna carl dana both", "submit": "anna carl dana both", "link": "anna carl dana both",
	"approve": "ben eva both", "request": "ben eva both", "reopen": "anna carl dana ben eva both",
	"assign": "anna carl dana both", "comment": "anna carl dana ben eva both",
}

// TestEveryMoveByEveryPersonInEveryStage tries 5 stages × 9 moves × 8 people.
func TestEveryMoveByEveryPersonInEveryStage(t *testing.T) {
	tried, done := 0, 0
	for stage, reach := range stages {
		office := newOffice(t)
		office.must("carl", &AddEvidence{ID: "note-1", Kind: EvidenceNote, Period: Period{Collected: "2026-06-01"}, EvidenceText: EvidenceText{Title: "n", Note: "seen"}})
		reach(office)
		for move, make := range moves {
			for _, who := range []string{"anna", "carl", "dana", "ben", "eva", "both", "vera", "nobody"} {
				tried++
				o := office.fork()
				before, err := o.state.Records()
				if err != nil {
					t.Fatal(err)
				}
				err = o.do(who, make(o))
				next, possible := allowed[stage][move]
				want := possible && strings.Contains(" "+may[move]+" ", " "+who+" ")
				if (err == nil) != want {
					t.Errorf("%s by %s while %s: error %v, want allowed %v", move, who, stage, err, want)
				}
				after, _ := o.state.Records()
				if err != nil {
					if describe(before) != describe(after) {
						t.Errorf("%s by %s while %s was refused and changed the state", move, who, stage)
					}
					continue
				}
				done++
				if got := stageOf(o); got != next {
					t.Errorf("%s by %s while %s leads to %s, want %s", move, who, stage, got, next)
				}
			}
		}
	}
	t.Logf("%d moves tried, %d allowed", tried, done)
}

func stageOf(o *office) Stage {
	if answer := o.state.Answers["main/how"]; answer != nil {
		return answer.Stage
	}
	return Open
}

// TestNobodyApprovesWhatHeHadAHandIn: whoever wrote, attached or submitted any part of the revision.
func TestNobodyApprovesWhatHeHadAHandIn(t *testing.T) {
	attach := func(o *office, who string) {
		o.must(who, &AddEvidence{ID: "by-" + who, Kind: EvidenceNote, Period: Period{Collected: "2026-06-01"}, EvidenceText: EvidenceText{Title: "n", Note: "seen"}})
		o.must(who, &Link{Evidence: "by-" + who, Plan: "main", Keys: []string{"how"}})
	}
	tests := map[string]func(o *office){
		"wrote it":                       func(o *office) { o.answerHow("both") },
		"wrote an earlier revision":      func(o *office) { o.answerHow("both"); o.answerHow("carl") },
		"attached to it":                 func(o *office) { o.answerHow("carl"); attach(o, "both") },
		"attached before it was written": func(o *office) { attach(o, "both"); o.answerHow("carl") },
		"attached what was approved before": func(o *office) {
			o.answerHow("carl")
			attach(o, "both")
			o.must("carl", &Submit{"main", "how"})
			o.must("ben", &Approve{Plan: "main", Key: "how", Revision: 2})
			o.answerHow("dana")
		},
		"wrote what was approved, somebody attached since": func(o *office) {
			o.answerHow("both")
			o.must("carl", &Submit{"main", "how"})
			o.must("ben", &Approve{Plan: "main", Key: "how", Revision: 1})
			attach(o, "dana")
		},
		"wrote what was approved and reopened": func(o *office) {
			o.answerHow("both")
			o.must("carl", &Submit{"main", "how"})
			o.must("ben", &Approve{Plan: "main", Key: "how", Revision: 1})
			o.must("eva", &Reopen{Plan: "main", Key: "how", ReasonText: ReasonText{"look again"}})
		},
	}
	for name, make := range tests {
		o := newOffice(t)
		make(o)
		o.must("carl", &Submit{"main", "how"})
		revision := o.state.Answers["main/how"].Revision
		if err := o.do("both", &Approve{Plan: "main", Key: "how", Revision: revision}); err == nil {
			t.Errorf("%s: approved it", name)
		} else if !strings.Contains(err.Error(), "somebody else has to review it") {
			t.Errorf("%s: %v", name, err)
		}
		o.must("ben", &Approve{Plan: "main", Key: "how", Revision: revision})
	}
	o := newOffice(t)
	o.answerHow("carl")
	o.must("both", &Submit{"main", "how"})
	if err := o.do("both", &Approve{Plan: "main", Key: "how", Revision: 1}); err == nil {
		t.Error("who submitted it approved it")
	}
}

// TestAnApprovalBindsWhatItSaw: what was signed for another revision, person, time or key is refused.
func TestAnApprovalBindsWhatItSaw(t *testing.T) {
	ready := func() *office {
		o := newOffice(t)
		o.submitHow()
		return o
	}
	signed := func(o *office, who string) *Approve {
		approval := &Approve{Plan: "main", Key: "how", Revision: o.state.Answers["main/how"].Revision}
		if err := approval.Sign(o.state, o.mark(who), o.key); err != nil {
			t.Fatal(err)
		}
		return approval
	}
	t.Run("another person", func(t *testing.T) {
		o := ready()
		if err := o.do("eva", signed(o, "ben")); err == nil || !strings.Contains(err.Error(), "is not what stands here") {
			t.Error(err)
		}
	})
	t.Run("another time", func(t *testing.T) {
		o := ready()
		approval := signed(o, "ben")
		o.later(1)
		if err := o.do("ben", approval); err == nil {
			t.Error("approved with the statement of another day")
		}
	})
	t.Run("changed since", func(t *testing.T) {
		o := ready()
		approval := signed(o, "ben")
		o.must("carl", o.how("otherwise"))
		o.must("carl", &Submit{"main", "how"})
		if err := o.do("ben", approval); err == nil || !strings.Contains(err.Error(), "read it again") {
			t.Error(err)
		}
		approval.Revision = 2
		if err := o.do("ben", approval); err == nil {
			t.Error("a statement over revision 1 approved revision 2")
		}
	})
	t.Run("the log's key where the person has one", func(t *testing.T) {
		o := ready()
		own, err := ledger.NewKey("person/ben", bytes.NewReader(bytes.Repeat([]byte{9}, 64)))
		if err != nil {
			t.Fatal(err)
		}
		o.must("anna", &SetPersonKey{ID: "ben", Key: own.Verifier().String()})
		if err := o.do("ben", signed(o, "ben")); err == nil || !strings.Contains(err.Error(), "the key must be person/ben+") {
			t.Errorf("approved with the log's key: %v", err)
		}
		approval := &Approve{Plan: "main", Key: "how", Revision: 1}
		if err := approval.Sign(o.state, o.mark("ben"), own); err != nil {
			t.Fatal(err)
		}
		o.must("ben", approval)
		if signer := o.state.Answers["main/how"].Decision.Signer; signer != own.Verifier().ID() {
			t.Errorf("signer is %s", signer)
		}
	})
	t.Run("a key that is the log's", func(t *testing.T) {
		o := ready()
		if err := o.do("anna", &SetPersonKey{ID: "ben", Key: o.key.Verifier().String()}); err == nil {
			t.Error("the log's key became a person's")
		}
	})
}

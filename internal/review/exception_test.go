package review

import (
	"strings"
	"testing"
)

// TestExceptionRules: who asks does not decide, nothing is without end, and more time is a new approval.
func TestExceptionRules(t *testing.T) {
	request := func(change func(*RequestException)) *RequestException {
		action := &RequestException{ID: "x-1", Plan: "main", Item: "A.6", Expires: "2026-06-30", ExceptionText: ExceptionText{Reason: "later"}}
		change(action)
		return action
	}
	refused := []struct {
		name   string
		who    string
		change func(*RequestException)
		want   string
	}{
		{"by a reviewer", "ben", func(*RequestException) {}, "The ben is no contributor"},
		{"without end", "carl", func(a *RequestException) { a.Expires = "" }, "it has no end"},
		{"ended", "carl", func(a *RequestException) { a.Expires = "2026-05-31" }, "which has passed"},
		{"for ever", "carl", func(a *RequestException) { a.Expires = "2036-05-31" }, "at most 366 days"},
		{"no date", "carl", func(a *RequestException) { a.Expires = "soon" }, `end is "soon", which is no date`},
		{"without reason", "carl", func(a *RequestException) { a.Reason = " \n" }, "give a reason"},
		{"of nothing", "carl", func(a *RequestException) { a.Item = "" }, "either an item or a control"},
		{"of both", "carl", func(a *RequestException) { a.Control = "x" }, "either an item or a control"},
		{"of an unknown item", "carl", func(a *RequestException) { a.Item = "Z.1" }, `"Z.1" is neither an item nor a question`},
		{"of a question", "carl", func(a *RequestException) { a.Item = "how" }, "how is a question"},
		{"of a control everywhere", "carl", func(a *RequestException) { a.Item, a.Control = "", "policies" }, "say on which subject"},
		{"with an odd id", "carl", func(a *RequestException) { a.ID = "../x" }, `id "../x" is not usable`},
	}
	for _, test := range refused {
		if err := newOffice(t).do(test.who, request(test.change)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v, want %q", test.name, err, test.want)
		}
	}
	o := newOffice(t)
	o.must("both", request(func(*RequestException) {}))
	for who, want := range map[string]string{"both": "somebody else has to decide", "carl": "is no reviewer", "vera": "is no reviewer", "anna": "is no reviewer"} {
		if err := o.do(who, &ApproveException{ID: "x-1", Revision: 1}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s approved: %v", who, err)
		}
	}
	o.must("ben", &ApproveException{ID: "x-1", Revision: 1})
	o.expect("A.6", ItemAccepted)
	if err := o.do("carl", &ExtendException{ID: "x-1", Expires: "2026-06-30", ExceptionText: ExceptionText{Reason: "r"}}); err == nil {
		t.Error("extended by no day")
	}
	o.must("dana", &ExtendException{ID: "x-1", Expires: "2026-09-30", ExceptionText: ExceptionText{Reason: "more"}})
	o.expect("A.6", ItemAccepted) // until the end that was granted
	for _, who := range []string{"both", "dana"} {
		if err := o.do(who, &ApproveException{ID: "x-1", Revision: 2}); err == nil {
			t.Errorf("%s asked for it and approved the extension", who)
		}
	}
	if err := o.do("ben", &ApproveException{ID: "x-1", Revision: 1}); err == nil {
		t.Error("the old revision approved the extension")
	}
	extended := o.fork()
	extended.must("eva", &ApproveException{ID: "x-1", Revision: 2})
	extended.later(60)
	extended.expect("A.6", ItemAccepted)
	o.must("eva", &RejectException{ID: "x-1", Revision: 2, ReasonText: ReasonText{"no"}})
	o.expect("A.6", ItemAccepted) // what was granted before holds
	held := o.state.Exceptions["x-1"]
	if held.State != ExceptionApproved || held.Decision.By != "ben" || held.Refused.By != "eva" || held.Expires != "2026-06-30" || o.state.ReasonOf(held).Reason != "later" {
		t.Errorf("after the refusal: %+v", held)
	}
	again := o.fork()
	again.must("carl", &ExtendException{ID: "x-1", Expires: "2026-08-30", ExceptionText: ExceptionText{Reason: "still"}})
	again.must("ben", &ApproveException{ID: "x-1", Revision: 4})
	o.later(30)
	o.expect("A.6", ItemOpen)
	extended.must("carl", &WithdrawException{ID: "x-1"})
	extended.expect("A.6", ItemOpen)
}

// TestAccessReview: everybody is confirmed one by one, the last sets the next date.
func TestAccessReview(t *testing.T) {
	o := newOffice(t)
	subjects := []AccessSubject{{Kind: "User", Name: "x", Rights: "write"}, {Kind: "ServiceAccount", Namespace: "a", Name: "b", Rights: "read", Machine: true}}
	begin := func() *BeginAccess {
		return &BeginAccess{Plan: "main", Environment: "production", Count: 2, Machines: 1, AccessText: AccessText{Source: "cluster", Subjects: subjects}}
	}
	o.must("carl", begin())
	review := func() *AccessReview { return o.state.Access["main/production"] }
	if review().Due != "2026-08-30" || review().Done != nil {
		t.Errorf("begun: %+v", review())
	}
	for _, wrong := range []*ConfirmAccess{{ID: "main/production", Place: 2, Keep: true}, {ID: "main/staging", Keep: true}, {ID: "main/production", Place: -1, Keep: true}, {ID: "main/production", Place: 1}} {
		if err := o.do("carl", wrong); err == nil {
			t.Errorf("confirmed %+v", wrong)
		}
	}
	if err := o.do("vera", &ConfirmAccess{ID: "main/production", Keep: true}); err == nil {
		t.Error("a viewer confirmed access")
	}
	o.must("carl", &ConfirmAccess{ID: "main/production", Place: 0, Keep: true})
	o.later(10)
	o.must("ben", &ConfirmAccess{ID: "main/production", Place: 1, ReasonText: ReasonText{"ticket 1"}})
	if review().Done == nil || review().Done.By != "ben" || review().Due != "2026-09-09" {
		t.Errorf("done: %+v", review())
	}
	o.later(1)
	o.must("carl", begin())
	if review().Last.Format(Day) != "2026-06-11" || len(review().Decisions) != 0 {
		t.Errorf("begun again: %+v", review())
	}
}

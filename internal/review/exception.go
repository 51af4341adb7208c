package review

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kubeproof/kubeproof/internal/ledger"
)

// ExceptionState is how far an exception has come.
type ExceptionState string

// The states of an exception. One that is approved counts through its last day.
const (
	ExceptionRequested ExceptionState = "requested"
	ExceptionApproved  ExceptionState = "approved"
	ExceptionRejected  ExceptionState = "rejected"
	ExceptionWithdrawn ExceptionState = "withdrawn"
)

// Exception is an accepted risk: that an item is not satisfied, or that a control fails.
type Exception struct {
	ID   string `json:"id"`
	Plan string `json:"plan"`
	// Item is the checklist's item whose risk is taken; "" if it is about a control.
	Item string `json:"item,omitempty"`
	// Control is the control that may fail on the subject in the text; "" if it is about an item.
	Control   string         `json:"control,omitempty"`
	State     ExceptionState `json:"state"`
	Expires   string         `json:"expires"` // the last day, as 2027-01-31
	Revision  int            `json:"revision"`
	Requested Signed         `json:"requested"`
	// Requesters are all who asked for it or for more time. None of them may approve it.
	Requesters []string `json:"requesters"`
	// Asked is the entry that holds the reason; Digest what its digest is.
	Asked    int64     `json:"asked"`
	Digest   string    `json:"digest"`
	Decision *Decision `json:"decision,omitempty"`
	// Granted is what was approved before an extension was asked for: it holds until that is
	// approved, and for good if it is refused.
	Granted *Grant `json:"granted,omitempty"`
	// Refused is the last refusal of an extension; nil if there was none since the approval.
	Refused *Decision `json:"refused,omitempty"`
}

// Grant is an approval of an exception with what it approved.
type Grant struct {
	Expires  string    `json:"expires"`
	Asked    int64     `json:"asked"`
	Digest   string    `json:"digest"`
	Revision int       `json:"revision"`
	Decision *Decision `json:"decision"`
}

// ExceptionText is what can be erased of an exception.
type ExceptionText struct {
	Subject      string `json:"subject,omitempty"` // namespace/Kind/name with * and ?, of a control
	Reason       string `json:"reason,omitempty"`
	Compensation string `json:"compensation,omitempty"` // what is done instead
	Owner        string `json:"owner,omitempty"`        // who answers for the risk
}

// ReasonOf gives what was written of an exception; empty if it was erased.
func (s *State) ReasonOf(e *Exception) ExceptionText {
	text := ExceptionText{}
	s.text(e.Asked, &text)
	return text
}

// Until is the last day that the exception counts, "" if it does not: not approved, or over.
func (e *Exception) Until(now time.Time) string {
	last := ""
	switch e.State {
	case ExceptionApproved:
		last = e.Expires
	case ExceptionRequested:
		if e.Granted != nil {
			last = e.Granted.Expires
		}
	}
	if last == "" || over(last, now) {
		return ""
	}
	return last
}

// snapshot is the digest of what an approval binds.
func (e *Exception) snapshot() string {
	return digestOf(struct {
		ID, Plan, Item, Control, Expires, Digest string
		Revision                                 int
	}{e.ID, e.Plan, e.Item, e.Control, e.Expires, e.Digest, e.Revision})
}

// RequestException asks that a risk be accepted.
type RequestException struct {
	ID            string `json:"id"`
	Plan          string `json:"plan"`
	Item          string `json:"item,omitempty"`
	Control       string `json:"control,omitempty"`
	Expires       string `json:"expires"`
	ExceptionText `json:"-"`
}

// Name is exception.request.
func (*RequestException) Name() string { return "exception.request" }

// Text is reason, compensation and owner.
func (a *RequestException) Text() any { return &a.ExceptionText }

func (*RequestException) mustSay() bool { return true }

func (a *RequestException) check(s *State, m Mark) error {
	what := "request exception"
	if err := s.need(m, what, Contributor); err != nil {
		return err
	}
	if err := s.needPlan(what, a.Plan); err != nil {
		return err
	}
	if s.Exceptions[a.ID] != nil {
		return fmt.Errorf("%s: %s exists already", what, a.ID)
	}
	if (a.Item == "") == (a.Control == "") {
		return fmt.Errorf("%s: name either an item or a control", what)
	}
	if err := checkKey(what, a.Item+a.Control); err != nil {
		return err
	}
	return errors.Join(checkSlug(what, "id", a.ID), s.checkEnd(what, a.Plan, a.Expires, m))
}

// checkEnd asks for an end that has not passed and is not too far away.
func (s *State) checkEnd(what, plan, expires string, m Mark) error {
	end, err := day(what, "end", expires)
	longest := s.Plans[plan].Longest
	switch {
	case err != nil:
		return err
	case expires == "":
		return fmt.Errorf("%s: it has no end: say until when the risk is taken", what)
	case over(expires, m.At):
		return fmt.Errorf("%s: it ends on %s, which has passed", what, expires)
	case end.After(m.At.AddDate(0, 0, longest)):
		return fmt.Errorf("%s: it ends on %s: a risk is taken for at most %d days, then it is decided again", what, expires, longest)
	}
	return nil
}

func (a *RequestException) valid(s *State, c Catalogue, _ Mark) error {
	what := "request exception"
	if a.Item != "" {
		if subject, err := s.subjectOf(c, a.Plan, a.Item); err != nil {
			return err
		} else if subject.question != nil {
			return fmt.Errorf("%s: %s is a question: name the item", what, a.Item)
		}
		if a.Subject != "" {
			return fmt.Errorf("%s: an item has no subject: name a control to accept a finding", what)
		}
	} else if a.Subject == "" {
		return fmt.Errorf("%s: say on which subject control %s may fail, as namespace/Kind/name", what, a.Control)
	}
	return errors.Join(reasoned(what, a.Reason, "why the risk is taken"), a.ExceptionText.bounded(what))
}

func (t *ExceptionText) bounded(what string) error {
	return errors.Join(bounded(what, "subject", t.Subject), bounded(what, "compensation", t.Compensation), bounded(what, "owner", t.Owner))
}

func (a *RequestException) apply(s *State, m Mark) {
	s.Exceptions[a.ID] = &Exception{ID: a.ID, Plan: a.Plan, Item: a.Item, Control: a.Control, State: ExceptionRequested, Expires: a.Expires,
		Revision: 1, Requested: Signed{m.Actor, m.At}, Requesters: []string{m.Actor}, Asked: m.Seq, Digest: s.digests[m.Seq]}
	s.touch("exception", a.ID)
}

// ApproveException accepts a risk until the end that was asked for.
type ApproveException struct {
	ID         string          `json:"id"`
	Revision   int             `json:"revision"`
	Statement  json.RawMessage `json:"statement"`
	ReasonText `json:"-"`
}

// Name is exception.approve.
func (*ApproveException) Name() string { return "exception.approve" }

// Text is a note.
func (a *ApproveException) Text() any { return &a.ReasonText }

// Sign fills the statement in, as Approve.Sign does.
func (a *ApproveException) Sign(s *State, m Mark, key *ledger.Key) (err error) {
	exception := s.Exceptions[a.ID]
	if exception == nil {
		return fmt.Errorf("approve exception: %q is unknown: see `kubeproof exception list`", a.ID)
	}
	a.Statement, err = ledger.SignStatement(a.statement(exception, m), key)
	return err
}

func (a *ApproveException) statement(e *Exception, m Mark) ledger.Statement {
	return statement(ExceptionPredicate, fmt.Sprintf("%s/%s@%d", e.Plan, e.ID, e.Revision), e.snapshot(),
		Approval{Decision: "approved", Reviewer: m.Actor, Time: timeOf(m), Expires: e.Expires})
}

func (a *ApproveException) check(s *State, m Mark) error {
	exception, err := s.decidable("approve exception", a.ID, a.Revision, m)
	if err != nil {
		return err
	}
	if over(exception.Expires, m.At) {
		return fmt.Errorf("approve exception: %s ended on %s: have it asked for anew", a.ID, exception.Expires)
	}
	if _, err := s.checkStatement(m, a.Statement, a.statement(exception, m)); err != nil {
		return fmt.Errorf("approve exception %s: %w", a.ID, err)
	}
	return nil
}

func (a *ApproveException) valid(*State, Catalogue, Mark) error {
	return bounded("approve exception "+a.ID, "note", a.Reason)
}

// decidable finds an exception that the actor may decide on.
func (s *State) decidable(what, id string, revision int, m Mark) (*Exception, error) {
	if err := s.need(m, what, Reviewer); err != nil {
		return nil, err
	}
	exception := s.Exceptions[id]
	switch {
	case exception == nil:
		return nil, fmt.Errorf("%s: %q is unknown: see `kubeproof exception list`", what, id)
	case exception.State != ExceptionRequested:
		return nil, fmt.Errorf("%s: %s is %s: nothing is asked for", what, id, exception.State)
	case exception.Revision != revision:
		return nil, refuse(ErrChanged, "%s: %s was changed since: read it again", what, id)
	}
	for _, requester := range exception.Requesters {
		if requester == m.Actor {
			return nil, refuse(ErrNotAllowed, "%s: %s asked for it: somebody else has to decide", what, s.NameOf(m.Actor))
		}
	}
	return exception, nil
}

func (a *ApproveException) apply(s *State, m Mark) {
	exception := s.Exceptions[a.ID]
	signer, _ := s.checkStatement(m, a.Statement, a.statement(exception, m)) // check has passed
	exception.State, exception.Granted, exception.Refused = ExceptionApproved, nil, nil
	exception.Decision = &Decision{Signed: Signed{m.Actor, m.At}, Approved: true, Written: m.Seq, Snapshot: exception.snapshot(), Signer: signer}
	s.touch("exception", a.ID)
}

// RejectException refuses to accept a risk, or to accept it for longer: then the old end counts on.
type RejectException struct {
	ID         string `json:"id"`
	Revision   int    `json:"revision"`
	ReasonText `json:"-"`
}

// Name is exception.reject.
func (*RejectException) Name() string { return "exception.reject" }

// Text is the reason.
func (a *RejectException) Text() any { return &a.ReasonText }

func (*RejectException) mustSay() bool { return true }

func (a *RejectException) check(s *State, m Mark) error {
	_, err := s.decidable("reject exception", a.ID, a.Revision, m)
	return err
}

func (a *RejectException) valid(*State, Catalogue, Mark) error {
	return reasoned("reject exception", a.Reason, "why the risk is not taken")
}

func (a *RejectException) apply(s *State, m Mark) {
	exception, refusal := s.Exceptions[a.ID], &Decision{Signed: Signed{m.Actor, m.At}, Written: m.Seq}
	if held := exception.Granted; held != nil {
		exception.State, exception.Granted, exception.Refused = ExceptionApproved, nil, refusal
		exception.Expires, exception.Asked, exception.Digest, exception.Decision = held.Expires, held.Asked, held.Digest, held.Decision
		exception.Revision++ // what was refused cannot be approved later
	} else {
		exception.State, exception.Decision = ExceptionRejected, refusal
	}
	s.touch("exception", a.ID)
}

// ExtendException asks for a later end. Until it is decided the old end counts.
type ExtendException struct {
	ID            string `json:"id"`
	Expires       string `json:"expires"`
	ExceptionText `json:"-"`
}

// Name is exception.extend.
func (*ExtendException) Name() string { return "exception.extend" }

// Text is the reason for more time, with all else that stands in a request.
func (a *ExtendException) Text() any { return &a.ExceptionText }

func (*ExtendException) mustSay() bool { return true }

func (a *ExtendException) check(s *State, m Mark) error {
	what := "extend exception"
	if err := s.need(m, what, Contributor); err != nil {
		return err
	}
	exception := s.Exceptions[a.ID]
	if exception == nil {
		return fmt.Errorf("%s: %q is unknown: see `kubeproof exception list`", what, a.ID)
	}
	if exception.State != ExceptionApproved {
		return fmt.Errorf("%s: %s is %s: only what was approved can be extended", what, a.ID, exception.State)
	}
	if a.Expires <= exception.Expires {
		return fmt.Errorf("%s: it lasts until %s already", what, exception.Expires)
	}
	return s.checkEnd(what, exception.Plan, a.Expires, m)
}

// valid also keeps an extension from covering more than what it extends: more time is all that its reviewer expects.
func (a *ExtendException) valid(s *State, _ Catalogue, _ Mark) error {
	what := "extend exception"
	exception := s.Exceptions[a.ID]
	if _, known := s.texts[exception.Asked]; known && a.Subject != s.ReasonOf(exception).Subject {
		return fmt.Errorf("%s: %s is about another subject: ask for an exception of its own", what, a.ID)
	}
	if exception.Control != "" && a.Subject == "" {
		return fmt.Errorf("%s: what %s covers was erased: ask for a new exception that names the subject", what, a.ID)
	}
	return errors.Join(reasoned(what, a.Reason, "why more time is needed"), a.ExceptionText.bounded(what))
}

func (a *ExtendException) apply(s *State, m Mark) {
	exception := s.Exceptions[a.ID]
	exception.Granted = &Grant{exception.Expires, exception.Asked, exception.Digest, exception.Revision, exception.Decision}
	exception.State, exception.Expires, exception.Decision = ExceptionRequested, a.Expires, nil
	exception.Requested, exception.Asked, exception.Digest = Signed{m.Actor, m.At}, m.Seq, s.digests[m.Seq]
	exception.Requesters = append(exception.Requesters, m.Actor)
	exception.Revision++
	s.touch("exception", a.ID)
}

// WithdrawException ends an exception, asked for or approved, before its last day.
type WithdrawException struct {
	ID         string `json:"id"`
	ReasonText `json:"-"`
}

// Name is exception.withdraw.
func (*WithdrawException) Name() string { return "exception.withdraw" }

// Text is the reason.
func (a *WithdrawException) Text() any { return &a.ReasonText }

func (a *WithdrawException) check(s *State, m Mark) error {
	exception := s.Exceptions[a.ID]
	if exception == nil || exception.State == ExceptionWithdrawn {
		return fmt.Errorf("withdraw exception: %q is unknown or withdrawn: see `kubeproof exception list`", a.ID)
	}
	return s.need(m, "withdraw exception", Contributor, Reviewer)
}

func (a *WithdrawException) valid(*State, Catalogue, Mark) error {
	return bounded("withdraw exception "+a.ID, "reason", a.Reason)
}

func (a *WithdrawException) apply(s *State, m Mark) {
	exception := s.Exceptions[a.ID]
	exception.State, exception.Granted = ExceptionWithdrawn, nil
	exception.Decision = &Decision{Signed: Signed{m.Actor, m.At}, Written: m.Seq}
	s.touch("exception", a.ID)
}

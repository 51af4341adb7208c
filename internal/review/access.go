package review

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// AccessReview goes through everybody who has access to a cluster, people and machines, one by one.
type AccessReview struct {
	ID          string  `json:"id"` // plan/environment
	Plan        string  `json:"plan"`
	Environment string  `json:"environment"`
	Begun       Signed  `json:"begun"`
	Listed      int64   `json:"listed"` // the entry that holds the list
	Count       int     `json:"count"`  // subjects on the list
	Machines    int     `json:"machines"`
	Digest      string  `json:"digest"`
	Due         string  `json:"due"` // the day by which the next review is due
	Done        *Signed `json:"done,omitempty"`
	// Decisions are by the place on the list.
	Decisions map[int]AccessDecision `json:"decisions"`
	// Last is when the one before was done; zero if this is the first.
	Last time.Time `json:"last,omitzero"`
}

// AccessDecision is what was said of one subject.
type AccessDecision struct {
	Signed
	Keep    bool  `json:"keep"` // else access is to be taken away
	Written int64 `json:"written"`
}

// AccessSubject is somebody or something that has access.
type AccessSubject struct {
	Kind      string `json:"kind"` // User, Group, ServiceAccount
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Rights    string `json:"rights"` // in few words
	Machine   bool   `json:"machine,omitempty"`
}

// String is Kind/name, with the namespace where there is one.
func (a AccessSubject) String() string {
	if a.Namespace != "" {
		return a.Kind + "/" + a.Namespace + "/" + a.Name
	}
	return a.Kind + "/" + a.Name
}

// AccessText is the list, which can be erased: it names people.
type AccessText struct {
	Source   string          `json:"source,omitempty"`
	Subjects []AccessSubject `json:"subjects,omitempty"`
}

// SubjectsOf gives the list of an access review; empty if it was erased.
func (s *State) SubjectsOf(a *AccessReview) AccessText {
	text := AccessText{}
	s.text(a.Listed, &text)
	return text
}

// BeginAccess begins an access review with the subjects that a cluster binds today.
type BeginAccess struct {
	Plan        string `json:"plan"`
	Environment string `json:"environment"`
	Count       int    `json:"count"`
	Machines    int    `json:"machines"`
	AccessText  `json:"-"`
}

// Name is access.begin.
func (*BeginAccess) Name() string { return "access.begin" }

// Text is the list.
func (a *BeginAccess) Text() any { return &a.AccessText }

func (a *BeginAccess) id() string { return a.Plan + "/" + a.Environment }

func (*BeginAccess) mustSay() bool { return true }

func (a *BeginAccess) check(s *State, m Mark) error {
	what := "begin access review"
	if err := errors.Join(s.need(m, what, Contributor, Administrator), s.needPlan(what, a.Plan)); err != nil {
		return err
	}
	if plan := s.Plans[a.Plan]; !slices.Contains(plan.Environments, a.Environment) {
		return fmt.Errorf("%s: environment %q is unknown: use %s", what, a.Environment, words(plan.Environments, ", "))
	}
	if a.Count < 1 {
		return fmt.Errorf("%s: nobody has access there, which cannot be: scan the cluster with rights to read roles and bindings", what)
	}
	if a.Machines < 0 || a.Machines > a.Count {
		return fmt.Errorf("%s: %d of %d subjects cannot be machines: count them again", what, a.Machines, a.Count)
	}
	return nil
}

func (a *BeginAccess) valid(*State, Catalogue, Mark) error {
	if len(a.Subjects) != a.Count {
		return errors.New("begin access review: the list is not as long as it says")
	}
	return nil
}

func (a *BeginAccess) apply(s *State, m Mark) {
	review := &AccessReview{ID: a.id(), Plan: a.Plan, Environment: a.Environment, Begun: Signed{m.Actor, m.At}, Listed: m.Seq,
		Count: a.Count, Machines: a.Machines, Digest: s.digests[m.Seq], Decisions: map[int]AccessDecision{}, Due: dayAfter(m.At, s.Plans[a.Plan].AccessEvery)}
	if last := s.Access[a.id()]; last != nil {
		// To begin is not to have done it: what is due, or overdue, stays so until the last subject is confirmed.
		review.Last, review.Due = last.Last, min(review.Due, last.Due)
		if last.Done != nil {
			review.Last = last.Done.At
		}
	}
	s.Access[a.id()] = review
	s.touch("access", a.id())
}

func dayAfter(at time.Time, days int) string { return at.UTC().AddDate(0, 0, days).Format(Day) }

// ConfirmAccess says of one subject whether it keeps its access. The last one ends the review and
// sets when the next is due.
type ConfirmAccess struct {
	ID         string `json:"id"`
	Place      int    `json:"place"` // on the list, from 0
	Keep       bool   `json:"keep"`
	ReasonText `json:"-"`
}

// Name is access.confirm.
func (*ConfirmAccess) Name() string { return "access.confirm" }

// Text is why, or what was done.
func (a *ConfirmAccess) Text() any { return &a.ReasonText }

func (a *ConfirmAccess) check(s *State, m Mark) error {
	what := "confirm access"
	if err := s.need(m, what, Contributor, Reviewer); err != nil {
		return err
	}
	review := s.Access[a.ID]
	if review == nil {
		return fmt.Errorf("%s: %q has no access review: begin one with `kubeproof review access begin`", what, a.ID)
	}
	if a.Place < 0 || a.Place >= review.Count {
		return fmt.Errorf("%s: the list has %d subjects", what, review.Count)
	}
	return nil
}

func (a *ConfirmAccess) valid(*State, Catalogue, Mark) error {
	if !a.Keep {
		return reasoned("confirm access", a.Reason, "who takes the access away, and how it is tracked")
	}
	return bounded("confirm access", "reason", a.Reason)
}

func (a *ConfirmAccess) apply(s *State, m Mark) {
	review := s.Access[a.ID]
	review.Decisions[a.Place] = AccessDecision{Signed{m.Actor, m.At}, a.Keep, m.Seq}
	if len(review.Decisions) == review.Count && review.Done == nil {
		review.Done = &Signed{m.Actor, m.At}
		review.Due = dayAfter(m.At, s.Plans[review.Plan].AccessEvery)
	}
	s.touch("access", a.ID)
}

// WhyAccess gives what was written beside a decision on access.
func (s *State) WhyAccess(d AccessDecision) string {
	text := ReasonText{}
	s.text(d.Written, &text)
	return text.Reason
}

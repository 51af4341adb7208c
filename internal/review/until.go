package review

import (
	"errors"
	"fmt"
	"slices"
)

// SetUntil sets the last day on which a person may do anything, as of an auditor; "" takes it away.
type SetUntil struct {
	ID    string `json:"id"`
	Until string `json:"until"`
}

// Name is person.until.
func (*SetUntil) Name() string { return "person.until" }

// Text is nil.
func (*SetUntil) Text() any { return nil }

func (a *SetUntil) check(s *State, m Mark) error {
	const what = "set last day"
	if err := s.need(m, what, Administrator); err != nil {
		return err
	}
	if err := s.needPerson(what, a.ID); err != nil {
		return err
	}
	if s.People[a.ID].Left {
		return fmt.Errorf("%s: %s has left", what, s.NameOf(a.ID))
	}
	if a.ID == m.Actor {
		return errors.New("set last day: nobody sets his own: ask another administrator")
	}
	if a.Until != "" && s.lastAdministrator(a.ID) {
		return errors.New("set last day: this is the last administrator")
	}
	_, err := day(what, "the last day", a.Until)
	return err
}

func (a *SetUntil) valid(s *State, _ Catalogue, m Mark) error {
	return errors.Join(needsEnd("set last day", s.People[a.ID].Roles, a.Until), notPast("set last day", a.Until, m))
}

func (a *SetUntil) apply(s *State, _ Mark) {
	s.People[a.ID].Until = a.Until
	s.touch("person", a.ID)
}

// needsEnd asks for the last day of an auditor.
func needsEnd(what string, roles []Role, until string) error {
	if slices.Contains(roles, Auditor) && until == "" {
		return fmt.Errorf("%s: name the last day of the auditor: access to audit ends", what)
	}
	return nil
}

// notPast refuses a last day that is over.
func notPast(what, until string, m Mark) error {
	if over(until, m.At) {
		return fmt.Errorf("%s: %s is over: name a day from today on, or let the person leave", what, until)
	}
	return nil
}

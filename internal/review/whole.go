package review

import (
	"errors"
	"fmt"
	"slices"
)

// Whole says what is missing in a state that was loaded from records, so that one whose records were
// changed by something else is refused, and nothing that relies on the rules fails later.
func (s *State) Whole() error {
	missing := func(format string, args ...any) error {
		return fmt.Errorf("read records: %s: compare them with the ledger by `kubeproof ledger replay --check`", fmt.Sprintf(format, args...))
	}
	if len(s.Keys) == 0 {
		return missing("the keys of the ledger are not there")
	}
	for id, answer := range s.Answers {
		if s.Plans[answer.Plan] == nil || IDOf(answer.Plan, answer.Key) != id || !answer.whole() {
			return missing("answer %s is not whole", id)
		}
		if slices.ContainsFunc(answer.Attached, func(attached Attachment) bool { return s.Evidence[attached.Evidence] == nil }) {
			return missing("evidence of answer %s is not there", id)
		}
	}
	return errors.Join(s.wholePlans(missing), s.wholePeople(missing))
}

// whole reports whether the stage is one that the rest of the answer allows.
func (a *Answer) whole() bool {
	switch a.Stage {
	case Open:
		return a.Reply == nil
	case Answered:
		return a.Reply != nil
	case InReview:
		return a.Reply != nil && a.Submitted != nil
	case Approved:
		return a.Reply != nil && a.Decision != nil && a.Decision.Approved
	case ChangesRequested:
		return a.Reply != nil && a.Decision != nil && !a.Decision.Approved
	}
	return false
}

func (s *State) wholePlans(missing func(string, ...any) error) error {
	for id, scan := range s.Scans {
		if s.Plans[scan.Plan] == nil || scan.ID != id {
			return missing("scan %s is not whole", id)
		}
	}
	for id, exception := range s.Exceptions {
		if s.Plans[exception.Plan] == nil || exception.ID != id || exception.State == ExceptionApproved && exception.Decision == nil {
			return missing("exception %s is not whole", id)
		}
	}
	for id, access := range s.Access {
		if s.Plans[access.Plan] == nil || access.ID != id || access.Decisions == nil {
			return missing("access review %s is not whole", id)
		}
	}
	return nil
}

func (s *State) wholePeople(missing func(string, ...any) error) error {
	for id, evidence := range s.Evidence {
		if evidence.ID != id {
			return missing("evidence %s is not whole", id)
		}
	}
	for id, person := range s.People {
		if person.ID != id || len(person.Roles) == 0 {
			return missing("person %s is not whole", id)
		}
	}
	for id, plan := range s.Plans {
		if plan.ID != id || len(plan.Environments) == 0 {
			return missing("review %s is not whole", id)
		}
	}
	return nil
}

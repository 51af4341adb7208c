package review

import (
	"fmt"
	"slices"
)

// How somebody signs in.
const (
	ByPassword = "password"
	ByOpenID   = "openid"
)

// aside is embedded in actions that change nothing that a review shows.
type aside struct{}

func (aside) isAside() {}

// Aside reports whether the action of that name changes nothing that a review shows: who signed in,
// and what became of accounts. What was worked out before such an entry still holds after it.
func Aside(name string) bool {
	empty := actionsByName()[name]
	if empty == nil {
		return false
	}
	_, yes := empty().(interface{ isAside() })
	return yes
}

// bySystem refuses everybody who is a person.
func bySystem(what string, m Mark) error {
	if m.Actor != System {
		return refuse(ErrNotAllowed, "%s: only the program notes this", what)
	}
	return nil
}

func (s *State) needPerson(what, id string) error {
	if s.People[id] == nil {
		return fmt.Errorf("%s: nobody is known as %q", what, id)
	}
	return nil
}

// SignIn says that the actor signed in. From where stands in the log of the server: it is about a person.
type SignIn struct {
	aside
	How string `json:"how"`
	// Issuer is who proved it, of OpenID Connect.
	Issuer string `json:"issuer,omitempty"`
}

// Name is session.begin.
func (*SignIn) Name() string { return "session.begin" }

// Text is nil.
func (*SignIn) Text() any { return nil }

func (a *SignIn) check(s *State, m Mark) error {
	if !slices.Contains([]string{ByPassword, ByOpenID}, a.How) {
		return fmt.Errorf("sign in: %q is no way to sign in: use %s or %s", a.How, ByPassword, ByOpenID)
	}
	if err := s.need(m, "sign in", Roles...); err != nil {
		return err
	}
	if a.How == ByOpenID {
		return checkIssuer("sign in", a.Issuer)
	}
	if a.Issuer != "" {
		return fmt.Errorf("sign in: nobody issues a %s", a.How)
	}
	return s.ownAccount("sign in", m.Actor)
}

func (*SignIn) apply(*State, Mark) {}

// SetPassword says that the actor set a password, by a link or knowing the old one.
type SetPassword struct{ aside }

// Name is account.password.
func (*SetPassword) Name() string { return "account.password" }

// Text is nil.
func (*SetPassword) Text() any { return nil }

func (a *SetPassword) check(s *State, m Mark) error {
	if err := s.need(m, "set password", Roles...); err != nil {
		return err
	}
	return s.ownAccount("set password", m.Actor)
}

func (*SetPassword) apply(*State, Mark) {}

// LockOut says that a person's account was locked for a while, after wrong passwords. There is one for
// each time that it is locked, not for each wrong password.
type LockOut struct {
	aside
	ID string `json:"id"`
}

// Name is account.lock.
func (*LockOut) Name() string { return "account.lock" }

// Text is nil.
func (*LockOut) Text() any { return nil }

func (a *LockOut) check(s *State, m Mark) error {
	if err := bySystem("lock account", m); err != nil {
		return err
	}
	return s.needPerson("lock account", a.ID)
}

func (*LockOut) apply(*State, Mark) {}

// EndSessions says that an administrator ended all sessions of a person.
type EndSessions struct {
	aside
	ID string `json:"id"`
}

// Name is session.end.
func (*EndSessions) Name() string { return "session.end" }

// Text is nil.
func (*EndSessions) Text() any { return nil }

func (a *EndSessions) check(s *State, m Mark) error {
	if err := s.need(m, "end sessions", Administrator); err != nil {
		return err
	}
	return s.needPerson("end sessions", a.ID)
}

func (*EndSessions) apply(*State, Mark) {}

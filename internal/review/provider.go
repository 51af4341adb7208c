package review

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
)

// longestIssuer bounds the address of a provider, in bytes.
const longestIssuer = 255

// checkIssuer asks for the address of a provider of OpenID Connect as it names itself.
func checkIssuer(what, issuer string) error {
	at, err := url.Parse(issuer)
	if err != nil || len(issuer) > longestIssuer || at.Host == "" || at.User != nil || at.RawQuery != "" || at.Fragment != "" || at.Scheme != "https" && !isLoopback(at) {
		return fmt.Errorf("%s: %q is no address of a provider: use one with https and without a query", what, issuer)
	}
	return nil
}

// isLoopback is true for a provider on the same machine, which needs no TLS.
func isLoopback(at *url.URL) bool {
	address := net.ParseIP(at.Hostname())
	return at.Scheme == "http" && (at.Hostname() == "localhost" || address != nil && address.IsLoopback())
}

// ownAccount refuses what people do with passwords who sign in by a provider, or its groups could be passed by.
func (s *State) ownAccount(what, id string) error {
	if provider := s.People[id].Provider; provider != "" {
		return refuse(ErrNotAllowed, "%s: %s signs in by %s: an administrator can disconnect the person", what, s.NameOf(id), provider)
	}
	return nil
}

// GroupRoles are the roles that the groups of a provider give.
type GroupRoles map[string][]Role

// Of gives the roles of somebody who is in some groups; none if no group gives one. Who would answer by one
// group and approve by another is refused, for nobody decided on that: a group that gives both does.
func (g GroupRoles) Of(groups []string) ([]Role, error) {
	var roles []Role
	both := false
	for _, role := range Roles {
		if slices.ContainsFunc(groups, func(group string) bool { return slices.Contains(g[group], role) }) {
			roles = append(roles, role)
		}
	}
	for _, group := range groups {
		both = both || slices.Contains(g[group], Contributor) && slices.Contains(g[group], Reviewer)
	}
	if slices.Contains(roles, Contributor) && slices.Contains(roles, Reviewer) && !both {
		return nil, errors.New("your groups make you both contributor and reviewer: ask an administrator to take you out of one, or for a group that gives both")
	}
	if len(roles) > 0 {
		if err := checkRoles("your groups", roles); err != nil {
			return nil, err
		}
	}
	return roles, nil
}

// AdmitPerson adds somebody whom a provider proved and to whom its groups give roles. The program does it,
// and nobody else; such a person's roles follow the groups.
type AdmitPerson struct {
	ID         string `json:"id"`
	Issuer     string `json:"issuer"`
	Roles      []Role `json:"roles"`
	PersonText `json:"-"`
}

// Name is person.admit.
func (*AdmitPerson) Name() string { return "person.admit" }

// Text is name and address.
func (a *AdmitPerson) Text() any { return &a.PersonText }

func (*AdmitPerson) mustSay() bool { return true }

func (a *AdmitPerson) check(s *State, m Mark) error {
	const what = "admit person"
	if err := bySystem(what, m); err != nil {
		return err
	}
	if len(s.People) == 0 {
		return errors.New("admit person: the first person is an administrator and adds himself")
	}
	return errors.Join(checkIssuer(what, a.Issuer), s.checkNew(what, a.ID, a.Roles))
}

func (a *AdmitPerson) valid(s *State, _ Catalogue, _ Mark) error {
	return s.validName("admit person", a.PersonText)
}

func (a *AdmitPerson) apply(s *State, m Mark) {
	s.People[a.ID] = &Person{ID: a.ID, Roles: slices.Clone(a.Roles), Named: m.Seq, Provider: a.Issuer}
	s.touch("person", a.ID)
}

// FollowGroups gives a person the roles that the groups of the person's provider give now; without roles the
// person is out, until the provider gives some again.
type FollowGroups struct {
	ID     string `json:"id"`
	Issuer string `json:"issuer"`
	Roles  []Role `json:"roles,omitempty"`
}

// Name is person.follow.
func (*FollowGroups) Name() string { return "person.follow" }

// Text is nil.
func (*FollowGroups) Text() any { return nil }

func (a *FollowGroups) check(s *State, m Mark) error {
	const what = "follow groups"
	if err := bySystem(what, m); err != nil {
		return err
	}
	if err := s.needPerson(what, a.ID); err != nil {
		return err
	}
	person := s.People[a.ID]
	switch {
	case person.Left:
		return fmt.Errorf("%s: %s has left", what, s.NameOf(a.ID))
	case person.Provider == "" || person.Provider != a.Issuer:
		return fmt.Errorf("%s: the roles of %s do not come from %s", what, s.NameOf(a.ID), a.Issuer)
	case !person.Follows(a.Roles):
		return fmt.Errorf("%s: nothing changes", what)
	case s.lastAdministrator(a.ID) && !slices.Contains(a.Roles, Administrator):
		return fmt.Errorf("%s: this is the last administrator: make somebody else one first", what)
	case len(a.Roles) == 0:
		return nil
	}
	return checkRoles(what, a.Roles)
}

// Follows reports whether roles that groups give change anything.
func (p *Person) Follows(roles []Role) bool {
	if len(roles) == 0 || p.Out {
		return !p.Out || len(roles) > 0
	}
	return !slices.Equal(p.Roles, roles)
}

func (a *FollowGroups) apply(s *State, _ Mark) {
	person := s.People[a.ID]
	person.Out = len(a.Roles) == 0
	if !person.Out {
		person.Roles = slices.Clone(a.Roles)
	}
	s.touch("person", a.ID)
}

// Connect says that the actor signs in by a provider from now on, too. Who that is there stands beside the
// ledger; what the actor may do stays.
type Connect struct {
	aside
	Issuer string `json:"issuer"`
}

// Name is account.connect.
func (*Connect) Name() string { return "account.connect" }

// Text is nil.
func (*Connect) Text() any { return nil }

func (a *Connect) check(s *State, m Mark) error {
	if err := s.need(m, "connect account", Roles...); err != nil {
		return err
	}
	if err := s.ownAccount("connect account", m.Actor); err != nil {
		return err
	}
	return checkIssuer("connect account", a.Issuer)
}

func (*Connect) apply(*State, Mark) {}

// Disconnect ends that a person signs in by a provider, and that roles follow its groups: from then on
// administrators give them.
type Disconnect struct {
	ID string `json:"id"`
}

// Name is account.disconnect.
func (*Disconnect) Name() string { return "account.disconnect" }

// Text is nil.
func (*Disconnect) Text() any { return nil }

func (a *Disconnect) check(s *State, m Mark) error {
	const what = "disconnect account"
	if err := s.needPerson(what, a.ID); err != nil {
		return err
	}
	if a.ID != m.Actor {
		return s.need(m, what, Administrator)
	}
	if err := s.need(m, what, Roles...); err != nil {
		return err
	}
	return s.ownAccount(what, m.Actor)
}

func (a *Disconnect) apply(s *State, _ Mark) {
	person := s.People[a.ID]
	person.Provider, person.Out = "", false
	s.touch("person", a.ID)
}

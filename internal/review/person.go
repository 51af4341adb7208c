package review

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/ledger"
)

// Role is what a person may do. A person may hold several; none implies another.
type Role string

// The roles.
const (
	Administrator Role = "administrator" // people, scopes, keys, erasure
	Contributor   Role = "contributor"   // answers, evidence, scans, asks for exceptions
	Reviewer      Role = "reviewer"      // approves what others wrote, or asks for changes
	Viewer        Role = "viewer"        // reads
	Auditor       Role = "auditor"       // reads, until a day; holds no other role
)

// Roles are all roles.
var Roles = []Role{Administrator, Contributor, Reviewer, Viewer, Auditor}

// Person is somebody who acts. The name stands beside the ledger and can be erased; the id stays.
type Person struct {
	ID    string `json:"id"`
	Roles []Role `json:"roles"`
	// Key is the person's own public key, which signs the person's decisions; "" if the log's does.
	Key  string `json:"key,omitempty"`
	Left bool   `json:"left,omitempty"`
	// Named is the entry that holds the name.
	Named int64 `json:"named"`
	// Until is the last day on which the person may do anything; "" if there is none.
	Until string `json:"until,omitempty"`
	// Provider is the issuer of OpenID Connect by whose groups the person has roles; "" if administrators give them.
	Provider string `json:"provider,omitempty"`
	// Out says that no group of the provider gives the person a role any more.
	Out bool `json:"out,omitempty"`
}

// Gone reports whether the person may do nothing at a time: the person has left, the last day is over, or the
// provider lets the person in no more.
func (p *Person) Gone(at time.Time) bool { return p.Left || p.Out || over(p.Until, at) }

// gone says why, with the name.
func (p *Person) gone(name string) string {
	switch {
	case p.Left:
		return name + " has left"
	case p.Out:
		return "no group of " + p.Provider + " gives " + name + " a role any more"
	}
	return "the access of " + name + " ended on " + p.Until
}

// Has reports whether the person holds the role.
func (p *Person) Has(role Role) bool { return slices.Contains(p.Roles, role) }

// PersonText is what can be erased of a person.
type PersonText struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

// AddPerson adds somebody. The first person is added by nobody else, as an administrator.
type AddPerson struct {
	ID    string `json:"id"`
	Roles []Role `json:"roles"`
	// Until is the last day; "" if there is none.
	Until      string `json:"until,omitempty"`
	PersonText `json:"-"`
}

// Name is person.add.
func (*AddPerson) Name() string { return "person.add" }

// Text is name and address.
func (a *AddPerson) Text() any { return &a.PersonText }

// System is the actor of entries that nobody makes: no person may pass for it.
const System = "system"

func (*AddPerson) mustSay() bool { return true }

var personID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}$`)

func (a *AddPerson) check(s *State, m Mark) error {
	if len(s.People) == 0 {
		if m.Actor != a.ID || !slices.Contains(a.Roles, Administrator) || a.Until != "" {
			return errors.New("add person: the first person is an administrator without an end and adds himself")
		}
	} else if err := s.need(m, "add person", Administrator); err != nil {
		return err
	}
	if err := s.checkNew("add person", a.ID, a.Roles); err != nil {
		return err
	}
	_, err := day("add person", "the last day", a.Until)
	return err
}

// checkNew asks for an id that nobody has, and for roles.
func (s *State) checkNew(what, id string, roles []Role) error {
	if !personID.MatchString(id) || id == System {
		return fmt.Errorf("%s: id %q is not usable: use small letters, digits and dashes", what, id)
	}
	if s.People[id] != nil {
		return fmt.Errorf("%s: %q exists already", what, id)
	}
	return checkRoles(what, roles)
}

func (a *AddPerson) valid(s *State, _ Catalogue, m Mark) error {
	if err := errors.Join(needsEnd("add person", a.Roles, a.Until), notPast("add person", a.Until, m)); err != nil {
		return err
	}
	return s.validName("add person", a.PersonText)
}

// validName asks for a name that nobody has.
func (s *State) validName(what string, a PersonText) error {
	if strings.TrimSpace(a.Name) == "" {
		return fmt.Errorf("%s: name the person: reports say who answered and who approved", what)
	}
	for _, one := range []struct{ name, text string }{{"name", a.Name}, {"address", a.Email}} {
		if err := named(what, one.name, one.text); err != nil {
			return err
		}
	}
	for _, known := range []string{a.Name, a.Email} {
		if s.Find(known) != nil {
			return fmt.Errorf("%s: somebody is known as %q already: names tell people apart", what, known)
		}
	}
	return nil
}

func (a *AddPerson) apply(s *State, m Mark) {
	s.People[a.ID] = &Person{ID: a.ID, Roles: slices.Clone(a.Roles), Named: m.Seq, Until: a.Until}
	s.touch("person", a.ID)
}

func checkRoles(what string, roles []Role) error {
	if len(roles) == 0 {
		return fmt.Errorf("%s: name at least one role: %s", what, words(Roles, ", "))
	}
	for _, role := range roles {
		if !slices.Contains(Roles, role) {
			return fmt.Errorf("%s: role %q is unknown: use %s", what, role, words(Roles, ", "))
		}
	}
	if len(roles) > 1 && slices.Contains(roles, Auditor) {
		return fmt.Errorf("%s: who audits holds no other role: what he did himself he could not judge", what)
	}
	return nil
}

// SetRoles gives a person other roles. Nobody gives roles to himself.
type SetRoles struct {
	ID    string `json:"id"`
	Roles []Role `json:"roles"`
}

// Name is person.roles.
func (*SetRoles) Name() string { return "person.roles" }

// Text is nil.
func (*SetRoles) Text() any { return nil }

func (a *SetRoles) check(s *State, m Mark) error {
	if err := s.need(m, "set roles", Administrator); err != nil {
		return err
	}
	if s.People[a.ID] == nil {
		return fmt.Errorf("set roles: nobody is known as %q", a.ID)
	}
	if provider := s.People[a.ID].Provider; provider != "" {
		return fmt.Errorf("set roles: those of %s come from the groups of %s: change them there, or disconnect the person first", s.NameOf(a.ID), provider)
	}
	if a.ID == m.Actor {
		return errors.New("set roles: nobody gives roles to himself: ask another administrator")
	}
	if s.lastAdministrator(a.ID) && !slices.Contains(a.Roles, Administrator) {
		return errors.New("set roles: this is the last administrator")
	}
	return checkRoles("set roles", a.Roles)
}

func (a *SetRoles) valid(s *State, _ Catalogue, _ Mark) error {
	return needsEnd("set roles", a.Roles, s.People[a.ID].Until)
}

func (a *SetRoles) apply(s *State, _ Mark) {
	s.People[a.ID].Roles = slices.Clone(a.Roles)
	s.touch("person", a.ID)
}

// SetPersonKey registers the public key with which a person signs decisions; "" takes it away.
type SetPersonKey struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

// Name is person.key.
func (*SetPersonKey) Name() string { return "person.key" }

// Text is nil.
func (*SetPersonKey) Text() any { return nil }

func (a *SetPersonKey) check(s *State, m Mark) error {
	if err := s.need(m, "set key", Administrator); err != nil {
		return err
	}
	if s.People[a.ID] == nil {
		return fmt.Errorf("set key: nobody is known as %q", a.ID)
	}
	if a.Key == "" {
		return nil
	}
	if slices.ContainsFunc(s.Keys, func(key string) bool { return sameKey(key, a.Key) }) {
		return errors.New("set key: this is the key of the ledger: a person needs a key of the person's own")
	}
	for _, other := range s.People {
		if sameKey(other.Key, a.Key) && other.ID != a.ID {
			return errors.New("set key: somebody else signs with this key")
		}
	}
	if _, err := ledger.ParseVerifier(a.Key); err != nil {
		return fmt.Errorf("set key: %w", err)
	}
	return nil
}

// sameKey compares two public keys by what signs, whatever they are called.
func sameKey(a, b string) bool {
	return a != "" && b != "" && keyMaterial(a) == keyMaterial(b)
}

// keyMaterial is what stands behind name and hash in the text of a public key.
func keyMaterial(key string) string {
	parts := strings.SplitN(key, "+", 3)
	return parts[len(parts)-1]
}

func (a *SetPersonKey) apply(s *State, _ Mark) {
	s.People[a.ID].Key = a.Key
	s.touch("person", a.ID)
}

// Leave ends what a person may do. What the person did stays.
type Leave struct {
	ID string `json:"id"`
}

// Name is person.leave.
func (*Leave) Name() string { return "person.leave" }

// Text is nil.
func (*Leave) Text() any { return nil }

func (a *Leave) check(s *State, m Mark) error {
	if err := s.need(m, "let person leave", Administrator); err != nil {
		return err
	}
	if person := s.People[a.ID]; person == nil || person.Left {
		return fmt.Errorf("let person leave: nobody is known as %q, or the person has left", a.ID)
	}
	if s.lastAdministrator(a.ID) {
		return errors.New("let person leave: this is the last administrator")
	}
	return nil
}

func (a *Leave) apply(s *State, _ Mark) {
	s.People[a.ID].Left = true
	s.touch("person", a.ID)
}

// lastAdministrator reports whether nobody else is an administrator for good.
func (s *State) lastAdministrator(id string) bool {
	for _, person := range s.People {
		if person.ID != id && !person.Left && !person.Out && person.Until == "" && person.Has(Administrator) {
			return false
		}
	}
	return s.People[id].Has(Administrator)
}

// NameOf is the person's name, or the id where the name was erased or nobody has the id.
func (s *State) NameOf(id string) string {
	person := s.People[id]
	if person == nil {
		return id
	}
	var text PersonText
	s.text(person.Named, &text)
	if text.Name == "" {
		return id
	}
	return text.Name
}

// EmailOf is the person's address; "" if there is none.
func (s *State) EmailOf(id string) string {
	var text PersonText
	if person := s.People[id]; person != nil {
		s.text(person.Named, &text)
	}
	return text.Email
}

// Find gives the person with that id, name or address, whatever the case of letters; nil if none.
func (s *State) Find(who string) *Person {
	if person := s.People[who]; person != nil {
		return person
	}
	return s.personNamed(who)
}

func (s *State) personNamed(who string) *Person {
	if who == "" {
		return nil
	}
	for _, id := range sortedKeys(s.People) {
		if strings.EqualFold(s.NameOf(id), who) || strings.EqualFold(s.EmailOf(id), who) {
			return s.People[id]
		}
	}
	return nil
}

package server

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

var (
	errNoGroup = problem(http.StatusForbidden, "You have no access here yet", "The provider knows you, but none of your groups has a role here. Ask an administrator: for a group, or for a link with which you connect an account.")
	errGone    = problem(http.StatusForbidden, "Your access has ended", "Ask an administrator if that is a mistake.")
)

// subjectOf is how an identity is kept with an account.
func (s *Server) subjectOf(identity Identity) string {
	return s.OpenID.Issuer + " " + identity.Subject
}

func (s *Server) signInByOpenID() *review.SignIn {
	return &review.SignIn{How: review.ByOpenID, Issuer: s.OpenID.Issuer}
}

// arrive signs in whom the provider proved: the person who is connected, or a new one whose groups have
// roles. Names and addresses connect nobody.
func (v *visit) arrive(identity Identity, next string) error {
	account, err := v.s.Accounts.AccountBySubject(v.Context(), v.s.subjectOf(identity))
	if err != nil && !errors.Is(err, ErrUnknown) {
		return err
	}
	state, err := v.s.Journal.Current(v.Context())
	if err != nil {
		return err
	}
	person := state.People[account.Person]
	switch {
	case person == nil:
		account.Person, err = v.admitPerson(identity, account.Person)
	case person.Provider == v.s.OpenID.Issuer:
		err = v.follow(person, identity)
	case person.Gone(v.s.Now()):
		err = errGone
	}
	if err != nil {
		return err
	}
	if err := v.begin(account.Person, v.s.signInByOpenID()); err != nil {
		return err
	}
	v.s.Log.Info("signed in", "person", account.Person, "from", v.s.Address(v.Request), "by", v.s.OpenID.Issuer)
	return v.goHome(account.Person, next)
}

// rolesAt are the roles that the provider's groups give.
func (v *visit) rolesAt(identity Identity) ([]review.Role, error) {
	roles, err := v.s.OpenID.Roles.Of(identity.Groups)
	if err != nil {
		return nil, problem(http.StatusForbidden, "Your groups do not fit together", sentence(err.Error())+".")
	}
	return roles, nil
}

// bySystem has the program do an action for somebody who signs in.
func (v *visit) bySystem(action review.Action) error {
	refused, err := v.tryAs(review.System, func(w *journal.Work) error { return w.Do(action) })
	if refused != nil {
		return problem(http.StatusForbidden, "You cannot be let in", sentence(refused.Error())+". Ask an administrator, who can make a link with which you connect an account.")
	}
	return err
}

// follow gives a person the roles of the groups as they are now. Who is in none is not let in.
func (v *visit) follow(person *review.Person, identity Identity) error {
	roles, err := v.rolesAt(identity)
	if err != nil {
		return err
	}
	if person.Left {
		return errGone
	}
	if person.Follows(roles) {
		if err := v.bySystem(&review.FollowGroups{ID: person.ID, Issuer: v.s.OpenID.Issuer, Roles: roles}); err != nil {
			return err
		}
		v.s.Log.Info("roles follow groups", "person", person.ID, "roles", roles)
	}
	if len(roles) == 0 {
		return cmp.Or(v.s.Sessions.DeleteSessionsOf(v.Context(), person.ID), errNoGroup)
	}
	end := *person
	if end.Out = false; end.Gone(v.s.Now()) {
		return errGone
	}
	return nil
}

// admitPerson adds a new person with the roles of the groups. The identity is taken first, so that two who come
// at once are one; who was interrupted between goes on with the same id.
func (v *visit) admitPerson(identity Identity, id string) (string, error) {
	roles, err := v.rolesAt(identity)
	if err != nil {
		return "", err
	}
	if len(roles) == 0 {
		v.s.Log.Warn("sign-in refused: no group has a role", "from", v.s.Address(v.Request))
		return "", errNoGroup
	}
	if id, err = v.takeIdentity(identity, cmp.Or(id, journal.NewID("p"))); err != nil {
		return "", err
	}
	err = v.bySystem(&review.AdmitPerson{ID: id, Issuer: v.s.OpenID.Issuer, Roles: roles, PersonText: review.PersonText{Name: identity.Name, Email: identity.Email}})
	if err == nil {
		v.s.Log.Info("person admitted", "person", id, "roles", roles)
		return id, nil
	}
	state, failed := v.s.Journal.Current(v.Context())
	if failed == nil && state.People[id] != nil {
		return id, nil // another request was quicker
	}
	return "", cmp.Or(v.s.dropIdentity(v.Context(), id), err)
}

// takeIdentity ties an identity to an id of a person to be, and gives the one to which it is tied.
func (v *visit) takeIdentity(identity Identity, id string) (string, error) {
	subject := v.s.subjectOf(identity)
	err := v.s.Accounts.ChangeAccount(v.Context(), id, func(a *Account) error { a.Subject = subject; return nil })
	if !errors.Is(err, ErrTaken) {
		return id, err
	}
	account, err := v.s.Accounts.AccountBySubject(v.Context(), subject)
	return account.Person, err
}

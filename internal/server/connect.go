package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

var errConnected = problem(http.StatusConflict, "Somebody else is connected", "You are signed in at the provider as somebody who is another person here. Sign out there, and begin again.")

// connectAccount ties the identity to the account of who is signed in, and was when it began.
func (v *visit) connectAccount(person string, identity Identity) error {
	if v.person == nil || v.person.ID != person {
		return errStrayed
	}
	if err := v.connect(person, identity); err != nil {
		return err
	}
	v.s.Log.Info("account connected", "person", person, "from", v.s.Address(v.Request))
	return v.tell("/account", "Connected. From now on you can sign in by "+v.s.OpenID.Name+", too.", false)
}

// connectByLink ties the identity to the person of a link, uses the link, and signs in.
func (v *visit) connectByLink(token string, identity Identity) error {
	person, _, err := v.invited(token)
	if err != nil {
		return err
	}
	back, err := v.s.takeLink(v.Context(), token, person)
	if err != nil {
		return err
	}
	if err := v.connect(person, identity); err != nil {
		return cmp.Or(back(), err)
	}
	if err := v.s.Sessions.DeleteSessionsOf(v.Context(), person); err != nil {
		return err
	}
	v.s.Log.Info("account connected by a link", "person", person, "from", v.s.Address(v.Request))
	if err := v.begin(person, v.s.signInByOpenID()); err != nil {
		return err
	}
	return v.goHome(person, "/")
}

// connect ties an identity to a person, in the ledger first. One that is another person's is refused.
func (v *visit) connect(person string, identity Identity) error {
	subject := v.s.subjectOf(identity)
	other, err := v.s.Accounts.AccountBySubject(v.Context(), subject)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return err
	}
	state, err := v.s.Journal.Current(v.Context())
	if err != nil {
		return err
	}
	if other.Person != "" && other.Person != person {
		if state.People[other.Person] != nil {
			return errConnected
		}
		if err := v.s.dropIdentity(v.Context(), other.Person); err != nil { // of a person whom nobody admitted
			return err
		}
	}
	refused, err := v.tryAs(person, func(w *journal.Work) error { return w.Do(&review.Connect{Issuer: v.s.OpenID.Issuer}) })
	if refused != nil {
		return problem(http.StatusForbidden, "That cannot be connected", sentence(refused.Error())+".")
	}
	if err != nil {
		return err
	}
	err = v.s.Accounts.ChangeAccount(v.Context(), person, func(a *Account) error { a.Subject = subject; return nil })
	if errors.Is(err, ErrTaken) {
		return errConnected
	}
	return err
}

// dropIdentity unties an identity from an account.
func (s *Server) dropIdentity(ctx context.Context, person string) error {
	return s.Accounts.ChangeAccount(ctx, person, func(a *Account) error { a.Subject = ""; return nil })
}

// disconnect ends that somebody signs in by the provider, and signs out who does.
func (v *visit) disconnect() error {
	id, err := v.onPerson()
	if err != nil {
		return err
	}
	refused, err := v.try(func(w *journal.Work) error { return w.Do(&review.Disconnect{ID: id}) })
	if err != nil {
		return err
	}
	if refused != nil {
		return v.tell("/people", sentence(refused.Error()), true)
	}
	if err := v.s.dropIdentity(v.Context(), id); err != nil {
		return err
	}
	if id != v.person.ID {
		if err := v.s.Sessions.DeleteSessionsOf(v.Context(), id); err != nil {
			return err
		}
	}
	v.s.Log.Info("account disconnected", "person", id, "by", v.person.ID)
	return v.tell("/people", "Disconnected. From now on administrators give the roles; make a link with which the person sets a password.", false)
}

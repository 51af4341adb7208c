package server

import (
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/kubeproof/kubeproof/internal/review"
)

// setupPage is what the page to set a password shows.
type setupPage struct {
	Token, Name, Login, Wrong string
	Shortest                  int
	OpenID                    string // what the provider is called by which the account can be connected; "" if there is none
}

var errNoInvite = problem(http.StatusForbidden, "This link is not good any more", "Each link works once and for a short time. Ask an administrator for a new one, or, if nobody can sign in yet, start the server again.")

func (v *visit) showSetup() error {
	token := v.URL.Query().Get("token")
	person, name, err := v.invited(token)
	if err != nil {
		return err
	}
	login := ""
	if account, err := v.s.Accounts.AccountFor(v.Context(), person); err == nil {
		login = account.Login
	} else if !errors.Is(err, ErrUnknown) {
		return err
	}
	return v.show("setup.html", "Set your password", setupPage{Token: token, Name: name, Login: login, Shortest: shortestPassword, OpenID: v.s.openIDName()})
}

// invited gives the person of a link, and the name.
func (v *visit) invited(token string) (person, name string, err error) {
	person, err = v.s.Links.Link(v.Context(), digest(token), v.s.Now())
	if err == nil && person == "" {
		err = errNoInvite
	}
	if err != nil {
		return "", "", err
	}
	state, err := v.s.Journal.Current(v.Context())
	if err != nil {
		return "", "", err
	}
	if known := state.People[person]; known == nil || known.Gone(v.s.Now()) || known.Provider != "" {
		return "", "", errNoInvite
	}
	return person, state.NameOf(person), nil
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{1,126}$`)

// setUp sets the password of a link's person, ends all sessions of that person, and signs in.
func (v *visit) setUp() error {
	if err := v.form(); err != nil {
		return err
	}
	token, login, password := v.PostForm.Get("token"), loginOf(v.PostForm.Get("login")), v.PostForm.Get("password")
	person, name, err := v.invited(token)
	if err != nil {
		return err
	}
	wrong := checkPassword(password, v.PostForm.Get("again"), login)
	if !loginForm.MatchString(login) {
		wrong = errors.New("the name to sign in with needs 2 to 127 small letters, digits, or . _ @ + -")
	}
	if wrong == nil {
		if wrong, err = v.putPassword(token, person, login, v.s.passwords.hash(password)); err != nil {
			return err
		}
	}
	if wrong != nil {
		return v.page(http.StatusUnprocessableEntity, "setup.html", "Set your password", setupPage{token, name, login, sentence(wrong.Error()), shortestPassword, v.s.openIDName()})
	}
	if err := v.s.Sessions.DeleteSessionsOf(v.Context(), person); err != nil {
		return err
	}
	v.s.limits.succeeded("login "+digest(login), "")
	v.s.Log.Info("password set", "person", person, "from", v.s.Address(v.Request))
	if err := v.begin(person, &review.SignIn{How: review.ByPassword}, &review.SetPassword{}); err != nil {
		return err
	}
	return v.goHome(person, "/")
}

// putPassword uses the link, and sets the account. A login that somebody else has comes apart from what broke.
func (v *visit) putPassword(token, person, login, hash string) (taken, err error) {
	back, err := v.s.takeLink(v.Context(), token, person)
	if err != nil {
		return nil, err
	}
	if err = v.s.Accounts.ChangeAccount(v.Context(), person, func(a *Account) error {
		a.Login, a.Hash, a.Failures, a.LockedUntil = login, hash, 0, time.Time{}
		return nil
	}); err != nil {
		if failed := back(); failed != nil {
			return nil, failed
		}
	}
	if errors.Is(err, ErrTaken) {
		return ErrTaken, nil
	}
	return nil, err
}

package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server/api"
)

// Token is a key to the API, without its secret.
type Token struct {
	ID, Name string
	Scopes   []string
	// Used is when it was last used, give or take a minute; zero if never.
	Created, Expires, Used time.Time
}

// Tokens keep the keys of people to the API.
type Tokens interface {
	// TokensOf gives those of a person, the oldest first.
	TokensOf(ctx context.Context, person string) ([]Token, error)
	// AddToken keeps a token by the hash of its text.
	AddToken(ctx context.Context, person string, hash []byte, token Token) error
	// RevokeToken ends one of a person, ErrUnknown if the person has none of that id.
	RevokeToken(ctx context.Context, person, id string) error
}

// accountPage is how somebody signs in, and where.
type accountPage struct {
	Login     string
	Connected bool
	OpenID    string
	Sessions  []sessionLine
	Tokens    []tokenLine
	Scopes    []scopeLine
	MostDays  int
	// Made is the text of a token, shown once; MadeName is what it is called.
	Made, MadeName string
	Wrong          string
	Shortest       int
	Provider       string
	Until          string
}

type sessionLine struct {
	Session
	Here bool
}

type tokenLine struct {
	Token
	Over bool
}

type scopeLine struct{ Name, About string }

var scopes = []scopeLine{{api.ScopeRead, "see everything"}, {api.ScopeScan, "hand scans in"}, {api.ScopeAnswer, "answer, attach, submit"}, {api.ScopeDecide, "approve, request changes, decide on exceptions"}}

func (v *visit) account() error { return v.showAccount(http.StatusOK, accountPage{}) }

func (v *visit) showAccount(status int, page accountPage) error {
	account, err := v.ownAccount()
	if err != nil {
		return err
	}
	sessions, err := v.s.Sessions.SessionsOf(v.Context(), v.person.ID)
	if err != nil {
		return err
	}
	tokens, err := v.s.Tokens.TokensOf(v.Context(), v.person.ID)
	if err != nil {
		return err
	}
	now := v.s.Now()
	for _, one := range sessions {
		if !one.over(now) {
			page.Sessions = append(page.Sessions, sessionLine{one, one.ID == v.session.ID})
		}
	}
	slices.SortFunc(page.Sessions, func(a, b sessionLine) int { return b.Seen.Compare(a.Seen) })
	for _, one := range tokens {
		page.Tokens = append(page.Tokens, tokenLine{one, !now.Before(one.Expires)})
	}
	page.Login, page.Connected, page.OpenID = account.Login, account.Subject != "", v.s.openIDName()
	page.Scopes, page.MostDays, page.Shortest = scopes, api.MostDays, shortestPassword
	page.Provider, page.Until = v.person.Provider, v.person.Until
	return v.page(status, "account.html", "My account", page)
}

// ownAccount is how who is here signs in; empty if the person only has links or tokens.
func (v *visit) ownAccount() (Account, error) {
	account, err := v.s.Accounts.AccountFor(v.Context(), v.person.ID)
	if errors.Is(err, ErrUnknown) {
		err = nil
	}
	return account, err
}

// endSession ends one of the own sessions, or all others.
func (v *visit) endSession() error {
	if err := v.form(); err != nil {
		return err
	}
	all, err := v.s.Sessions.SessionsOf(v.Context(), v.person.ID)
	if err != nil {
		return err
	}
	wanted, ended := v.PostForm.Get("id"), 0
	for _, one := range all {
		if one.ID == wanted || wanted == "" && one.ID != v.session.ID {
			if err := v.s.Sessions.DeleteSession(v.Context(), one.ID); err != nil {
				return err
			}
			ended++
		}
	}
	if wanted == v.session.ID {
		return v.signOut()
	}
	return v.tell("/account", sentence(count(ended, "session"))+" ended.", false)
}

// addToken makes a token, and shows it once.
func (v *visit) addToken() error {
	if err := v.form(); err != nil {
		return err
	}
	name, days := strings.TrimSpace(v.PostForm.Get("name")), 0
	wrong := api.CheckToken(name, v.PostForm["scope"], v.PostForm.Get("days"), &days)
	if wrong != nil {
		return v.showAccount(http.StatusUnprocessableEntity, accountPage{Wrong: sentence(wrong.Error()) + "."})
	}
	text, hash := api.NewToken()
	now := v.s.Now().UTC()
	token := Token{ID: journal.NewID("t"), Name: name, Scopes: v.PostForm["scope"], Created: now, Expires: now.AddDate(0, 0, days)}
	if err := v.s.Tokens.AddToken(v.Context(), v.person.ID, hash, token); err != nil {
		return err
	}
	v.s.Log.Info("token made", "person", v.person.ID, "token", token.ID, "from", v.s.Address(v.Request))
	return v.showAccount(http.StatusOK, accountPage{Made: text, MadeName: name})
}

// revokeToken ends one of the own tokens.
func (v *visit) revokeToken() error {
	if err := v.form(); err != nil {
		return err
	}
	err := v.s.Tokens.RevokeToken(v.Context(), v.person.ID, v.PostForm.Get("id"))
	if errors.Is(err, ErrUnknown) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	return v.tell("/account", "The token counts no more.", false)
}

// disconnectSelf ends that who is here signs in by the provider, if a password is left.
func (v *visit) disconnectSelf() error {
	account, err := v.ownAccount()
	if err != nil {
		return err
	}
	if account.Hash == "" {
		return v.tell("/account", "You have no password, and could not sign in any more: ask an administrator for a link, and set one.", true)
	}
	refused, err := v.try(func(w *journal.Work) error { return w.Do(&review.Disconnect{ID: v.person.ID}) })
	if err != nil {
		return err
	}
	if refused != nil {
		return v.tell("/account", sentence(refused.Error()), true)
	}
	if err := v.s.dropIdentity(v.Context(), v.person.ID); err != nil {
		return err
	}
	return v.tell("/account", "Disconnected.", false)
}

// agentOf is what a browser says it is, to be told from others in a list of sessions.
func agentOf(r *http.Request) string { return escape.Clip(r.UserAgent(), 200) }

package server

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kubeproof/kubeproof/internal/review"
)

// loginPage is what the page to sign in shows.
type loginPage struct {
	Next, Login, Wrong string
	OpenID             string // what the provider is called by which people sign in, too; "" if there is none
}

func (v *visit) showLoginPage(status int, next, login, wrong string) error {
	return v.page(status, "login.html", "Sign in", loginPage{next, login, wrong, v.s.openIDName()})
}

func (v *visit) showLogin() error {
	next := localPath(v.URL.Query().Get("next"))
	if v.person != nil {
		return redirect(next)
	}
	return v.showLoginPage(http.StatusOK, next, "", "")
}

// signIn checks a password. What is told does not depend on whether somebody has the login.
func (v *visit) signIn() error {
	if err := v.form(); err != nil {
		return err
	}
	login, next := loginOf(v.PostForm.Get("login")), localPath(v.PostForm.Get("next"))
	byLogin, byAddress := "login "+digest(login), "address "+v.s.Address(v.Request)
	if left := v.s.limits.enter(v.s.Now(), attempt{byLogin, forgivenByLogin}, attempt{byAddress, forgivenByAddress}); left > 0 {
		v.w.Header().Set("Retry-After", fmt.Sprint(int(left/time.Second)+1))
		return v.showLoginPage(http.StatusTooManyRequests, next, login, "Too many wrong passwords. Try again in "+waiting(left)+".")
	}
	person, err := v.checked(login, v.PostForm.Get("password"))
	if err != nil {
		return err
	}
	if person == "" {
		v.s.Log.Warn("sign-in refused", "from", v.s.Address(v.Request))
		return v.showLoginPage(http.StatusUnauthorized, next, login, "Name or password are wrong. After "+count(forgivenByLogin, "wrong password")+" in a row a name is locked for a while.")
	}
	v.s.limits.succeeded(byLogin, byAddress)
	if err := v.begin(person, &review.SignIn{How: review.ByPassword}); err != nil {
		return err
	}
	v.s.Log.Info("signed in", "person", person, "from", v.s.Address(v.Request))
	return v.goHome(person, next)
}

// goHome ends a sign-in: an auditor begins at what changed.
func (v *visit) goHome(person, next string) error {
	state, err := v.s.Journal.Current(v.Context())
	if err != nil {
		return err
	}
	return redirect(home(state.People[person], next))
}

// checked gives the person who has the login and the password; "" if none has. It takes as long
// whoever it is.
func (v *visit) checked(login, password string) (string, error) {
	account, err := v.s.Accounts.AccountOf(v.Context(), login)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return "", err
	}
	state, err := v.s.Journal.Current(v.Context())
	if err != nil {
		return "", err
	}
	person := state.People[account.Person]
	if person == nil || person.Gone(v.s.Now()) || person.Provider != "" || v.s.Now().Before(account.LockedUntil) {
		account = Account{}
	}
	if !v.s.passwords.fits(account.Hash, password) {
		v.s.noteFailure(account.Person)
		return "", nil
	}
	if account.Failures > 0 {
		err = v.s.Accounts.ChangeAccount(v.Context(), account.Person, func(a *Account) error {
			a.Failures, a.LockedUntil = 0, time.Time{}
			return nil
		})
	}
	return account.Person, err
}

func waiting(left time.Duration) string {
	if left <= time.Minute {
		return count(int(left/time.Second)+1, "second")
	}
	return count(int((left+time.Minute-1)/time.Minute), "minute")
}

func (v *visit) signOut() error {
	if err := v.end(); err != nil {
		return err
	}
	return redirect("/login")
}

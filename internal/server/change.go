package server

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// changePassword sets the own password for who knows the old one, and ends all other sessions.
func (v *visit) changePassword() error {
	if err := v.form(); err != nil {
		return err
	}
	account, err := v.ownAccount()
	if err != nil {
		return err
	}
	if account.Hash == "" || v.person.Provider != "" {
		return problem(http.StatusConflict, "You have no password here", "You sign in by a provider. If you need a password, ask an administrator for a link.")
	}
	wrong, status, err := v.checkChange(account)
	if err != nil {
		return err
	}
	if wrong != nil {
		return v.showAccount(status, accountPage{Wrong: sentence(wrong.Error()) + "."})
	}
	hash := v.s.passwords.hash(v.PostForm.Get("password"))
	if err := v.s.Accounts.ChangeAccount(v.Context(), v.person.ID, func(a *Account) error {
		a.Hash, a.Failures, a.LockedUntil = hash, 0, time.Time{}
		return nil
	}); err != nil {
		return err
	}
	if err := v.s.Journal.Act(v.Context(), v.person.ID, func(w *journal.Work) error { return w.Do(&review.SetPassword{}) }); err != nil {
		return err
	}
	if err := v.s.Sessions.DeleteSessionsOf(v.Context(), v.person.ID); err != nil {
		return err
	}
	v.s.Log.Info("password changed", "person", v.person.ID, "from", v.s.Address(v.Request))
	if err := v.issue(v.person.ID, v.session.Plan); err != nil {
		return err
	}
	return v.tell("/account", "The password is changed, and everybody else who was signed in as you is signed out.", false)
}

// checkChange says why a password is not changed; who guesses the old one is slowed down as at the sign-in.
func (v *visit) checkChange(account Account) (wrong error, status int, err error) {
	byLogin := "login " + digest(account.Login)
	if left := v.s.limits.enter(v.s.Now(), attempt{byLogin, forgivenByLogin}); left > 0 {
		v.w.Header().Set("Retry-After", fmt.Sprint(int(left/time.Second)+1))
		return errors.New("too many wrong passwords: try again in " + waiting(left)), http.StatusTooManyRequests, nil
	}
	if v.s.Now().Before(account.LockedUntil) || !v.s.passwords.fits(account.Hash, v.PostForm.Get("old")) {
		v.s.noteFailure(v.person.ID)
		return errors.New("the old password is wrong"), http.StatusUnprocessableEntity, nil
	}
	v.s.limits.succeeded(byLogin, "")
	return checkPassword(v.PostForm.Get("password"), v.PostForm.Get("again"), account.Login), http.StatusUnprocessableEntity, nil
}

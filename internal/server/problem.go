package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/store"
)

// failure is an error that is told as a page: what is wrong and what to do.
type failure struct {
	status      int
	title, text string
	to          string // where to go instead, of a redirect
}

func (f *failure) Error() string { return f.title + ": " + f.text }

func problem(status int, title, text string) error {
	return &failure{status: status, title: title, text: text}
}

// redirect is no failure: it ends a form, as a browser expects it.
func redirect(to string) error { return &failure{status: http.StatusSeeOther, to: to} }

var (
	errNotFound = problem(http.StatusNotFound, "There is nothing here", "The address is wrong, or what was here is in another review. Choose from the menu, or search with /.")
	errSignIn   = &failure{status: http.StatusUnauthorized}
	errAway     = &failure{status: http.StatusServiceUnavailable, title: "The store does not answer", text: "Nothing was written. Wait a moment and try again."}
	errFull     = &failure{status: http.StatusInsufficientStorage, title: "The disk of the store is full", text: "Nothing was written. Ask whoever runs Kubeproof to free some space, and try again."}
	errBroken   = &failure{status: http.StatusInternalServerError, title: "Something broke here", text: "It is not your mistake, and nothing was written by halves. Try again; if it stays so, ask whoever runs Kubeproof for the log of this minute."}
)

// fail answers with an error: a redirect, a page that says what to do, or a fault that is logged.
func (v *visit) fail(err error) {
	var told *failure
	switch {
	case errors.Is(err, context.Canceled):
		return
	case !errors.As(err, &told):
		v.s.Log.Error("request failed", "method", v.Method, "path", v.URL.Path, "error", err)
		switch told = errBroken; {
		case errors.Is(err, store.ErrFull):
			told = errFull
		case isFault(err):
			told = errAway
		}
	case told == errSignIn:
		v.sendToSignIn()
		return
	case told.to != "":
		http.Redirect(v.w, v.Request, told.to, told.status)
		return
	}
	v.w.Header().Set("Cache-Control", "no-store")
	if told == errAway || told == errFull {
		v.w.Header().Set("Retry-After", "5")
	}
	if err := v.page(told.status, "problem.html", told.title, told); err != nil {
		v.s.Log.Error("show error", "path", v.URL.Path, "error", err)
		http.Error(v.w, told.title+"\n"+told.text, told.status)
	}
}

// Title and Text are for the page.
func (f *failure) Title() string { return f.title }

// Text says what to do.
func (f *failure) Text() string { return f.text }

// Status is the code.
func (f *failure) Status() int { return f.status }

// sendToSignIn asks to sign in, and to come back to a page. Forms are not sent again by themselves.
func (v *visit) sendToSignIn() {
	to := "/login"
	if v.Method == http.MethodGet && v.URL.Path != "/" {
		to += "?" + url.Values{"next": {here(v.URL.EscapedPath(), v.URL.Query())}}.Encode()
	}
	http.Redirect(v.w, v.Request, to, http.StatusSeeOther)
}

// stored are the faults of a store that pass, or that somebody who runs it can mend.
var stored = []error{store.ErrBusy, store.ErrFull, store.ErrReadOnly, store.ErrUnreachable, store.ErrDamaged, store.ErrDenied, store.ErrMissing, store.ErrForeign, journal.ErrNotBegun, context.DeadlineExceeded, context.Canceled}

// isFault tells what is wrong with the machine, and not with what somebody asked for.
func isFault(err error) bool {
	return slices.ContainsFunc(stored, func(one error) bool { return errors.Is(err, one) })
}

package server

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// How long somebody stays signed in, and how long without doing anything.
const (
	longestSession = 12 * time.Hour
	longestIdle    = time.Hour
	// noteSeen is how seldom it is written down that somebody is there.
	noteSeen = time.Minute
)

// newToken is 256 random bits, and digest is how they are kept.
func newToken() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	return base64.RawURLEncoding.EncodeToString(random)
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// cookieName binds the cookie to the host, where TLS allows it.
func (s *Server) cookieName() string {
	if s.Secure {
		return "__Host-kubeproof"
	}
	return "kubeproof"
}

func (s *Server) cookie(value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: s.cookieName(), Value: value, Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode, MaxAge: seconds}
}

// session finds who is signed in; nil if nobody is, or not any more.
func (v *visit) findSession() (*Session, error) {
	cookie, err := v.Cookie(v.s.cookieName())
	if err != nil || cookie.Value == "" {
		return nil, nil
	}
	session, err := v.s.Sessions.Session(v.Context(), digest(cookie.Value))
	if errors.Is(err, ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := v.s.Now()
	if session.over(now) {
		return nil, v.s.Sessions.DeleteSession(v.Context(), session.ID)
	}
	if now.Sub(session.Seen) >= noteSeen {
		session.Seen = now
		err = v.s.Sessions.PutSession(v.Context(), session)
	}
	return &session, err
}

// begin signs a person in: with a new token, whatever was there before. It stands in the ledger first,
// after what else the person did, or nobody is signed in.
func (v *visit) begin(person string, how *review.SignIn, before ...review.Action) error {
	if err := v.s.Journal.Act(v.Context(), person, func(w *journal.Work) error {
		for _, action := range append(before, how) {
			if err := w.Do(action); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return v.issue(person, "")
}

// issue gives the browser a session of a person in the place of the one that it had.
func (v *visit) issue(person, plan string) error {
	if v.session != nil {
		if err := v.s.Sessions.DeleteSession(v.Context(), v.session.ID); err != nil {
			return err
		}
	}
	token, now := newToken(), v.s.Now()
	v.session = &Session{ID: digest(token), Person: person, Made: now, Seen: now, Plan: plan, Agent: agentOf(v.Request)}
	if err := v.s.Sessions.PutSession(v.Context(), *v.session); err != nil {
		return err
	}
	http.SetCookie(v.w, v.s.cookie(token, int(longestSession/time.Second)))
	return nil
}

// end signs out.
func (v *visit) end() error {
	http.SetCookie(v.w, v.s.cookie("", -1))
	if v.session == nil {
		return nil
	}
	id := v.session.ID
	v.session = nil
	return v.s.Sessions.DeleteSession(v.Context(), id)
}

package server

import (
	"context"
	"errors"
	"time"
)

// ErrUnknown is the error of Accounts and Sessions where there is none.
var ErrUnknown = errors.New("it is unknown")

// Account is how a person signs in. What the person may do stands in the ledger.
type Account struct {
	Person string // the id in the ledger; an account has one person, and a person one account
	Login  string // in small letters
	Hash   string // of the password, as argon2id writes it; "" if there is none
	// Subject is "ISSUER SUBJECT" of OpenID Connect, whom no other account has; "" if there is none.
	Subject string
	// Failures are the wrong passwords since the last right one; until LockedUntil none is looked at.
	Failures    int
	LockedUntil time.Time
}

// Accounts keep who may sign in.
type Accounts interface {
	// AccountOf gives the account of a login, ErrUnknown if there is none.
	AccountOf(ctx context.Context, login string) (Account, error)
	// AccountFor gives the account of a person, ErrUnknown if there is none.
	AccountFor(ctx context.Context, person string) (Account, error)
	// AccountBySubject gives the account of an identity of OpenID Connect, ErrUnknown if there is none.
	AccountBySubject(ctx context.Context, subject string) (Account, error)
	// ChangeAccount changes the account of a person, or makes one, while nobody else changes it. A login or
	// a subject that somebody else has is ErrTaken. An error of the function changes nothing.
	ChangeAccount(ctx context.Context, person string, change func(*Account) error) error
}

// ErrTaken is the error of a login that somebody else has.
var ErrTaken = errors.New("somebody else signs in with this name: choose another")

// Session is somebody who is signed in. Its id is a digest of the token in the cookie, so that
// nobody who reads the store can pass for somebody.
type Session struct {
	ID         string
	Person     string
	Made, Seen time.Time
	Plan       string // the review that is looked at; "" for the first
	Flash      string // what is told on the next page, once
	FlashBad   bool
	Agent      string // what the browser says it is
}

// over reports whether the session has ended by itself.
func (s Session) over(now time.Time) bool {
	return now.Sub(s.Made) >= longestSession || now.Sub(s.Seen) >= longestIdle
}

// Sessions keep who is signed in.
type Sessions interface {
	// Session gives a session by its id, ErrUnknown if there is none.
	Session(ctx context.Context, id string) (Session, error)
	PutSession(ctx context.Context, session Session) error
	DeleteSession(ctx context.Context, id string) error
	// SessionsOf gives those of a person.
	SessionsOf(ctx context.Context, person string) ([]Session, error)
	// DeleteSessionsOf ends all of a person.
	DeleteSessionsOf(ctx context.Context, person string) error
}

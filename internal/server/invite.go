package server

import (
	"context"
	"errors"
	"time"
)

// Links keep one-time links with which people set their passwords or connect an account, as digests.
type Links interface {
	// PutLink keeps a link of a person by the digest of what stands in it; older ones count no more.
	PutLink(ctx context.Context, digest, person string, expires time.Time) error
	// Link gives the person of a link that has not expired, "" if there is none.
	Link(ctx context.Context, digest string, now time.Time) (person string, err error)
	// TakeLink is Link, and the link is used up: of two who come at once only one gets the person.
	TakeLink(ctx context.Context, digest string, now time.Time) (person string, err error)
}

// How long a link is good.
const (
	setupLasts  = 30 * time.Minute
	inviteLasts = 24 * time.Hour
)

// newLink makes a link for a person; older ones of the same person are no longer good.
func (s *Server) newLink(ctx context.Context, person string, lasts time.Duration) (token string, err error) {
	token = newToken()
	return token, s.Links.PutLink(ctx, digest(token), person, s.Now().Add(lasts))
}

// takeLink uses the link of a person. Whoever did so in vain gives it back, for half an hour.
func (s *Server) takeLink(ctx context.Context, token, person string) (back func() error, err error) {
	taken, err := s.Links.TakeLink(ctx, digest(token), s.Now())
	if err == nil && taken != person {
		err = errNoInvite
	}
	return func() error { return s.Links.PutLink(ctx, digest(token), person, s.Now().Add(setupLasts)) }, err
}

// BeginSetup gives the path of a one-time link, good for 30 minutes, with which a person sets a
// password: the administrator at the first run. Whoever starts the server prints it.
func (s *Server) BeginSetup(ctx context.Context, person string) (path string, err error) {
	if person == "" {
		return "", errors.New("begin set-up: name the person")
	}
	token, err := s.newLink(ctx, person, setupLasts)
	return "/setup?token=" + token, err
}

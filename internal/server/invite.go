package server

import (
	"errors"
	"sync"
	"time"
)

// invites are one-time links with which people set their passwords. They live in memory, as digests.
type invites struct {
	mutex sync.Mutex
	all   map[string]invited
}

type invited struct {
	person string
	until  time.Time
}

// How long a link is good.
const (
	setupLasts  = 30 * time.Minute
	inviteLasts = 24 * time.Hour
)

func newInvites() *invites { return &invites{all: map[string]invited{}} }

// add makes a link for a person; older ones of the same person are no longer good.
func (i *invites) add(person string, until, now time.Time) string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	for id, one := range i.all {
		if one.person == person || !now.Before(one.until) {
			delete(i.all, id)
		}
	}
	token := newToken()
	i.all[digest(token)] = invited{person, until}
	return token
}

// find gives the person of a link; "" if it is none, was used or is too old.
func (i *invites) find(token string, now time.Time) string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	one := i.all[digest(token)]
	if !now.Before(one.until) {
		return ""
	}
	return one.person
}

// take is find, and the link is used: of two who come at once only one gets the person. What comes
// back gives the link back, where it was used in vain.
func (i *invites) take(token string, now time.Time) (person string, back func()) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	id := digest(token)
	one := i.all[id]
	delete(i.all, id)
	if !now.Before(one.until) {
		return "", func() {}
	}
	return one.person, func() {
		i.mutex.Lock()
		defer i.mutex.Unlock()
		i.all[id] = one
	}
}

// BeginSetup gives the path of a one-time link, good for 30 minutes, with which a person sets a
// password: the administrator at the first run. Whoever starts the server prints it.
func (s *Server) BeginSetup(person string) (path string, err error) {
	if person == "" {
		return "", errors.New("begin set-up: name the person")
	}
	now := s.Now()
	return "/setup?token=" + s.invites.add(person, now.Add(setupLasts), now), nil
}

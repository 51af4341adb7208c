package server

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// memory keeps accounts and sessions.
type memory struct {
	mutex    sync.Mutex
	accounts map[string]Account // by person
	sessions map[string]Session
	views    map[string]SavedView
	links    map[string]link    // by digest
	tokens   map[string][]Token // by person
}

type link struct {
	person  string
	expires time.Time
}

func newMemory() *memory {
	return &memory{accounts: map[string]Account{}, sessions: map[string]Session{}, views: map[string]SavedView{}, links: map[string]link{}, tokens: map[string][]Token{}}
}

func (m *memory) AccountOf(_ context.Context, login string) (Account, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, account := range m.accounts {
		if account.Login == login {
			return account, nil
		}
	}
	return Account{}, ErrUnknown
}

func (m *memory) AccountFor(_ context.Context, person string) (Account, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if account, known := m.accounts[person]; known {
		return account, nil
	}
	return Account{}, ErrUnknown
}

func (m *memory) AccountBySubject(_ context.Context, subject string) (Account, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, account := range m.accounts {
		if subject != "" && account.Subject == subject {
			return account, nil
		}
	}
	return Account{}, ErrUnknown
}

func (m *memory) ChangeAccount(_ context.Context, person string, change func(*Account) error) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	account := m.accounts[person]
	account.Person = person
	if err := change(&account); err != nil {
		return err
	}
	for other, one := range m.accounts {
		if other != person && (one.Login != "" && one.Login == account.Login || one.Subject != "" && one.Subject == account.Subject) {
			return ErrTaken
		}
	}
	m.accounts[person] = account
	return nil
}

func (m *memory) Session(_ context.Context, id string) (Session, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if session, known := m.sessions[id]; known {
		return session, nil
	}
	return Session{}, ErrUnknown
}

func (m *memory) PutSession(_ context.Context, session Session) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.sessions[session.ID] = session
	return nil
}

func (m *memory) DeleteSession(_ context.Context, id string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	delete(m.sessions, id)
	return nil
}

func (m *memory) DeleteSessionsOf(_ context.Context, person string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for id, session := range m.sessions {
		if session.Person == person {
			delete(m.sessions, id)
		}
	}
	return nil
}

func (m *memory) SavedViews(_ context.Context, person, page string) (all []SavedView, _ error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, view := range m.views {
		if view.Page == page && (view.Shared || view.Person == person) {
			all = append(all, view)
		}
	}
	slices.SortFunc(all, func(a, b SavedView) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return all, nil
}

func (m *memory) PutSavedView(_ context.Context, view SavedView) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.views[view.ID] = view
	return nil
}

func (m *memory) DeleteSavedView(_ context.Context, id, person string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.views[id].Person == person {
		delete(m.views, id)
	}
	return nil
}

func (m *memory) SessionsOf(_ context.Context, person string) (all []Session, err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, session := range m.sessions {
		if session.Person == person {
			all = append(all, session)
		}
	}
	return all, nil
}

func (m *memory) PutLink(_ context.Context, digest, person string, expires time.Time) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for other, one := range m.links {
		if one.person == person {
			delete(m.links, other)
		}
	}
	m.links[digest] = link{person, expires}
	return nil
}

func (m *memory) Link(_ context.Context, digest string, now time.Time) (string, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if one := m.links[digest]; now.Before(one.expires) {
		return one.person, nil
	}
	return "", nil
}

func (m *memory) TakeLink(ctx context.Context, digest string, now time.Time) (string, error) {
	person, err := m.Link(ctx, digest, now)
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if _, still := m.links[digest]; !still {
		return "", nil
	}
	delete(m.links, digest)
	return person, err
}

func (m *memory) TokensOf(_ context.Context, person string) ([]Token, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return slices.Clone(m.tokens[person]), nil
}

func (m *memory) AddToken(_ context.Context, person string, _ []byte, token Token) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.tokens[person] = append(m.tokens[person], token)
	return nil
}

func (m *memory) RevokeToken(_ context.Context, person, id string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	before := len(m.tokens[person])
	m.tokens[person] = slices.DeleteFunc(m.tokens[person], func(t Token) bool { return t.ID == id })
	if len(m.tokens[person]) == before {
		return ErrUnknown
	}
	return nil
}

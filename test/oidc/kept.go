package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// person is who signs in.
type person struct {
	Subject, Name, Email string
	Verified             bool
	Groups               []string
	// Apart says that groups are told when they are asked for, and do not stand in the token.
	Apart bool
}

// kept is what a provider remembers.
type kept struct {
	client *client
	key    *rsa.PrivateKey

	mutex    sync.Mutex
	person   person
	requests map[string]*request
	codes    map[string]string
	tokens   map[string]person
}

var errUnknown = errors.New("it is unknown")

func newKept(c *client) *kept {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return &kept{client: c, key: key, requests: map[string]*request{}, codes: map[string]string{}, tokens: map[string]person{}}
}

func (k *kept) set(one person) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.person = one
}

func (k *kept) signIn(id string) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if r := k.requests[id]; r != nil {
		r.subject, r.at = k.person.Subject, time.Now()
	}
}

// CreateAuthRequest begins a sign-in.
func (k *kept) CreateAuthRequest(_ context.Context, r *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.person.Subject == "" {
		return nil, oidc.ErrAccessDenied().WithDescription("nobody signs in")
	}
	one := &request{AuthRequest: r, id: rand.Text()}
	k.requests[one.id] = one
	return one, nil
}

// AuthRequestByID finds a sign-in.
func (k *kept) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if r := k.requests[id]; r != nil {
		return r, nil
	}
	return nil, errUnknown
}

// AuthRequestByCode finds a sign-in by its code.
func (k *kept) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	k.mutex.Lock()
	id := k.codes[code]
	k.mutex.Unlock()
	return k.AuthRequestByID(ctx, id)
}

// SaveAuthCode keeps a code.
func (k *kept) SaveAuthCode(_ context.Context, id, code string) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.codes[code] = id
	return nil
}

// DeleteAuthRequest ends a sign-in: its code is good no more.
func (k *kept) DeleteAuthRequest(_ context.Context, id string) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	delete(k.requests, id)
	return nil
}

// CreateAccessToken makes a token.
func (k *kept) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	id := rand.Text()
	k.tokens[id] = k.person
	return id, time.Now().Add(time.Hour), nil
}

// GetClientByClientID finds the client.
func (k *kept) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != clientID {
		return nil, errUnknown
	}
	return k.client, nil
}

// AuthorizeClientIDSecret proves the client.
func (k *kept) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != clientID || secret != k.client.secret {
		return errUnknown
	}
	return nil
}

// SetUserinfoFromScopes is not used any more.
func (k *kept) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// SetUserinfoFromRequest says in a token who it is.
func (k *kept) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, _ op.IDTokenRequest, _ []string) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	tell(info, k.person, !k.person.Apart)
	return nil
}

// SetUserinfoFromToken says who it is to whoever asks.
func (k *kept) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, id, _, _ string) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	one, known := k.tokens[id]
	if !known {
		return errUnknown
	}
	tell(info, one, true)
	return nil
}

func tell(info *oidc.UserInfo, one person, groups bool) {
	info.Subject = one.Subject
	info.Name, info.Email, info.EmailVerified = one.Name, one.Email, oidc.Bool(one.Verified)
	if groups && one.Groups != nil {
		info.AppendClaims("groups", one.Groups)
	}
}

type signing struct{ key *rsa.PrivateKey }

func (s signing) ID() string                                  { return "1" }
func (s signing) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (s signing) Key() any                                    { return s.key }

type public struct{ key *rsa.PrivateKey }

func (p public) ID() string                         { return "1" }
func (p public) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (p public) Use() string                        { return "sig" }
func (p public) Key() any                           { return &p.key.PublicKey }

// SigningKey signs.
func (k *kept) SigningKey(context.Context) (op.SigningKey, error) { return signing{k.key}, nil }

// SignatureAlgorithms are how it signs.
func (k *kept) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// KeySet proves what it signed.
func (k *kept) KeySet(context.Context) ([]op.Key, error) { return []op.Key{public{k.key}}, nil }

// Health is well.
func (k *kept) Health(context.Context) error { return nil }

package openid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/kubeproof/kubeproof/internal/server"
)

// The most characters that are taken of names, and bytes of a subject (OpenID Connect Core 2).
const (
	longestName    = 100
	longestSubject = 255
)

// claims are what the provider says of somebody.
type claims map[string]json.RawMessage

func (c claims) text(name string) (text string) {
	_ = json.Unmarshal(c[name], &text) // what is no text is none
	return text
}

// identify proves the token for who signs in and gives what it says, with what the provider says besides
// where groups are not in it.
func (p *Provider) identify(ctx context.Context, d *discovered, token *oauth2.Token, nonce string) (server.Identity, error) {
	said, err := p.prove(ctx, d, token, nonce)
	if err != nil {
		return server.Identity{}, err
	}
	subject := said.text("sub")
	if subject == "" || len(subject) > longestSubject || strings.ContainsFunc(subject, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) }) {
		return server.Identity{}, fmt.Errorf("read token: subject %q cannot be", subject)
	}
	if said[p.GroupsClaim] == nil && d.UserInfoEndpoint() != "" {
		if err := p.askMore(ctx, d, token, subject, said); err != nil {
			return server.Identity{}, err
		}
	}
	groups, err := p.groupsIn(said)
	return server.Identity{Subject: subject, Name: nameIn(said), Email: emailIn(said), Groups: groups}, err
}

// prove checks signature, issuer, audience, times, nonce and the access token.
func (p *Provider) prove(ctx context.Context, d *discovered, token *oauth2.Token, nonce string) (claims, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return nil, errors.New("read token: the provider gives none that says who it is")
	}
	proved, err := d.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		if strings.Contains(err.Error(), "fetching keys") {
			return nil, away("prove token", err)
		}
		return nil, fmt.Errorf("prove token: %w", err)
	}
	if nonce == "" || proved.Nonce != nonce {
		return nil, errors.New("prove token: it is of another sign-in")
	}
	if proved.AccessTokenHash != "" {
		if err := proved.VerifyAccessToken(token.AccessToken); err != nil {
			return nil, fmt.Errorf("prove token: %w", err)
		}
	}
	said := claims{}
	if err := proved.Claims(&said); err != nil {
		return nil, fmt.Errorf("read token: %w", err)
	}
	if party := said.text("azp"); party != p.ClientID && (said["azp"] != nil || len(proved.Audience) > 1) {
		return nil, fmt.Errorf("prove token: it was given to %q", party)
	}
	return said, nil
}

// askMore adds what the provider says of the subject and the token does not.
func (p *Provider) askMore(ctx context.Context, d *discovered, token *oauth2.Token, subject string, said claims) error {
	info, err := d.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return away("ask who it is", err)
	}
	if info.Subject != subject {
		return fmt.Errorf("ask who it is: the provider speaks of %q", info.Subject)
	}
	more := claims{}
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("ask who it is: %w", err)
	}
	for name, value := range more {
		if said[name] == nil {
			said[name] = value
		}
	}
	return nil
}

// groupsIn gives the groups; one may stand alone. Where the provider says that they are elsewhere, as it does
// of people in very many, nothing is known.
func (p *Provider) groupsIn(said claims) ([]string, error) {
	var elsewhere map[string]json.RawMessage
	_ = json.Unmarshal(said["_claim_names"], &elsewhere)
	value := said[p.GroupsClaim]
	if value == nil && elsewhere[p.GroupsClaim] != nil {
		return nil, fmt.Errorf("read groups: the provider leaves %q out of tokens, as of people in very many: have it send those that are assigned to Kubeproof", p.GroupsClaim)
	}
	if value == nil || string(value) == "null" {
		return nil, nil
	}
	var groups []string
	if one := said.text(p.GroupsClaim); one != "" {
		return []string{one}, nil
	}
	if err := json.Unmarshal(value, &groups); err != nil {
		return nil, fmt.Errorf("read groups: %q is no list of texts", p.GroupsClaim)
	}
	return groups, nil
}

// nameIn is the name that people have, on one line.
func nameIn(said claims) string {
	for _, claim := range []string{"name", "preferred_username", "email"} {
		text := strings.Map(func(r rune) rune {
			if unicode.In(r, unicode.Cc, unicode.Cf) && !unicode.IsSpace(r) || r == unicode.ReplacementChar {
				return -1
			}
			return r
		}, said.text(claim))
		if runes := []rune(strings.Join(strings.Fields(text), " ")); len(runes) > 0 {
			return strings.TrimSpace(string(runes[:min(len(runes), longestName)]))
		}
	}
	return ""
}

// emailIn is the address, if the provider has seen that it is the person's.
func emailIn(said claims) string {
	if !slices.Contains([]string{"true", `"true"`}, string(said["email_verified"])) {
		return ""
	}
	return said.text("email")
}

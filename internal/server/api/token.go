package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
)

// scheme is how callers are known.
const scheme = "token"

// The scopes of tokens. What a token may do is what its scopes and its person's roles both allow.
const (
	ScopeRead   = "read"   // see everything
	ScopeScan   = "scan"   // hand scans in
	ScopeAnswer = "answer" // answer, attach, submit, ask for exceptions
	ScopeDecide = "decide" // approve, request changes, decide on exceptions
	ScopeAdmin  = "admin"  // people, and what reviews are about
)

// scopeAny is of an operation that every token may.
const scopeAny = ""

// Scopes are all scopes.
var Scopes = []string{ScopeRead, ScopeScan, ScopeAnswer, ScopeDecide, ScopeAdmin}

// Token is who calls.
type Token struct {
	Person  string
	Scopes  []string
	Expires time.Time
}

// Tokens finds tokens by the SHA-256 of their text; nil without an error if there is none.
type Tokens interface {
	Find(ctx context.Context, hash []byte) (*Token, error)
}

// prefix begins every token, so that scanners for secrets know one.
const prefix = "kpt_"

// NewToken makes the text of a token, which is shown once, and its hash, which is kept.
func NewToken() (text string, hash []byte) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	text = prefix + base64.RawURLEncoding.EncodeToString(secret)
	return text, hashOf(text)
}

// MostDays is for how long a token may be good.
const MostDays = 366

// CheckToken says what is wrong with a token that somebody wants, and reads for how many days it is good.
func CheckToken(name string, scopes []string, text string, days *int) error {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 1 || n > MostDays {
		return fmt.Errorf("make token: say for how many days it is good, at most %d", MostDays)
	}
	*days = n
	if name == "" || len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		return errors.New("make token: say in a few words what it is for")
	}
	if len(scopes) == 0 {
		return errors.New("make token: say what it may do: choose scopes of " + strings.Join(Scopes, ", "))
	}
	for _, scope := range scopes {
		if !slices.Contains(Scopes, scope) {
			return fmt.Errorf("make token: scope %q is unknown: use %s", scope, strings.Join(Scopes, ", "))
		}
	}
	return nil
}

// hashOf needs no salt and no stretching: what it hides has 256 bits of chance.
func hashOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

type callerKey struct{}

// caller is the person whose token came with the request.
func caller(ctx context.Context) string { return tokenOf(ctx).Person }

// tokenOf is the token that came with the request.
func tokenOf(ctx context.Context) *Token {
	token, _ := ctx.Value(callerKey{}).(*Token)
	return token
}

// may tells whether a token has a scope.
func may(token *Token, scope string) bool {
	return scope == scopeAny || slices.Contains(token.Scopes, scope)
}

// authenticate lets nobody in without a token that has the scope of the operation.
func (a *api) authenticate(ctx huma.Context, next func(huma.Context)) {
	text, isBearer := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
	if !isBearer || !strings.HasPrefix(text, prefix) {
		a.refuse(ctx, http.StatusUnauthorized, "show a token in the header Authorization: Bearer "+prefix+"...")
		return
	}
	token, err := a.Tokens.Find(ctx.Context(), hashOf(text))
	switch {
	case err != nil:
		a.Log.Error("find token", "error", err)
		a.refuse(ctx, http.StatusServiceUnavailable, "the store does not answer: try again")
	case token == nil || !a.Now().Before(token.Expires):
		a.refuse(ctx, http.StatusUnauthorized, "the token is unknown or has expired: ask for a new one")
	case !may(token, scopeOf(ctx.Operation())):
		a.refuse(ctx, http.StatusForbidden, "the token lacks the scope "+scopeOf(ctx.Operation()))
	case !a.rates.take(string(hashOf(text)), time.Now()):
		a.refuse(ctx, http.StatusTooManyRequests, "the token is used too often: try again in a second")
	default:
		a.admit(ctx, token, next)
	}
}

// admit lets a token's person in, unless the person may do nothing any more.
func (a *api) admit(ctx huma.Context, token *Token, next func(huma.Context)) {
	state, err := a.Journal.Current(ctx.Context())
	if err != nil {
		a.Log.Error("read state", "error", err)
		a.refuse(ctx, http.StatusServiceUnavailable, "the store does not answer: try again")
		return
	}
	if known := state.People[token.Person]; known == nil || known.Gone(a.Now()) {
		a.refuse(ctx, http.StatusUnauthorized, "the access of the token's person has ended: ask an administrator")
		return
	}
	next(huma.WithValue(ctx, callerKey{}, token))
}

func (a *api) refuse(ctx huma.Context, status int, why string) {
	if status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="kubeproof"`)
	}
	switch status {
	case http.StatusServiceUnavailable:
		ctx.SetHeader("Retry-After", "5")
	case http.StatusTooManyRequests:
		ctx.SetHeader("Retry-After", "1")
	}
	_ = huma.WriteErr(a.API, ctx, status, why) // the caller is gone if it cannot be written
}

// scopeOf is the scope that an operation names.
func scopeOf(o *huma.Operation) string {
	for _, requirement := range o.Security {
		switch scopes, there := requirement[scheme]; {
		case len(scopes) == 1:
			return scopes[0]
		case there && len(scopes) == 0:
			return scopeAny
		}
	}
	return "none" // no token has it
}

// Package openid proves who somebody is by a provider of OpenID Connect: the authorization code flow with
// PKCE, a state and a nonce. What the provider says is taken only if it is signed by it, for us, now, and for
// this very sign-in; it is slow, huge or hostile without harm. What somebody may do is not decided here.
// Begin with New.
package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/kubeproof/kubeproof/internal/server"
)

// Options say which provider it is, and how it knows us.
type Options struct {
	// Issuer is its address, as it names itself.
	Issuer string
	// ClientID and Secret are how it knows us; a public client has no secret.
	ClientID, Secret string
	// GroupsClaim names what holds the groups; "groups" by default.
	GroupsClaim string
	// Patience bounds each question to it; 10 seconds by default.
	Patience time.Duration
	// Transport carries questions; http.DefaultTransport by default.
	Transport http.RoundTripper
	// Now is the clock by which tokens expire; time.Now by default.
	Now func() time.Time
}

// Provider is a provider of OpenID Connect. It is asked for what it can do when it is first needed. It is safe
// for concurrent use.
type Provider struct {
	Options
	client *http.Client

	mutex  sync.Mutex
	found  *discovered // nil until it answered
	failed error       // why it did not, when it was asked last
	at     time.Time   // when that was
}

// pause is how long a provider that does not answer is left alone, so that those who wait for it do not
// wait for one another.
const pause = 3 * time.Second

var _ server.Provider = (*Provider)(nil)

// discovered is what the provider said of itself.
type discovered struct {
	*oidc.Provider
	style oauth2.AuthStyle
	// namesItself says that answers carry the issuer (RFC 9207).
	namesItself bool
}

// algorithms are those by which the provider may sign: none that a shared secret could forge.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// New checks the options. It asks nothing of the provider yet.
func New(o Options) (*Provider, error) {
	if o.ClientID == "" {
		return nil, errors.New("set up OpenID Connect: name the client that the provider knows us by")
	}
	if _, err := checkAddress(o.Issuer, true); err != nil {
		return nil, fmt.Errorf("set up OpenID Connect: issuer: %w", err)
	}
	if o.GroupsClaim == "" {
		o.GroupsClaim = "groups"
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Provider{Options: o, client: clientOf(o)}, nil
}

// asking is a context for questions to the provider.
func (p *Provider) asking(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// discover asks the provider what it can do, until it has answered once.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.failed == nil || time.Since(p.at) > pause {
		p.found, p.failed = p.ask(context.WithoutCancel(ctx)) // others wait for it, too
		p.at = time.Now()
	}
	return p.found, p.failed
}

func (p *Provider) ask(ctx context.Context) (*discovered, error) {
	provider, err := oidc.NewProvider(p.asking(ctx), p.Issuer)
	if err != nil {
		return nil, away("ask provider what it can do", err)
	}
	var can struct {
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Names   bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&can); err != nil {
		return nil, away("read what provider can do", err)
	}
	plain := strings.HasPrefix(p.Issuer, "http:")
	for _, address := range []string{provider.Endpoint().AuthURL, provider.Endpoint().TokenURL, can.Keys} {
		if _, err := checkAddress(address, plain); err != nil {
			return nil, away("read what provider can do", err)
		}
	}
	return &discovered{provider, p.style(can.Methods), can.Names}, nil
}

// style is how we prove to be the client: a trial would use up the code.
func (p *Provider) style(methods []string) oauth2.AuthStyle {
	if p.Secret == "" {
		return oauth2.AuthStyleInParams
	}
	for _, method := range methods {
		switch method {
		case "client_secret_basic":
			return oauth2.AuthStyleInHeader
		case "client_secret_post":
			return oauth2.AuthStyleInParams
		}
	}
	return oauth2.AuthStyleInHeader
}

func (p *Provider) config(d *discovered, callback string) *oauth2.Config {
	endpoint := d.Endpoint()
	endpoint.AuthStyle = d.style
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: endpoint, RedirectURL: callback, Scopes: []string{oidc.ScopeOpenID, "profile", "email", p.groupsScope(d)}}
}

// groupsScope asks for groups where the provider has a scope of that name; else it is the profile's.
func (p *Provider) groupsScope(d *discovered) string {
	var can struct {
		Scopes []string `json:"scopes_supported"`
	}
	_ = d.Claims(&can) // it was read before
	for _, scope := range can.Scopes {
		if scope == "groups" {
			return scope
		}
	}
	return "profile"
}

// Begin gives the address to which the browser goes, and what has to be there when it comes back.
func (p *Provider) Begin(ctx context.Context, callback string) (string, server.Flow, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", server.Flow{}, err
	}
	flow := server.Flow{State: rand.Text() + rand.Text(), Nonce: rand.Text() + rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return p.config(d, callback).AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)), flow, nil
}

// Finish proves what the browser brought back, and gives who the provider says it is.
func (p *Provider) Finish(ctx context.Context, callback string, flow server.Flow, answer url.Values) (server.Identity, error) {
	if got := answer.Get("state"); flow.State == "" || subtle.ConstantTimeCompare([]byte(got), []byte(flow.State)) != 1 {
		return server.Identity{}, errors.New("read answer: its state is not the one that was sent")
	}
	d, err := p.discover(ctx)
	if err != nil {
		return server.Identity{}, err
	}
	if issuer := answer.Get("iss"); issuer != p.Issuer && (issuer != "" || d.namesItself) {
		return server.Identity{}, fmt.Errorf("read answer: it comes from %q", issuer)
	}
	if wrong := answer.Get("error"); wrong != "" {
		return server.Identity{}, toldError(wrong, answer.Get("error_description"))
	}
	if answer.Get("code") == "" {
		return server.Identity{}, errors.New("read answer: it holds no code")
	}
	token, err := p.config(d, callback).Exchange(p.asking(ctx), answer.Get("code"), oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return server.Identity{}, exchangeError(err)
	}
	return p.identify(p.asking(ctx), d, token, flow.Nonce)
}

// toldError is what the provider says instead of a code.
func toldError(code, detail string) error {
	kind := error(nil)
	switch code {
	case "access_denied", "login_required", "consent_required", "interaction_required", "account_selection_required":
		kind = server.ErrDenied
	case "temporarily_unavailable", "server_error":
		kind = server.ErrProviderAway
	default:
		return fmt.Errorf("read answer: the provider says %q: %q", code, detail)
	}
	return fmt.Errorf("read answer: the provider says %q: %q: %w", code, detail, kind)
}

// exchangeError tells a code that the provider refuses from a provider that does not answer.
func exchangeError(err error) error {
	var told *oauth2.RetrieveError
	if errors.As(err, &told) && told.Response != nil && told.Response.StatusCode < http.StatusInternalServerError {
		return fmt.Errorf("give code: the provider refuses it: %s %q", told.Response.Status, told.ErrorCode)
	}
	return away("give code", err)
}

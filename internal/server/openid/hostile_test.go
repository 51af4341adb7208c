package openid

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/server"
)

// forger is a provider that says what a test wants.
type forger struct {
	*httptest.Server
	key    *rsa.PrivateKey
	issuer string
	// discovery, keys, token and userinfo answer; nil is as a good provider does.
	discovery, keys, token, userinfo http.HandlerFunc
	// claims and header are of the token; sign makes its signature from what is signed.
	claims, header map[string]any
	sign           func(text string) string
	asked          []url.Values // for tokens
}

const callback = "http://127.0.0.1/login/openid/callback"

func newForger(t *testing.T) *forger {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	f := &forger{key: key, header: map[string]any{"alg": "RS256", "kid": "1", "typ": "JWT"}}
	f.sign = f.signRSA
	mux := http.NewServeMux()
	for path, one := range map[string]struct {
		own  func() http.HandlerFunc
		good http.HandlerFunc
	}{
		"/.well-known/openid-configuration": {func() http.HandlerFunc { return f.discovery }, f.goodDiscovery},
		"/keys":                             {func() http.HandlerFunc { return f.keys }, f.goodKeys},
		"/token":                            {func() http.HandlerFunc { return f.token }, f.goodToken},
		"/userinfo":                         {func() http.HandlerFunc { return f.userinfo }, func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]any{"sub": "42"}) }},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if own := one.own(); own != nil {
				own(w, r)
				return
			}
			one.good(w, r)
		})
	}
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	f.issuer = f.URL
	f.claims = map[string]any{"iss": f.URL, "sub": "42", "aud": "kubeproof", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "name": "Pia  \tPeters", "email": "pia@example.com", "email_verified": true, "groups": []string{"devs"}}
	return f
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func (f *forger) goodDiscovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"issuer": f.issuer, "authorization_endpoint": f.URL + "/auth", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys", "userinfo_endpoint": f.URL + "/userinfo",
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}})
}

func (f *forger) goodKeys(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "use": "sig", "kid": "1", "alg": "RS256",
		"n": base64.RawURLEncoding.EncodeToString(f.key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(f.key.E)).Bytes())}}})
}

func (f *forger) goodToken(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	f.asked = append(f.asked, r.PostForm)
	answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": f.jwt()})
}

func (f *forger) jwt() string {
	header, _ := json.Marshal(f.header)
	claims, _ := json.Marshal(f.claims)
	text := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	return text + "." + f.sign(text)
}

func (f *forger) signRSA(text string) string {
	sum := sha256.Sum256([]byte(text))
	signed, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(signed)
}

// flow begins and ends a sign-in; change is called between.
func (f *forger) flow(t *testing.T, change func(*server.Flow, url.Values)) (server.Identity, error) {
	t.Helper()
	p, err := New(Options{Issuer: f.issuer, ClientID: "kubeproof", Secret: "secret", Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	address, flow, err := p.Begin(t.Context(), callback)
	if err != nil {
		return server.Identity{}, err
	}
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if f.claims["nonce"] == nil {
		f.claims["nonce"] = to.Query().Get("nonce")
	}
	back := url.Values{"state": {to.Query().Get("state")}, "code": {"c"}}
	if change != nil {
		change(&flow, back)
	}
	return p.Finish(t.Context(), callback, flow, back)
}

// TestFlow: what is sent, and what is taken from a good answer.
func TestFlow(t *testing.T) {
	f := newForger(t)
	got, err := f.flow(t, nil)
	if err != nil || got.Subject != "42" || got.Name != "Pia Peters" || got.Email != "pia@example.com" || fmt.Sprint(got.Groups) != "[devs]" {
		t.Fatalf("%+v, %v", got, err)
	}
	if asked := f.asked[0]; len(asked.Get("code_verifier")) < 43 || asked.Get("redirect_uri") != callback || asked.Get("code") != "c" {
		t.Errorf("the token is asked for by %v", asked)
	}
	p, err := New(Options{Issuer: f.issuer, ClientID: "kubeproof"})
	if err != nil {
		t.Fatal(err)
	}
	address, one, err := p.Begin(t.Context(), callback)
	if err != nil {
		t.Fatal(err)
	}
	_, other, _ := p.Begin(t.Context(), callback)
	to, _ := url.Parse(address)
	query := to.Query()
	sum := sha256.Sum256([]byte(one.Verifier))
	if query.Get("code_challenge_method") != "S256" || query.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || query.Get("response_type") != "code" || query.Get("redirect_uri") != callback {
		t.Errorf("it begins with %v", query)
	}
	if one.State == other.State || one.Nonce == other.Nonce || one.Verifier == other.Verifier || len(one.State) < 40 || len(one.Nonce) < 40 {
		t.Error("state, nonce or verifier are not random")
	}
}

// TestForgedTokens proves nobody.
func TestForgedTokens(t *testing.T) {
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, forge := range map[string]func(*forger){
		"another issuer":        func(f *forger) { f.claims["iss"] = "https://evil.example" },
		"another audience":      func(f *forger) { f.claims["aud"] = "other" },
		"another party":         func(f *forger) { f.claims["aud"] = []string{"kubeproof", "other"}; f.claims["azp"] = "other" },
		"two audiences alone":   func(f *forger) { f.claims["aud"] = []string{"kubeproof", "other"} },
		"an empty party":        func(f *forger) { f.claims["azp"] = "" },
		"expired":               func(f *forger) { f.claims["exp"] = time.Now().Add(-time.Minute).Unix() },
		"no end":                func(f *forger) { delete(f.claims, "exp") },
		"not yet":               func(f *forger) { f.claims["nbf"] = time.Now().Add(time.Hour).Unix() },
		"another nonce":         func(f *forger) { f.claims["nonce"] = "other" },
		"an empty nonce":        func(f *forger) { f.claims["nonce"] = "" },
		"no subject":            func(f *forger) { delete(f.claims, "sub") },
		"a subject of controls": func(f *forger) { f.claims["sub"] = "42\n43" },
		"a huge subject":        func(f *forger) { f.claims["sub"] = strings.Repeat("4", 256) },
		"a subject of others":   func(f *forger) { f.claims["sub"] = "４２" },
		"groups of numbers":     func(f *forger) { f.claims["groups"] = []int{1} },
		"groups of parts":       func(f *forger) { f.claims["groups"] = map[string]any{"admin": true} },
		"another access token":  func(f *forger) { f.claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" },
		"alg none":              func(f *forger) { f.header["alg"] = "none"; f.sign = func(string) string { return "" } },
		"alg none, signed":      func(f *forger) { f.header["alg"] = "none" },
		"signed by a stranger": func(f *forger) {
			good := f.key
			f.sign = func(text string) string { return (&forger{key: stranger}).signRSA(text) }
			f.key = good
		},
		"no signature": func(f *forger) { f.sign = func(string) string { return "" } },
		"an unknown key": func(f *forger) {
			f.header["kid"] = "2"
			f.sign = func(text string) string { return (&forger{key: stranger}).signRSA(text) }
		},
		"its own key within": func(f *forger) {
			f.header["jwk"] = map[string]any{"kty": "RSA", "n": base64.RawURLEncoding.EncodeToString(stranger.N.Bytes()), "e": "AQAB"}
			f.sign = func(text string) string { return (&forger{key: stranger}).signRSA(text) }
		},
		"HS256 with the key": func(f *forger) {
			f.header["alg"] = "HS256"
			f.sign = func(text string) string { return hs256(text, f.key.N.Bytes()) }
		},
		"HS256 with the secret": func(f *forger) {
			f.header["alg"] = "HS256"
			f.sign = func(text string) string { return hs256(text, []byte("secret")) }
		},
		"no token": func(f *forger) {
			f.token = func(w http.ResponseWriter, _ *http.Request) {
				answer(w, map[string]any{"access_token": "a", "token_type": "Bearer"})
			}
		},
		"a token of nonsense": func(f *forger) {
			f.token = func(w http.ResponseWriter, _ *http.Request) {
				answer(w, map[string]any{"access_token": "a", "id_token": "a.b.c"})
			}
		},
		"a code that is refused": func(f *forger) {
			f.token = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(400)
				answer(w, map[string]any{"error": "invalid_grant"})
			}
		},
		"groups elsewhere": func(f *forger) {
			delete(f.claims, "groups")
			f.claims["_claim_names"] = map[string]string{"groups": "src1"}
			f.claims["_claim_sources"] = map[string]any{"src1": map[string]any{"endpoint": f.URL}}
		},
		"somebody else's groups": func(f *forger) {
			delete(f.claims, "groups")
			f.userinfo = func(w http.ResponseWriter, _ *http.Request) {
				answer(w, map[string]any{"sub": "43", "groups": []string{"admins"}})
			}
		},
	} {
		f := newForger(t)
		forge(f)
		if got, err := f.flow(t, nil); err == nil || errors.Is(err, server.ErrProviderAway) || errors.Is(err, server.ErrDenied) {
			t.Errorf("%s proves %+v, %v", name, got, err)
		}
	}
}

func hs256(text string, key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// TestForgedAnswers prove nobody, and the provider is not asked for a token.
func TestForgedAnswers(t *testing.T) {
	for name, change := range map[string]func(*server.Flow, url.Values){
		"another state":     func(_ *server.Flow, back url.Values) { back.Set("state", "other") },
		"no state":          func(_ *server.Flow, back url.Values) { back.Del("state") },
		"no state anywhere": func(flow *server.Flow, back url.Values) { flow.State = ""; back.Del("state") },
		"no code":           func(_ *server.Flow, back url.Values) { back.Del("code") },
		"another issuer":    func(_ *server.Flow, back url.Values) { back.Set("iss", "https://evil.example") },
		"an error":          func(_ *server.Flow, back url.Values) { back.Set("error", "invalid_request") },
		"a denial":          func(_ *server.Flow, back url.Values) { back.Set("error", "access_denied") },
	} {
		f := newForger(t)
		_, err := f.flow(t, change)
		if err == nil || len(f.asked) > 0 || (name == "a denial") != errors.Is(err, server.ErrDenied) {
			t.Errorf("%s: %v, asked %d times", name, err, len(f.asked))
		}
	}
	f := newForger(t)
	if got, err := f.flow(t, func(flow *server.Flow, _ url.Values) { flow.Nonce = "" }); err == nil {
		t.Errorf("a flow without a nonce proves %+v", got)
	}
}

// TestAway: a provider that does not answer as it should is told from one that proves nothing, and costs
// neither much time nor memory.
func TestAway(t *testing.T) {
	end := make(chan bool)
	huge := func(w http.ResponseWriter, _ *http.Request) {
		for range 10_000 {
			if _, err := w.Write([]byte(strings.Repeat(" ", 10_000))); err != nil {
				return
			}
		}
	}
	slow := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-end:
		}
	}
	broken := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) }
	elsewhere := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
	}
	discovery := func(change map[string]any) func(*forger) {
		return func(f *forger) {
			f.discovery = func(w http.ResponseWriter, _ *http.Request) {
				all := map[string]any{"issuer": f.issuer, "authorization_endpoint": f.URL + "/auth", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys"}
				maps.Copy(all, change)
				answer(w, all)
			}
		}
	}
	for name, forge := range map[string]func(*forger){
		"huge discovery": func(f *forger) { f.discovery = huge }, "slow discovery": func(f *forger) { f.discovery = slow }, "broken discovery": func(f *forger) { f.discovery = broken }, "moved discovery": func(f *forger) { f.discovery = elsewhere },
		"huge keys": func(f *forger) { f.keys = huge }, "slow keys": func(f *forger) { f.keys = slow }, "broken keys": func(f *forger) { f.keys = broken },
		"huge token": func(f *forger) { f.token = huge }, "slow token": func(f *forger) { f.token = slow }, "broken token": func(f *forger) { f.token = broken }, "moved token": func(f *forger) { f.token = elsewhere },
		"huge groups":    func(f *forger) { delete(f.claims, "groups"); f.userinfo = huge },
		"another issuer": discovery(map[string]any{"issuer": "https://evil.example"}), "keys in the clear": discovery(map[string]any{"jwks_uri": "http://evil.example/keys"}),
		"token in the clear": discovery(map[string]any{"token_endpoint": "http://evil.example/token"}), "sign-in by a script": discovery(map[string]any{"authorization_endpoint": "javascript:alert(1)"}), "no keys": discovery(map[string]any{"jwks_uri": ""}),
	} {
		f := newForger(t)
		forge(f)
		began := time.Now()
		got, err := f.flow(t, nil)
		if !errors.Is(err, server.ErrProviderAway) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
	}
	close(end)
	f := newForger(t)
	f.Close()
	if _, err := f.flow(t, nil); !errors.Is(err, server.ErrProviderAway) {
		t.Errorf("nobody there: %v", err)
	}
}

// TestIdentity: what is taken for name, address and groups.
func TestIdentity(t *testing.T) {
	for name, one := range map[string]struct {
		change func(*forger)
		want   server.Identity
	}{
		"an address that is not verified": {func(f *forger) { f.claims["email_verified"] = false }, server.Identity{Subject: "42", Name: "Pia Peters", Groups: []string{"devs"}}},
		"an address of text":              {func(f *forger) { f.claims["email_verified"] = "true" }, server.Identity{Subject: "42", Name: "Pia Peters", Email: "pia@example.com", Groups: []string{"devs"}}},
		"no name":                         {func(f *forger) { delete(f.claims, "name"); f.claims["preferred_username"] = "pia" }, server.Identity{Subject: "42", Name: "pia", Email: "pia@example.com", Groups: []string{"devs"}}},
		"a hostile name":                  {func(f *forger) { f.claims["name"] = "\u202eAnna\x00 " + strings.Repeat("x", 200) }, server.Identity{Subject: "42", Name: "Anna " + strings.Repeat("x", 95), Email: "pia@example.com", Groups: []string{"devs"}}},
		"one group":                       {func(f *forger) { f.claims["groups"] = "devs" }, server.Identity{Subject: "42", Name: "Pia Peters", Email: "pia@example.com", Groups: []string{"devs"}}},
		"no groups":                       {func(f *forger) { delete(f.claims, "groups") }, server.Identity{Subject: "42", Name: "Pia Peters", Email: "pia@example.com"}},
		"groups apart": {func(f *forger) {
			delete(f.claims, "groups")
			f.userinfo = func(w http.ResponseWriter, _ *http.Request) {
				answer(w, map[string]any{"sub": "42", "groups": []string{"ops"}, "name": "Other"})
			}
		}, server.Identity{Subject: "42", Name: "Pia Peters", Email: "pia@example.com", Groups: []string{"ops"}}},
	} {
		f := newForger(t)
		one.change(f)
		if got, err := f.flow(t, nil); err != nil || fmt.Sprint(got) != fmt.Sprint(one.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, one.want)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{}, {ClientID: "a"}, {ClientID: "a", Issuer: "http://id.example.com"}, {ClientID: "a", Issuer: "ftp://x"}, {Issuer: "https://id.example.com"}, {ClientID: "a", Issuer: "https://u:p@id.example.com"}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

package server

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/kubeproof/kubeproof/internal/review"
)

// OpenID says by which provider of OpenID Connect people may sign in.
type OpenID struct {
	Provider Provider
	// Issuer is the provider's address, as it names itself; with Subject it tells people apart.
	Issuer string
	// Name is what people call the provider.
	Name string
	// Roles are those that its groups give.
	Roles review.GroupRoles
}

// Provider proves who somebody is.
type Provider interface {
	// Begin gives the address to which the browser goes, and what has to be there when it comes back to callback.
	Begin(ctx context.Context, callback string) (address string, flow Flow, err error)
	// Finish proves what the browser brought back. The error is one of those below, or says why it proves nothing.
	Finish(ctx context.Context, callback string, flow Flow, answer url.Values) (Identity, error)
}

// Flow is what ties the way back to the way there.
type Flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
}

// Identity is who somebody is at the provider.
type Identity struct {
	// Subject is never given to somebody else.
	Subject string
	// Name and Email are what the provider says; "" if it does not, or has not verified it.
	Name, Email string
	Groups      []string
}

// Errors of a Provider.
var (
	// ErrProviderAway: the provider does not answer, or not as it should.
	ErrProviderAway = errors.New("the provider does not answer")
	// ErrDenied: the person, or the provider, said no.
	ErrDenied = errors.New("the provider did not let the person in")
)

// journey is a Flow with what is to be done at its end. It lies in a cookie of the browser that began it.
type journey struct {
	Flow
	Began time.Time `json:"t"`
	Next  string    `json:"to,omitempty"`
	// Person connects an account: who was signed in when it began.
	Person string `json:"p,omitempty"`
	// Token is of the link by which a person connects an account.
	Token string `json:"l,omitempty"`
}

// longestJourney is how long somebody may take at the provider.
const longestJourney = 10 * time.Minute

// callbackPath is where the provider sends the browser back to.
const callbackPath = "/login/openid/callback"

var (
	errNoOpenID = problem(http.StatusNotFound, "There is no other way to sign in", "Nobody set up a provider here. Sign in with name and password.")
	errStrayed  = problem(http.StatusBadRequest, "This sign-in is not one that began here", "It was begun in another browser, took longer than ten minutes, or was used before. Nobody was signed in. Go to the page to sign in and begin again.")
	errAwayID   = problem(http.StatusBadGateway, "The provider does not answer", "Nobody was signed in. Try again in a minute; if it stays so, ask whoever runs Kubeproof for the log of this minute.")
	errDeniedID = problem(http.StatusForbidden, "The provider did not let you in", "You said no there, or may not use Kubeproof. Nobody was signed in. Begin again, or ask an administrator of the provider.")
	errUnproved = problem(http.StatusForbidden, "The provider's answer proves nothing", "Nobody was signed in. Begin again; if it stays so, ask whoever runs Kubeproof for the log of this minute.")
)

// beginOpenID sends the browser to the provider, to sign in.
func (v *visit) beginOpenID() error {
	if err := v.form(); err != nil {
		return err
	}
	return v.depart(journey{Next: localPath(v.PostForm.Get("next"))})
}

// beginConnect sends the browser to the provider, to connect the account of who is here.
func (v *visit) beginConnect() error { return v.depart(journey{Person: v.person.ID, Next: "/account"}) }

// beginSetupOpenID sends the browser to the provider, to connect the account of a link's person.
func (v *visit) beginSetupOpenID() error {
	if err := v.form(); err != nil {
		return err
	}
	token := v.PostForm.Get("token")
	if _, _, err := v.invited(token); err != nil {
		return err
	}
	return v.depart(journey{Token: token})
}

// depart shows a page that goes on to the provider: a form may lead nowhere but here, so that what
// somebody slipped into a page cannot send one elsewhere.
func (v *visit) depart(j journey) error {
	if v.s.OpenID == nil {
		return errNoOpenID
	}
	address, flow, err := v.s.OpenID.Provider.Begin(v.Context(), v.callback())
	if err != nil {
		return v.unproved(err)
	}
	j.Flow, j.Began = flow, v.s.Now()
	if err := v.putJourney(j); err != nil {
		return err
	}
	v.w.Header().Set("Refresh", "0; url="+address)
	return v.show("depart.html", "Sign in", departPage{address, v.s.OpenID.Name})
}

type departPage struct{ To, Name string }

// openIDName is what the provider is called; "" if there is none.
func (s *Server) openIDName() string {
	if s.OpenID == nil {
		return ""
	}
	return s.OpenID.Name
}

func (v *visit) callback() string { return v.origin() + callbackPath }

func (v *visit) journeyCookie(value string, seconds int) *http.Cookie {
	cookie := v.s.cookie(value, seconds)
	cookie.Name += "-openid"
	return cookie
}

func (v *visit) putJourney(j journey) error {
	text, err := json.Marshal(j)
	if err == nil {
		http.SetCookie(v.w, v.journeyCookie(base64.RawURLEncoding.EncodeToString(text), int(longestJourney/time.Second)))
	}
	return err
}

// takeJourney gives what the browser set out for, once.
func (v *visit) takeJourney() (j journey, err error) {
	empty := v.journeyCookie("", -1)
	http.SetCookie(v.w, empty)
	cookie, err := v.Cookie(empty.Name)
	if err != nil {
		return j, errStrayed
	}
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err == nil {
		err = json.Unmarshal(text, &j)
	}
	if took := v.s.Now().Sub(j.Began); err != nil || j.State == "" || took < 0 || took > longestJourney {
		return j, errStrayed
	}
	return j, nil
}

// endOpenID is where the browser comes back to.
func (v *visit) endOpenID() error {
	if v.s.OpenID == nil {
		return errNoOpenID
	}
	j, err := v.takeJourney()
	if err != nil {
		return err
	}
	byAddress := "openid " + v.s.Address(v.Request)
	if left := v.s.limits.enter(v.s.Now(), attempt{byAddress, forgivenByAddress}); left > 0 {
		return problem(http.StatusTooManyRequests, "Too many sign-ins that failed", "Try again in "+waiting(left)+".")
	}
	identity, err := v.s.OpenID.Provider.Finish(v.Context(), v.callback(), j.Flow, v.URL.Query())
	if err != nil {
		return v.unproved(err)
	}
	v.s.limits.succeeded("", byAddress)
	switch {
	case j.Token != "":
		return v.connectByLink(j.Token, identity)
	case j.Person != "":
		return v.connectAccount(j.Person, identity)
	}
	return v.arrive(identity, cmp.Or(localPath(j.Next), "/"))
}

// unproved logs why nobody is let in, and tells it in general.
func (v *visit) unproved(err error) error {
	if v.Context().Err() != nil {
		return v.Context().Err()
	}
	v.s.Log.Warn("sign-in by OpenID Connect refused", "from", v.s.Address(v.Request), "error", err)
	switch {
	case errors.Is(err, ErrProviderAway):
		return errAwayID
	case errors.Is(err, ErrDenied):
		return errDeniedID
	}
	return errUnproved
}

package openid

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/server"
	"github.com/kubeproof/kubeproof/internal/server/stored"
)

// program builds the provider of test/oidc. Where that cannot be done the test is skipped, unless
// KUBEPROOF_OIDC_TESTS is require.
func program(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "oidc")
	command := exec.Command("go", "build", "-C", filepath.Join("..", "..", "..", "test", "oidc"), "-o", name, ".")
	command.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		if os.Getenv("KUBEPROOF_OIDC_TESTS") == "require" {
			t.Fatalf("build provider: %v: %s", err, out)
		}
		t.Skipf("no provider of OpenID Connect: %v: see test/oidc/README.md", err)
	}
	return name
}

// somebody is who signs in at the provider.
type somebody struct {
	Subject, Name, Email string
	Verified             bool
	Groups               []string
	Apart                bool
}

// office is a server with a provider beside it.
type office struct {
	t      *testing.T
	web    *httptest.Server
	issuer string
	j      *journal.Journal
	keeper *stored.Keeper
	pages  *server.Server
}

func newOffice(t *testing.T, program, secret string) *office {
	t.Helper()
	o := &office{t: t}
	o.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.pages.ServeHTTP(w, r) }))
	t.Cleanup(o.web.Close)
	o.issuer = o.provider(program, secret)

	library, err := checklist.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.NewKey("kubeproof.dev/ledger/test", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o.j, err = journal.Create(t.Context(), t.TempDir(), journal.Options{Key: key, Catalogue: library}, &review.AddPerson{ID: "anna", Roles: []review.Role{review.Administrator}, PersonText: review.PersonText{Name: "Anna", Email: "anna@example.com"}},
		&review.CreatePlan{ID: "main", Checklists: []string{"requirements"}, Environments: []string{"production"}, Settings: review.DefaultSettings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.j.Close() })
	provider, err := New(Options{Issuer: o.issuer, ClientID: "kubeproof", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	o.keeper = stored.New(o.j.Store(), time.Now)
	o.pages, err = server.New(server.Options{Journal: o.j, Accounts: o.keeper, Sessions: o.keeper, Links: o.keeper, Tokens: o.keeper, Library: library, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), OpenID: &server.OpenID{Provider: provider, Issuer: o.issuer, Name: "Example ID",
		Roles: review.GroupRoles{"devs": {review.Contributor}, "security": {review.Reviewer}, "leads": {review.Contributor, review.Reviewer}, "ops": {review.Administrator}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.pages.Wait)
	return o
}

// provider starts the provider and gives its address.
func (o *office) provider(program, secret string) string {
	command := exec.Command(program, "-redirect", o.web.URL+"/login/openid/callback", "-secret", secret)
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		o.t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { in.Close(); _ = command.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// signsIn says who signs in next at the provider.
func (o *office) signsIn(one somebody) {
	o.t.Helper()
	text, _ := json.Marshal(one)
	request, _ := http.NewRequest("PUT", o.issuer+"/test/person", bytes.NewReader(text))
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		o.t.Fatal(response, err)
	}
	response.Body.Close()
}

// browser goes where it is sent, but for what stop says.
type browser struct {
	o *office
	http.Client
	stop string
}

func (o *office) browser() *browser {
	jar, _ := cookiejar.New(nil)
	b := &browser{o: o, Client: http.Client{Jar: jar}}
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if b.stop != "" && strings.Contains(r.URL.Path, b.stop) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return b
}

// page is what came, and from where.
type page struct {
	status int
	at     *url.URL
	text   string
	header http.Header
}

func (b *browser) page(response *http.Response, err error) page {
	b.o.t.Helper()
	if err != nil {
		b.o.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.o.t.Fatal(err)
	}
	return page{response.StatusCode, response.Request.URL, string(text), response.Header}
}

func (b *browser) get(address string) page {
	b.o.t.Helper()
	return b.page(b.Client.Get(address))
}

func (b *browser) post(path string, pairs ...string) page {
	b.o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.page(b.PostForm(b.o.web.URL+path, form))
}

var refresh = regexp.MustCompile(`^0; url=(.+)$`)

// travel sends a form that leads to the provider, goes there, and comes back.
func (b *browser) travel(path string, pairs ...string) page {
	b.o.t.Helper()
	return b.get(b.depart(path, pairs...))
}

func (b *browser) depart(path string, pairs ...string) string {
	b.o.t.Helper()
	there := b.post(path, pairs...)
	to := refresh.FindStringSubmatch(there.header.Get("Refresh"))
	if to == nil || !strings.Contains(there.text, "Go on to Example ID") {
		b.o.t.Fatalf("%s leads nowhere: %d %s", path, there.status, there.text)
	}
	return to[1]
}

// back is where the provider sends the browser, without going there.
func (b *browser) back(path string, pairs ...string) *url.URL {
	b.o.t.Helper()
	b.stop = "/login/openid/callback"
	defer func() { b.stop = "" }()
	got := b.get(b.depart(path, pairs...))
	to, err := url.Parse(got.header.Get("Location"))
	if err != nil || to.Query().Get("code") == "" {
		b.o.t.Fatalf("the provider gives no code: %d %q", got.status, got.header.Get("Location"))
	}
	return to
}

// in reports whether somebody is signed in, and who.
func (b *browser) in() string {
	b.o.t.Helper()
	name := regexp.MustCompile(`<a class="who"[^>]*>([^<]*)</a>`).FindStringSubmatch(b.get(b.o.web.URL + "/mywork").text)
	if name == nil {
		return ""
	}
	return name[1]
}

func (o *office) state() *review.State {
	o.t.Helper()
	state, err := o.j.Current(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	return state
}

// entries are the actions of the ledger from a size on, with their actors' names.
func (o *office) entries(from int64) string {
	o.t.Helper()
	var all []string
	if err := o.j.Entries(context.Background(), from, 0, func(e journal.Shown) error {
		all = append(all, o.state().NameOf(e.Actor)+" "+e.Action)
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

func (o *office) do(actor string, action review.Action) {
	o.t.Helper()
	if err := o.j.Act(context.Background(), actor, func(w *journal.Work) error { return w.Do(action) }); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) expectRoles(name string, want ...review.Role) {
	o.t.Helper()
	person := o.state().Find(name)
	if person == nil || !slices.Equal(person.Roles, want) {
		o.t.Errorf("%s has roles %+v, want %v", name, person, want)
	}
}

// TestSignInByProvider goes all the way with a certified provider: a public client, and one with a secret.
func TestSignInByProvider(t *testing.T) {
	built := program(t)
	for _, secret := range []string{"", "a secret of both"} {
		t.Run(fmt.Sprintf("secret %q", secret), func(t *testing.T) { signInByProvider(t, newOffice(t, built, secret)) })
	}
}

func signInByProvider(t *testing.T, o *office) {
	pia := somebody{Subject: "1", Name: "Pia Peters", Email: "pia@example.com", Verified: true, Groups: []string{"devs", "all"}}
	o.signsIn(pia)
	b := o.browser()
	if got := b.travel("/login/openid", "next", "/ledger?from=0"); got.status != http.StatusOK || got.at.RequestURI() != "/ledger?from=0" || b.in() != "Pia Peters" {
		t.Fatalf("%d at %s as %q: %s", got.status, got.at, b.in(), got.text)
	}
	o.expectRoles("Pia Peters", review.Contributor)
	if got, want := o.entries(3), "system person.admit, Pia Peters session.begin"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if o.state().EmailOf(o.state().Find("Pia Peters").ID) != pia.Email {
		t.Error("the address is not kept")
	}

	from := o.state().Size
	pia.Groups, pia.Apart, pia.Name = []string{"security"}, true, "Pia Meyer"
	o.signsIn(pia)
	if b = o.browser(); b.travel("/login/openid", "next", "https://evil.example/").at.RequestURI() != "/" || b.in() != "Pia Peters" {
		t.Error("she is not let in again, or led away")
	}
	o.expectRoles("Pia Peters", review.Reviewer)
	if got, want := o.entries(from), "system person.follow, Pia Peters session.begin"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	from = o.state().Size
	o.browser().travel("/login/openid")
	if got, want := o.entries(from), "Pia Peters session.begin"; got != want {
		t.Errorf("%s, want %s", got, want)
	}

	pia.Groups = []string{"devs", "security"}
	o.signsIn(pia)
	other := o.browser()
	if got := other.travel("/login/openid"); got.status != http.StatusForbidden || !strings.Contains(got.text, "do not fit together") || other.in() != "" {
		t.Errorf("by two groups she is both: %d", got.status)
	}
	pia.Groups = []string{"leads"}
	o.signsIn(pia)
	other.travel("/login/openid")
	o.expectRoles("Pia Peters", review.Contributor, review.Reviewer)

	pia.Groups = []string{"nothing of that"}
	o.signsIn(pia)
	last := o.browser()
	if got := last.travel("/login/openid"); got.status != http.StatusForbidden || !strings.Contains(got.text, "Ask an administrator") || last.in() != "" || b.in() != "" || other.in() != "" {
		t.Errorf("without a group she is in: %d", got.status)
	}
	from = o.state().Size
	last.travel("/login/openid")
	if o.state().Size != from {
		t.Error("it is noted twice that she is out")
	}
	pia.Groups = []string{"devs"}
	o.signsIn(pia)
	if last.travel("/login/openid"); last.in() != "Pia Peters" {
		t.Error("she does not come back with a group")
	}
	o.do("anna", &review.Leave{ID: o.state().Find("Pia Peters").ID})
	if got := o.browser().travel("/login/openid"); got.status != http.StatusForbidden || last.in() != "" {
		t.Errorf("who has left is let in: %d", got.status)
	}
	if b := o.browser(); b.post("/login/openid", "next", "/").header.Get("Refresh") == "" || b.get(o.web.URL+"/login").status != http.StatusOK {
		t.Error("the page to sign in is gone")
	}
	for _, one := range b.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(o.web.URL, "http://"), Path: "/"}) {
		if strings.HasSuffix(one.Name, "-openid") {
			t.Error("the cookie of the way stays")
		}
	}
}

// TestStrangers: nobody gets a person's place by a name or an address, and without a group nobody gets any.
func TestStrangers(t *testing.T) {
	o := newOffice(t, program(t), "")
	from := o.state().Size
	for name, one := range map[string]somebody{
		"ask an administrator":    {Subject: "2", Name: "Nobody", Groups: []string{"all"}},
		"none of your groups":     {Subject: "3", Name: "Nobody"},
		"known as &#34;ANNA&#34;": {Subject: "4", Name: "ANNA", Groups: []string{"ops"}},
		"anna@example.com":        {Subject: "5", Name: "Other", Email: "anna@example.com", Verified: true, Groups: []string{"ops"}},
		"name the person":         {Subject: "6", Groups: []string{"devs"}},
		"takes no &":              {Subject: "7", Name: "no", Groups: []string{}},
	} {
		o.signsIn(one)
		b := o.browser()
		got := b.travel("/login/openid")
		if got.status != http.StatusForbidden || b.in() != "" || name != "takes no &" && !strings.Contains(strings.ToLower(got.text), strings.ToLower(name)) {
			t.Errorf("%+v: %d %s, want %s", one, got.status, got.text, name)
		}
	}
	o.signsIn(somebody{}) // the provider says no
	if got := o.browser().travel("/login/openid"); got.status != http.StatusForbidden || !strings.Contains(got.text, "did not let you in") {
		t.Errorf("a denial: %d %s", got.status, got.text)
	}
	if got := o.entries(from); got != "" {
		t.Errorf("entries were written: %s", got)
	}
}

// TestTampering: answers that are not those of this browser's sign-in let nobody in.
func TestTampering(t *testing.T) {
	o := newOffice(t, program(t), "")
	o.signsIn(somebody{Subject: "1", Name: "Pia", Groups: []string{"devs"}})
	refused := func(name string, b *browser, address string, status int) {
		t.Helper()
		if got := b.get(address); got.status != status || b.in() != "" {
			t.Errorf("%s: %d as %q, want %d", name, got.status, b.in(), status)
		}
	}
	b := o.browser()
	with := func(change func(url.Values)) string {
		to := b.back("/login/openid")
		query := to.Query()
		change(query)
		to.RawQuery = query.Encode()
		return to.String()
	}
	refused("another state", b, with(func(q url.Values) { q.Set("state", "other") }), http.StatusForbidden)
	refused("no state", b, with(func(q url.Values) { q.Del("state") }), http.StatusForbidden)
	refused("another code", b, with(func(q url.Values) { q.Set("code", "other") }), http.StatusForbidden)
	refused("another browser", o.browser(), with(func(url.Values) {}), http.StatusBadRequest)

	first, second := o.browser(), o.browser()
	there, here := first.back("/login/openid"), second.back("/login/openid")
	mixed := here.Query()
	mixed.Set("code", there.Query().Get("code")) // of another sign-in: neither its verifier nor its nonce fit
	here.RawQuery = mixed.Encode()
	refused("somebody else's code", second, here.String(), http.StatusForbidden)

	again := o.browser()
	address := again.back("/login/openid").String()
	saved, _ := url.Parse(o.web.URL)
	cookies := again.Jar.Cookies(saved)
	if got := again.get(address); got.status != http.StatusOK || again.in() != "Pia" {
		t.Fatalf("%d %s", got.status, got.text)
	}
	thief := o.browser()
	refused("a code that was used", thief, address, http.StatusBadRequest)
	thief.Jar.SetCookies(saved, cookies)
	refused("a code that was used, with its cookie", thief, address, http.StatusForbidden)
	thief.Jar.SetCookies(saved, []*http.Cookie{{Name: "kubeproof-openid", Value: "bm9uc2Vuc2U", Path: "/"}})
	refused("a cookie of nonsense", thief, address, http.StatusBadRequest)
	if got := o.browser().get(o.web.URL + "/login/openid/callback"); got.status != http.StatusBadRequest {
		t.Errorf("nothing at all: %d", got.status)
	}
}

// TestConnect: who is here already connects the own account, or by a link, and nobody else's identity.
func TestConnect(t *testing.T) {
	o := newOffice(t, program(t), "")
	const password = "four words of a test"
	path, err := o.pages.BeginSetup(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	anna := o.browser()
	token := strings.TrimPrefix(path, "/setup?token=")
	if got := anna.get(o.web.URL + path); !strings.Contains(got.text, "Connect with Example ID") {
		t.Error("the link offers no provider")
	}
	anna.post("/setup", "token", token, "login", "anna", "password", password, "again", password)
	if anna.in() != "Anna" {
		t.Fatal("she is not in")
	}
	o.do("anna", &review.AddPerson{ID: "ben", Roles: []review.Role{review.Reviewer}, PersonText: review.PersonText{Name: "Ben"}})

	o.signsIn(somebody{Subject: "1", Name: "Anna", Groups: []string{"devs"}})
	from := o.state().Size
	if got := anna.travel("/account/openid"); got.at.Path != "/account" {
		t.Fatalf("%d at %s: %s", got.status, got.at, got.text)
	}
	b := o.browser()
	if b.travel("/login/openid"); b.in() != "Anna" {
		t.Error("she cannot sign in by the provider")
	}
	o.expectRoles("Anna", review.Administrator)
	if got, want := o.entries(from), "Anna account.connect, Anna session.begin"; got != want {
		t.Errorf("%s, want %s", got, want)
	}

	invite := func() string {
		got := anna.post("/people/ben/invite")
		found := regexp.MustCompile(`/setup\?token=([\w-]+)`).FindStringSubmatch(got.text)
		if found == nil {
			t.Fatalf("no link: %d %s", got.status, got.text)
		}
		return found[1]
	}
	ben := o.browser()
	if got := ben.travel("/setup/openid", "token", invite()); got.status != http.StatusConflict || ben.in() != "" {
		t.Errorf("Anna's identity is connected to Ben: %d", got.status)
	}
	o.signsIn(somebody{Subject: "2", Name: "Somebody", Groups: []string{"all"}})
	token = invite()
	if ben.travel("/setup/openid", "token", token); ben.in() != "Ben" {
		t.Error("the link does not connect him")
	}
	if got := o.browser().post("/setup/openid", "token", token); got.status != http.StatusForbidden {
		t.Errorf("the link works twice: %d", got.status)
	}
	o.expectRoles("Ben", review.Reviewer)

	address := anna.back("/account/openid").String() // began as Anna, and ends as somebody else
	anna.post("/logout")
	if got := anna.get(address); got.status != http.StatusBadRequest {
		t.Errorf("it connects whoever is here then: %d", got.status)
	}
	anna.post("/login", "login", "anna", "password", password)
	anna.post("/people/ben/disconnect")
	if ben.in() != "" {
		t.Error("Ben is still in")
	}
	if got := ben.travel("/login/openid"); got.status != http.StatusForbidden || ben.in() != "" {
		t.Errorf("Ben signs in though he is disconnected: %d", got.status)
	}
}

// TestProviderGone: without an answer the page says so, and passwords still work.
func TestProviderGone(t *testing.T) {
	o := newOffice(t, program(t), "")
	web := httptest.NewServer(http.NotFoundHandler())
	web.Close()
	gone, err := New(Options{Issuer: web.URL, ClientID: "kubeproof"})
	if err != nil {
		t.Fatal(err)
	}
	o.pages.OpenID.Provider = gone
	if got := o.browser().post("/login/openid"); got.status != http.StatusBadGateway || !strings.Contains(got.text, "does not answer") {
		t.Errorf("%d %s", got.status, got.text)
	}
}

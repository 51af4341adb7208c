package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

var loaded = sync.OnceValues(func() (*checklist.Library, review.Controls) {
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		panic(err)
	}
	all, err := control.LoadRules(catalog.FS, "controls", "")
	if err != nil {
		panic(err)
	}
	controls := review.Controls{}
	for _, one := range all {
		controls[one.ID] = one
	}
	return library, controls
})

// catalogue is the built-in one.
func catalogue(testing.TB) (*checklist.Library, review.Controls) { return loaded() }

// password is everybody's.
const password = "four words of a test"

// cheap lets tests sign in often.
var cheap = cost{64, 1, 1}

// house is a server with a review, people of every role, and a clock that tests move.
type house struct {
	t     testing.TB
	s     *Server
	web   *httptest.Server
	kept  *memory
	j     *journal.Journal
	log   *bytes.Buffer
	mutex sync.Mutex
	clock time.Time
}

// everybody are those who work in the house, by role.
var everybody = map[string][]review.Role{
	"anna": {review.Administrator}, "carl": {review.Contributor}, "dana": {review.Reviewer}, "vera": {review.Viewer},
	"rob": {review.Contributor, review.Reviewer}, "uma": {review.Auditor},
}

// lockedWriter is for buffers that are written by many requests.
type lockedWriter struct {
	mutex *sync.Mutex
	out   io.Writer
}

func (l lockedWriter) Write(text []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.out.Write(text)
}

func newHouse(t testing.TB) *house {
	t.Helper()
	return newHouseAt(t, t.TempDir())
}

// newHouseAt has its store at a place.
func newHouseAt(t testing.TB, place string) *house {
	t.Helper()
	h := &house{t: t, kept: newMemory(), log: &bytes.Buffer{}, clock: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	library, controls := catalogue(t)
	key, err := ledger.NewKey("kubeproof.dev/ledger/test", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := journal.Create(t.Context(), place, journal.Options{Key: key, Catalogue: library, Now: h.now},
		&review.AddPerson{ID: "anna", Roles: everybody["anna"], PersonText: review.PersonText{Name: "Anna"}},
		&review.CreatePlan{ID: "main", Checklists: []string{"information-security-review", "requirements"}, Environments: []string{"production"}, Settings: review.DefaultSettings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	h.j = opened
	for _, id := range []string{"carl", "dana", "rob", "uma", "vera"} {
		until := ""
		if id == "uma" {
			until = "2026-12-31"
		}
		h.do("anna", &review.AddPerson{ID: id, Roles: everybody[id], Until: until, PersonText: review.PersonText{Name: strings.ToUpper(id[:1]) + id[1:]}})
	}
	log := slog.New(slog.NewTextHandler(lockedWriter{&h.mutex, h.log}, nil))
	h.s, err = New(Options{Journal: h.j, Accounts: h.kept, Sessions: h.kept, Links: h.kept, Tokens: h.kept, SavedViews: h.kept, Library: library, Controls: controls, Now: h.now, Log: log, Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	h.s.passwords = newPasswords(cheap)
	for id := range everybody {
		h.account(id)
	}
	t.Cleanup(h.s.Wait)
	h.web = httptest.NewServer(h.s)
	t.Cleanup(h.web.Close)
	return h
}

// account lets a person sign in by id and password.
func (h *house) account(id string) {
	h.t.Helper()
	if err := h.kept.ChangeAccount(context.Background(), id, func(a *Account) error {
		a.Login, a.Hash = id, h.s.passwords.hash(password)
		return nil
	}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) now() time.Time {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.clock
}

func (h *house) pass(d time.Duration) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.clock = h.clock.Add(d)
}

// do has somebody act past the pages.
func (h *house) do(who string, actions ...review.Action) {
	h.t.Helper()
	err := h.j.Act(context.Background(), who, func(w *journal.Work) error {
		for _, action := range actions {
			if err := w.Do(action); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) state() *review.State {
	h.t.Helper()
	state, err := h.j.Current(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	return state
}

// scanned records a scan in which a control gave some outcomes.
func (h *house) scanned(name string, seen map[string]review.ScanControl) {
	h.t.Helper()
	h.do("carl", &review.RecordScan{Plan: "main", Environment: "production", Label: "test", Made: h.now(), Seen: review.ScanSeen{Controls: seen, Methods: []checklist.Method{"C", "F"}, Subjects: 3},
		ScanText: review.ScanText{Name: name, Targets: []string{name}}})
}

func fails(n int) review.ScanControl {
	return review.ScanControl{Outcomes: assessment.Counts{Fail: n, Pass: 1}}
}

// browser is a browser of one person.
type browser struct {
	h *house
	http.Client
}

func (h *house) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{h, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a browser in which somebody is signed in.
func (h *house) as(login string) *browser {
	h.t.Helper()
	b := h.browser()
	if got := b.post("/login", "login", login, "password", password); got.status != http.StatusSeeOther {
		h.t.Fatalf("sign in as %s: %d %s", login, got.status, got.text)
	}
	return b
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	text   string
}

func (b *browser) send(request *http.Request) reply {
	b.h.t.Helper()
	response, err := b.Do(request)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

func (b *browser) ask(method, path, contentType, body string) reply {
	b.h.t.Helper()
	request, err := http.NewRequest(method, b.h.web.URL+path, strings.NewReader(body))
	if err != nil {
		b.h.t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	return b.send(request)
}

func (b *browser) get(path string) reply { return b.ask("GET", path, "", "") }

func (b *browser) post(path string, pairs ...string) reply {
	b.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.ask("POST", path, "application/x-www-form-urlencoded", form.Encode())
}

// done posts a form, demands that it was accepted, and gives the page that follows.
func (b *browser) done(path string, pairs ...string) string {
	b.h.t.Helper()
	got := b.post(path, pairs...)
	if got.status != http.StatusSeeOther {
		b.h.t.Fatalf("POST %s: %d %s", path, got.status, told(got.text))
	}
	next := b.get(got.header.Get("Location"))
	if strings.Contains(next.text, `class="flash wrong"`) {
		b.h.t.Fatalf("POST %s was refused: %s", path, told(next.text))
	}
	return next.text
}

// upload posts a file with a form.
func (b *browser) upload(path, name string, data []byte, pairs ...string) reply {
	b.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = form.WriteField(pairs[i], pairs[i+1])
	}
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err != nil {
		b.h.t.Fatal(err)
	}
	form.Close()
	return b.ask("POST", path, form.FormDataContentType(), body.String())
}

var flashText = regexp.MustCompile(`(?s)<p class="flash[^>]*>(.*?)</p>|<h1>(.*?)</h1>`)

// told is what a page says first.
func told(page string) string { return fmt.Sprint(flashText.FindStringSubmatch(page)) }

package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
)

// entries are the actions of the ledger from a size on, with their actors.
func (h *house) entries(from int64) []string {
	h.t.Helper()
	h.s.Wait()
	var all []string
	if err := h.j.Entries(h.t.Context(), from, 0, func(e journal.Shown) error {
		all = append(all, e.Actor+" "+e.Action)
		return nil
	}); err != nil {
		h.t.Fatal(err)
	}
	return all
}

// TestSignInsAreEntries: one for each sign-in and each lock-out, none for wrong passwords, and none holds
// from where somebody came.
func TestSignInsAreEntries(t *testing.T) {
	h := newHouse(t)
	from := h.state().Size
	h.as("vera")
	b := h.browser()
	for range 3 * forgivenByLogin {
		b.post("/login", "login", "carl", "password", "wrong")
		b.post("/login", "login", "nobody", "password", "wrong")
	}
	if got, want := h.entries(from), []string{"vera session.begin", "system account.lock"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	h.pass(time.Hour)
	from = h.state().Size
	h.as("carl")
	token := linkOf(t, h.as("anna").post("/people/dana/invite"))
	if got := h.browser().post("/setup", "token", token, "login", "dana", "password", "another four words", "again", "another four words"); got.status != http.StatusSeeOther {
		t.Fatal(got.status, told(got.text))
	}
	if got, want := h.entries(from), []string{"carl session.begin", "anna session.begin", "dana account.password", "dana session.begin"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	page := h.as("vera").get("/ledger").text
	if !strings.Contains(page, "signed in") || !strings.Contains(page, "locked the account of") || strings.Contains(page, "127.0.0.1") {
		t.Error("the page of the ledger does not show them, or shows from where")
	}
	if page := h.as("vera").get("/").text; strings.Contains(page, "signed in") {
		t.Error("the overview shows who signed in")
	}
}

// linkOf is the token of the link on a page.
func linkOf(t *testing.T, got reply) string {
	t.Helper()
	_, rest, found := strings.Cut(got.text, "/setup?token=")
	if !found || len(rest) < 43 {
		t.Fatalf("no link: %d %s", got.status, told(got.text))
	}
	return rest[:43]
}

// TestLockOutOutlivesServers: another server on the same accounts lets nobody in either, and tells no more
// than of a login that nobody has.
func TestLockOutOutlivesServers(t *testing.T) {
	h := newHouse(t)
	for range forgivenByLogin {
		h.browser().post("/login", "login", "carl", "password", "wrong")
	}
	h.s.Wait()
	h.s.limits = newLimits() // as after a new start
	known, unknown := h.browser().post("/login", "login", "carl", "password", password), h.browser().post("/login", "login", "nobody", "password", password)
	if known.status != http.StatusUnauthorized || strings.ReplaceAll(unknown.text, "nobody", "carl") != known.text {
		t.Errorf("%d %s", known.status, told(known.text))
	}
	h.pass(firstLock + time.Second)
	if got := h.browser().post("/login", "login", "carl", "password", password); got.status != http.StatusSeeOther {
		t.Errorf("the lock does not end: %d", got.status)
	}
	if account, _ := h.kept.AccountFor(t.Context(), "carl"); account.Failures != 0 || !account.LockedUntil.IsZero() {
		t.Errorf("the right password is not noted: %+v", account)
	}
}

func TestFailuresAreForgotten(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	a := &Account{}
	var locks []time.Duration
	for range 8 {
		if a.failed(now) {
			locks = append(locks, a.LockedUntil.Sub(now))
			now = a.LockedUntil
		}
	}
	if want := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute}; !slices.Equal(locks, want) {
		t.Errorf("locks of %v, want %v", locks, want)
	}
	if a.failed(a.LockedUntil.Add(-time.Second)) {
		t.Error("a try while it was locked locks once more")
	}
	if a.failed(a.LockedUntil.Add(forgottenAfter + time.Minute)) {
		t.Error("old failures are not forgotten")
	}
}

// TestSignInsKeepWhatWasWorkedOut: a view is worked out anew after a change, and not after a sign-in.
func TestSignInsKeepWhatWasWorkedOut(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	carl.get("/")
	before := h.s.views.all["main"]
	h.as("vera").get("/")
	if h.s.views.all["main"] != before {
		t.Error("a sign-in makes the view anew")
	}
	carl.done("/items/S4.039/comment", "key", "backups", "text", "hello")
	if h.s.views.all["main"] == before {
		t.Error("a change does not make the view anew")
	}
}

// TestNobodySignsInUnnoted: where the ledger cannot be written nobody gets a session.
func TestNobodySignsInUnnoted(t *testing.T) {
	h := newHouse(t)
	h.j.UseKey(nil)
	b := h.browser()
	if got := b.post("/login", "login", "carl", "password", password); got.status < 500 || got.header.Get("Set-Cookie") != "" {
		t.Errorf("%d %v", got.status, got.header)
	}
	if len(h.kept.sessions) != 0 {
		t.Error("a session began")
	}
}

package server

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const changed = "five other words of it"

// TestChangePassword: who knows the old one sets a new one, and everybody else is signed out.
func TestChangePassword(t *testing.T) {
	h := newHouse(t)
	carl, other := h.as("carl"), h.as("carl")
	for why, form := range map[string][]string{
		"old password is wrong":   {"old", "wrong", "password", changed, "again", changed},
		"two passwords differ":    {"old", password, "password", changed, "again", "x"},
		"password is too short":   {"old", password, "password", "short", "again", "short"},
		"holds the name that you": {"old", password, "password", "carl carl carl carl", "again", "carl carl carl carl"},
	} {
		if got := carl.post("/account/password", form...); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, why) {
			t.Errorf("%s: %d %s", why, got.status, told(got.text))
		}
	}
	from, before := h.state().Size, cookieOf(h, carl)
	if page := carl.done("/account/password", "old", password, "password", changed, "again", changed); !strings.Contains(page, "is changed") {
		t.Error(told(page))
	}
	if other.get("/mywork").status == 200 || cookieOf(h, carl) == before {
		t.Error("another session, or the old token, lives on")
	}
	if got, want := h.entries(from), []string{"carl account.password"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if h.browser().post("/login", "login", "carl", "password", password).status != http.StatusUnauthorized || h.browser().post("/login", "login", "carl", "password", changed).status != http.StatusSeeOther {
		t.Error("the old password counts, or the new one does not")
	}
}

func cookieOf(h *house, b *browser) string {
	request, _ := http.NewRequest("GET", h.web.URL, nil)
	for _, cookie := range b.Jar.Cookies(request.URL) {
		return cookie.Value
	}
	return ""
}

// TestGuessOldPassword locks who found a browser that is signed in out, as at the page to sign in.
func TestGuessOldPassword(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	from := h.state().Size
	for range forgivenByLogin {
		carl.post("/account/password", "old", "wrong", "password", changed, "again", changed)
	}
	if got := carl.post("/account/password", "old", password, "password", changed, "again", changed); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", got.status, told(got.text))
	}
	if got, want := h.entries(from), []string{"system account.lock"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestOwnSessions(t *testing.T) {
	h := newHouse(t)
	carl, other, third, dana := h.as("carl"), h.as("carl"), h.as("carl"), h.as("dana")
	ids := regexp.MustCompile(`name="id" value="([0-9a-f]{64})"`)
	if page := carl.get("/account").text; strings.Count(page, "Go-http-client") != 3 || strings.Count(page, "this one") != 1 {
		t.Error("the sessions are not shown")
	}
	mine, hers := h.kept.sessions[digest(cookieOf(h, other))].ID, ids.FindStringSubmatch(dana.get("/account").text)[1]
	carl.done("/account/sessions/end", "id", hers)
	carl.done("/account/sessions/end", "id", mine)
	if other.get("/mywork").status == 200 || carl.get("/mywork").status != 200 || dana.get("/mywork").status != 200 {
		t.Error("another session was ended")
	}
	carl.done("/account/sessions/end")
	if third.get("/mywork").status == 200 || carl.get("/mywork").status != 200 {
		t.Error("the others were not ended, or the own was")
	}
	own := digest(cookieOf(h, carl))
	if got := carl.post("/account/sessions/end", "id", own); got.header.Get("Location") != "/login" || carl.get("/mywork").status == 200 {
		t.Error("the own session was not ended")
	}
}

func TestOwnTokens(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	for why, form := range map[string][]string{
		"for how many days":         {"name", "ci", "days", "367", "scope", "read"},
		"Make token: say for":       {"name", "ci", "days", "x", "scope", "read"},
		"say in a few words":        {"name", " ", "days", "3", "scope", "read"},
		"choose scopes of":          {"name", "ci", "days", "3"},
		"&#34;root&#34; is unknown": {"name", "ci", "days", "3", "scope", "root"},
	} {
		if got := carl.post("/account/tokens", form...); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, why) {
			t.Errorf("%s: %d %s", why, got.status, told(got.text))
		}
	}
	made := carl.post("/account/tokens", "name", "my <ci>", "days", "3", "scope", "read", "scope", "scan").text
	secret := regexp.MustCompile(`kpt_[\w-]{43}`).FindString(made)
	if secret == "" || strings.Contains(carl.get("/account").text, secret) || strings.Contains(h.log.String(), secret) {
		t.Error("the token is not shown once, and only once")
	}
	token := h.kept.tokens["carl"][0]
	if !token.Expires.Equal(h.now().AddDate(0, 0, 3)) || !slices.Equal(token.Scopes, []string{"read", "scan"}) || !strings.Contains(carl.get("/account").text, "my &lt;ci&gt;") {
		t.Errorf("%+v", token)
	}
	if got := h.as("dana").post("/account/tokens/revoke", "id", token.ID); got.status != http.StatusNotFound {
		t.Errorf("somebody else's token was revoked: %d", got.status)
	}
	carl.done("/account/tokens/revoke", "id", token.ID)
	if len(h.kept.tokens["carl"]) != 0 {
		t.Error("it is still there")
	}
}

// TestAdministratorEndsSessions everywhere, which is an entry.
func TestAdministratorEndsSessions(t *testing.T) {
	h := newHouse(t)
	carl, anna := h.as("carl"), h.as("anna")
	from := h.state().Size
	anna.done("/people/carl/sessions/end")
	if carl.get("/mywork").status == 200 || anna.get("/mywork").status != 200 {
		t.Error("carl is still in, or anna is not")
	}
	if got, want := h.entries(from), []string{"anna session.end"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestLastDay: after it the person is signed out, cannot sign in, and is shown as ended.
func TestLastDay(t *testing.T) {
	h := newHouse(t)
	anna := h.as("anna")
	anna.done("/people", "name", "Kim Audit", "role", "auditor", "until", "2026-06-02")
	kim := h.state().Find("Kim Audit").ID
	h.account(kim)
	h.as(kim)
	anna.done("/people/carl/until", "until", "2026-06-02")
	for range 23 {
		h.pass(time.Hour - time.Minute)
		anna.get("/mywork")
	}
	if h.as(kim).get("/mywork").status != 200 || h.as("carl").get("/mywork").status != 200 {
		t.Error("the last day does not count whole")
	}
	carl, in := h.as("carl"), h.as(kim)
	h.pass(13*time.Hour + 30*time.Minute)
	for _, session := range []*browser{carl, in} {
		if session.get("/mywork").status == 200 {
			t.Error("the session outlives the last day")
		}
	}
	for _, login := range []string{"carl", kim} {
		if got := h.browser().post("/login", "login", login, "password", password); got.status != http.StatusUnauthorized {
			t.Errorf("%s signs in after the last day: %d", login, got.status)
		}
	}
	anna = h.as("anna")
	if page := anna.get("/people").text; strings.Count(page, "ended 2026-06-02") != 2 {
		t.Error("the page does not show who ended")
	}
	if got := anna.post("/people/carl/invite"); got.status != http.StatusConflict {
		t.Errorf("a link for somebody who ended: %d", got.status)
	}
	anna.done("/people/carl/until", "until", "")
	h.as("carl")
	if got := anna.post("/people/"+kim+"/until", "until", ""); !strings.Contains(anna.get(got.header.Get("Location")).text, "name the last day of the auditor") {
		t.Error("an auditor without an end")
	}
}

// TestDisconnectSelf needs another way in.
func TestDisconnectSelf(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	account := func() Account { a, _ := h.kept.AccountFor(t.Context(), "carl"); return a }
	set := func(hash string) {
		_ = h.kept.ChangeAccount(t.Context(), "carl", func(a *Account) error { a.Hash, a.Subject = hash, "https://id.example.com 1"; return nil })
	}
	saved := account().Hash
	set("")
	got := carl.post("/account/openid/disconnect")
	if page := carl.get(got.header.Get("Location")).text; !strings.Contains(page, "You have no password") || account().Subject == "" {
		t.Error(told(page))
	}
	set(saved)
	carl.done("/account/openid/disconnect")
	if account().Subject != "" {
		t.Error("it is still connected")
	}
}

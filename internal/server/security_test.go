package server

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/server/handout"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

func TestHeaders(t *testing.T) {
	h := newHouse(t)
	for _, b := range []*browser{h.browser(), h.as("vera")} {
		for _, path := range []string{"/", "/login", "/nothing"} {
			got := b.get(path)
			for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin"} {
				if got.header.Get(name) != want {
					t.Errorf("%s: %s is %q", path, name, got.header.Get(name))
				}
			}
		}
	}
	for name := range assetNames {
		path, _ := h.s.assetPath(name)
		got := h.browser().get(path)
		if got.status != 200 || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
	}
}

// TestForeignForms refuses what another site sends with somebody's cookie.
func TestForeignForms(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	before := h.state().Size
	for _, headers := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}} {
		request, _ := http.NewRequest("POST", h.web.URL+"/items/S4.039/comment", strings.NewReader("key=backups&text=forged"))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range headers {
			request.Header.Set(name, value)
		}
		if got := carl.send(request); got.status != http.StatusForbidden || !strings.Contains(got.text, "another site") {
			t.Errorf("%v: %d", headers, got.status)
		}
	}
	if h.state().Size != before {
		t.Error("a forged form was written")
	}
}

func TestCookies(t *testing.T) {
	h := newHouse(t)
	got := h.browser().post("/login", "login", "carl", "password", password)
	cookie := got.header.Get("Set-Cookie")
	for _, want := range []string{"kubeproof=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("%s is missing: %s", want, cookie)
		}
	}
	h.s.Secure = true
	got = h.browser().post("/login", "login", "carl", "password", password)
	if cookie := got.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-kubeproof=") || !strings.Contains(cookie, "Secure") || got.header.Get("Strict-Transport-Security") == "" {
		t.Error(cookie)
	}
}

// TestFixation signs in with a token that somebody else chose: it is worth nothing then.
func TestFixation(t *testing.T) {
	h := newHouse(t)
	vera := h.as("vera")
	chosen := h.web.URL
	request, _ := http.NewRequest("POST", chosen+"/login", strings.NewReader("login=carl&password="+strings.ReplaceAll(password, " ", "+")))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	old := ""
	for _, cookie := range vera.Jar.Cookies(request.URL) {
		old = cookie.Value
	}
	if got := vera.send(request); got.status != 303 {
		t.Fatal(got.status)
	}
	thief := h.browser()
	stolen, _ := http.NewRequest("GET", chosen+"/mywork", nil)
	for _, value := range []string{old, "chosen", ""} {
		stolen.Header.Set("Cookie", "kubeproof="+value)
		if got := thief.send(stolen); got.status != 303 {
			t.Errorf("the old token %q still works: %d", value, got.status)
		}
	}
	if len(old) < 43 {
		t.Errorf("a token has %d characters", len(old))
	}
}

func TestSessionsEnd(t *testing.T) {
	h := newHouse(t)
	in := func(b *browser) bool { return b.get("/mywork").status == 200 }
	idle := h.as("carl")
	h.pass(59 * time.Minute)
	if !in(idle) {
		t.Error("it ended too early")
	}
	h.pass(61 * time.Minute)
	if in(idle) {
		t.Error("it outlived an hour of nothing")
	}
	busy := h.as("carl")
	for range 23 {
		h.pass(30 * time.Minute)
		if !in(busy) {
			t.Fatal("it ended though somebody was there")
		}
	}
	h.pass(31 * time.Minute)
	if in(busy) {
		t.Error("it outlived twelve hours")
	}
	gone := h.as("vera")
	h.as("anna").done("/people/vera/leave")
	if in(gone) || h.browser().post("/login", "login", "vera", "password", password).status != http.StatusUnauthorized {
		t.Error("who has left is still here")
	}
	out := h.as("carl")
	saved := out.Jar
	out.post("/logout")
	out.Jar = saved
	if in(out) {
		t.Error("signed out, and still in")
	}
}

func TestLockOut(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	try := func(login, word string) reply { return b.post("/login", "login", login, "password", word) }
	known, unknown := try("carl", "wrong"), try("nobody", "wrong")
	if known.status != http.StatusUnauthorized || unknown.status != known.status || strings.ReplaceAll(unknown.text, "nobody", "carl") != known.text {
		t.Error("what is told depends on whether there is somebody")
	}
	for range forgivenByLogin - 1 {
		try("carl", "wrong")
		try("nobody", "wrong")
	}
	for _, login := range []string{"carl", "CARL ", "nobody"} {
		if got := try(login, password); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !strings.Contains(got.text, "Try again in") {
			t.Errorf("%s is not locked: %d", login, got.status)
		}
	}
	h.pass(31 * time.Second)
	try("carl", "wrong")
	h.pass(31 * time.Second)
	if got := try("carl", password); got.status != http.StatusTooManyRequests {
		t.Errorf("the second lock is no longer: %d", got.status)
	}
	h.pass(61 * time.Second)
	if got := try("carl", password); got.status != 303 {
		t.Errorf("the lock does not end: %d", got.status)
	}
	for i := range forgivenByAddress {
		try(fmt.Sprintf("guess-%d", i), "wrong")
	}
	if got := try("dana", password); got.status != http.StatusTooManyRequests {
		t.Errorf("one address tries many: %d", got.status)
	}
}

func TestBadRequests(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	form := "application/x-www-form-urlencoded"
	for _, one := range []struct {
		method, path, kind, body string
		want                     int
	}{
		{"GET", "/nothing", "", "", 404}, {"GET", "/items/S9.999", "", "", 404}, {"GET", "/checklists/none", "", "", 404}, {"GET", "/controls/none", "", "", 404}, {"GET", "/frameworks/none", "", "", 404},
		{"GET", "/evidence/e-00000000", "", "", 404}, {"GET", "/exports/none", "", "", 404}, {"GET", "/?plan=none", "", "", 404}, {"GET", "/ledger?from=-1", "", "", 404}, {"GET", "/ledger?from=99999999999999999999", "", "", 404},
		{"GET", "/evidence/..%2f..%2fetc%2fpasswd", "", "", 404}, {"GET", "/assets/..%2fserver.go", "", "", 404}, {"GET", "/assets/%2e%2e/page/layout.html", "", "", 404}, {"GET", "/items/%00", "", "", 404},
		{"PUT", "/items/S4.039", "", "", 405}, {"DELETE", "/", "", "", 405}, {"POST", "/mywork", form, "", 405}, {"GET", "/logout", "", "", 405}, {"GET", "/items/S4.039/answer", "", "", 405},
		{"POST", "/items/S4.039/answer", form, "key=%zz", 400}, {"POST", "/items/S4.039/answer", form, "key=elsewhere", 404}, {"POST", "/items/S4.039/answer", "multipart/form-data; boundary=x", "--x\r\nbroken", 400},
		{"POST", "/items/S4.039/answer", "multipart/form-data", "x", 400}, {"POST", "/items/S4.039/answer", "application/json", "{}", 404},
		{"POST", "/items/S4.039/answer", form, "key=backups&comment=" + strings.Repeat("a", 2<<20), 413}, {"POST", "/items/S4.039/answer", form, "key=backups&comment=" + strings.Repeat("a", 100<<10) + "&revision=0&value=yes", 422},
		{"POST", "/items/S4.039/answer", form, strings.Repeat("value=yes&", 20000) + "key=backups&revision=0", 400}, {"POST", "/theme", form, "theme=pink", 400}, {"POST", "/access/confirm", form, "id=none", 404}, {"POST", "/exceptions/none/withdraw", form, "", 404},
	} {
		got := carl.ask(one.method, one.path, one.kind, one.body)
		if got.status == http.StatusMovedPermanently || got.status == http.StatusTemporaryRedirect {
			got = carl.get(got.header.Get("Location"))
		}
		if got.status != one.want || !strings.Contains(got.text, "</html>") {
			t.Errorf("%s %s: %d, want %d in our page: %s", one.method, one.path, got.status, one.want, told(got.text))
		}
		if one.want == 405 && got.header.Get("Allow") == "" {
			t.Errorf("%s %s: Allow is missing", one.method, one.path)
		}
	}
}

func TestUploads(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	after := func(got reply) string { return carl.get(got.header.Get("Location")).text }
	for name, data := range map[string][]byte{"tool.exe": []byte("MZ\x90\x00\x03\x00\x00\x00"), "photo.png": []byte("no picture at all\n"), "empty.txt": nil, "values.yaml": []byte("a: b\npassword: hJ8-kQ2zR5wLx9\n")} {
		if page := after(carl.upload("/items/S4.039/evidence", name, data, "key", "backups")); !strings.Contains(page, `class="flash wrong"`) {
			t.Errorf("%s was taken in: %s", name, told(page))
		}
	}
	if got := carl.upload("/items/S4.039/evidence", "large.txt", bytes.Repeat([]byte("line\n"), 11<<20), "key", "backups"); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("55 MiB: %d", got.status)
	}
	if len(h.state().Evidence) != 0 {
		t.Errorf("%d pieces of evidence were kept", len(h.state().Evidence))
	}
	for _, name := range []string{"../../etc/passwd.txt", `C:\temp\report.txt`, "a\"; filename=\"evil.html.txt", "käse.txt"} {
		if page := after(carl.upload("/items/S4.039/evidence", name, []byte(name+"\n"), "key", "backups")); strings.Contains(page, `class="flash wrong"`) {
			t.Errorf("%s: %s", name, told(page))
		}
	}
	for id := range h.state().Evidence {
		got := carl.get("/evidence/" + id)
		told := got.header.Get("Content-Disposition")
		kind, parameters, err := mime.ParseMediaType(told)
		if got.status != 200 || err != nil || kind != "attachment" || len(parameters) != 1 || strings.ContainsAny(parameters["filename"], "\r\n/\\\"") {
			t.Errorf("%d %q", got.status, told)
		}
	}
	for _, name := range []string{"a\r\nSet-Cookie: x=y", "a\x00b", "..", "", "\u202egpj.exe", strings.Repeat("x", 5000)} {
		if text := handout.Disposition(name); strings.ContainsAny(text, "\r\n\x00") || len(text) > 700 {
			t.Errorf("%q: %q", name, text)
		}
	}
}

func TestNextStaysHere(t *testing.T) {
	for given, want := range map[string]string{"/items/S4.001?q=a#b": "/items/S4.001?q=a", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "/%2f/evil": "/", "javascript:x": "/", "": "/", "/a\r\nb": "/", "/ok": "/ok", "///x": "/"} {
		if got := localPath(given); got != want {
			t.Errorf("%q leads to %q, want %q", given, got, want)
		}
	}
}

// TestPanics are told as a page, logged without secrets, and end nothing.
func TestPanics(t *testing.T) {
	saved := routes
	t.Cleanup(func() { routes = saved })
	routes = append([]route{{"GET", "/broken", anybody, func(*visit) error { panic("on purpose") }, 0}, {"GET", "/fault", signedIn, func(v *visit) error {
		return v.act("/", "", func(*journal.Work) error { return fmt.Errorf("write: %w", store.ErrUnreachable) })
	}, 0}}, saved...)
	h := newHouse(t)
	got := h.as("carl").get("/broken?token=secret")
	if got.status != 500 || !strings.Contains(got.text, "Something broke here") {
		t.Errorf("%d %s", got.status, got.text)
	}
	if log := h.log.String(); !strings.Contains(log, "on purpose") || strings.Contains(log, "secret") {
		t.Error(log)
	}
	if got := h.as("carl").get("/fault"); got.status != 503 {
		t.Errorf("a store that does not answer: %d", got.status)
	}
}

// TestPlans switches between reviews, each in its own session.
func TestPlans(t *testing.T) {
	h := newHouse(t)
	h.do("anna", &review.CreatePlan{ID: "other", Checklists: []string{"cloud-native-security"}, Environments: []string{"production"}, Settings: review.DefaultSettings})
	carl, dana := h.as("carl"), h.as("dana")
	if got := carl.get("/checklists?plan=other&x=1"); got.status != 303 || got.header.Get("Location") != "/checklists?x=1" {
		t.Fatal(got.status, got.header)
	}
	if page := carl.get("/checklists").text; !strings.Contains(page, "/checklists/cloud-native-security") || strings.Contains(page, "/checklists/information-security-review") {
		t.Error("the other review is not shown")
	}
	if page := dana.get("/checklists").text; !strings.Contains(page, "/checklists/information-security-review") {
		t.Error("the switch was made for somebody else")
	}
}

func TestTheme(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	if got := b.post("/theme", "theme", "dark", "back", "/login?next=%2Fmywork"); got.header.Get("Location") != "/login?next=%2Fmywork" {
		t.Error(got.header)
	}
	if page := b.get("/login").text; !strings.Contains(page, `data-theme="dark"`) {
		t.Error("it is not dark")
	}
}

package browser

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

//go:embed hostile.js
var wake string

// woken is what a page says when everything on it was woken.
type woken struct {
	Wrong []string `json:"wrong"`
	Shown []int    `json:"shown"`
}

// TestHostileText: of a store whose every text is a script, no page runs one, asks anything of elsewhere,
// or holds what is not ours.
func TestHostileText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	anna := h.poison()
	pages := anna.crawl(25)
	for _, one := range hostile() {
		pages = append(pages, "/search?q="+url.QueryEscape(one))
	}
	for _, one := range []string{"/findings?q=", "/controls?q=", "/checklists/requirements?section=", "/exceptions?item=", "/items/", "/login?next=", "/findings?namespace=", "/nothing/"} {
		pages = append(pages, one+url.QueryEscape(hostile()[3]))
	}
	seen, shown := map[int]bool{}, 0
	began := time.Now()
	for _, path := range pages {
		numbers := anna.unharmed(path)
		shown += len(numbers)
		for _, n := range numbers {
			seen[n] = true
		}
	}
	t.Logf("%d strings on %d pages, shown %d times, in %s", len(seen), len(pages), shown, time.Since(began).Round(time.Second))
	for i, one := range hostile() {
		if !seen[i] {
			t.Errorf("no page shows %q: it was not tried", one)
		}
	}
	anna.exportIsHarmless(h)
	anna.evidenceIsHarmless(h)
}

// unharmed opens a page, wakes what is on it, and fails if anything ran. It gives the strings that were shown.
func (v *visitor) unharmed(path string) []int {
	v.t.Helper()
	v.open(path)
	got := call[woken](v, wake)
	for _, one := range got.Wrong {
		v.t.Errorf("%.120s: %s", path, one)
	}
	for _, one := range v.complaints() {
		v.t.Errorf("%.120s: %s", path, one)
	}
	return got.Shown
}

// exportIsHarmless: the report that people send around runs nothing either, where no header protects it.
func (v *visitor) exportIsHarmless(h *house) {
	v.t.Helper()
	file := filepath.Join(v.t.TempDir(), "review.html")
	h.run(0, "review", "report", "-o", "html="+file)
	site := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(file))))
	defer site.Close()
	reader := openWindow(v.t, site.URL, "somebody")
	reader.open("/review.html")
	got := call[woken](reader, wake)
	if len(got.Shown) < len(hostileForms)/2 {
		v.t.Errorf("the exported report shows only %d strings", len(got.Shown))
	}
	for _, one := range reader.complaints() {
		if !strings.Contains(one, "/favicon.ico") {
			v.t.Errorf("the exported report: %s", one)
		}
	}
}

// evidenceIsHarmless: a file that somebody handed in is kept by the browser and never shown as a page of ours.
func (v *visitor) evidenceIsHarmless(h *house) {
	v.t.Helper()
	for name, text := range map[string]string{"page.html": "<!DOCTYPE html><title>x</title><script>probe(900)</script>", "picture.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="probe(901)"><script>probe(902)</script></svg>`} {
		h.write(h.folder, name, text)
		h.run(0, "review", "attach", "backups", filepath.Join(h.folder, name))
	}
	v.open("/items/S4.039")
	files := ask[[]string](v, `[...document.querySelectorAll("a[href^='/evidence/']")].map((one) => one.href)`)
	if len(files) != 2 {
		v.fail("%d files can be had, not 2", len(files))
	}
	v.downloadsInto(v.t.TempDir())
	for _, file := range files {
		_ = chromedp.Do(v.ctx, chromedp.Navigate(file), chromedp.Sleep(50*time.Millisecond)) // it leads to no page
		v.isAt("/items/S4.039")
	}
	v.untroubled()
}

// TestHostileTextWouldRun: what looks for scripts that ran finds them on a page that escapes nothing.
func TestHostileTextWouldRun(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		text := r.URL.Query().Get("text")
		if text == "" {
			return // the browser asks for an icon, or the text leads here
		}
		fmt.Fprintf(w, `<!DOCTYPE html><p title="%[1]s"><i class='%[1]s'></i><u id=%[1]s></u></p><pre><code>%[1]s</code></pre><a href="%[1]s">x</a><textarea>%[1]s</textarea>`, text)
	}))
	defer site.Close()
	v := openWindow(t, site.URL, "somebody")
	ran := 0
	for _, one := range hostile() {
		v.steps("open", chromedp.Navigate(site.URL+"/?text="+url.QueryEscape(one)))
		v.steps("wait", chromedp.Sleep(30*time.Millisecond))
		got, err := chromedp.Run(v.ctx, chromedp.Evaluate[woken]("("+withoutComment(wake)+")()"))
		if err != nil {
			got.Wrong = []string{"elsewhere: the page went away: " + err.Error()}
		}
		v.steps("wait", chromedp.Sleep(10*time.Millisecond))
		if all := strings.Join(append(v.complaints(), got.Wrong...), "\n"); strings.Contains(all, "script: ") || strings.Contains(all, "elsewhere") {
			ran++
		} else {
			t.Logf("nothing comes of %q", one)
		}
	}
	t.Logf("%d of %d strings do something on a page that escapes nothing", ran, len(hostileForms))
	if ran < 38 {
		t.Errorf("only %d of %d strings do anything on a page that escapes nothing", ran, len(hostileForms))
	}
}

// poison begins a review in which every text is hostile, and signs Anna in.
func (h *house) poison() *visitor {
	h.t.Helper()
	all := hostile()
	h.run(0, "review", "init", "--name", "Anna Berg", "--scope", all[0], "--title", all[4], "--environment", "production")
	folder := h.poisonedManifests()
	h.run(0, "review", "access", "begin", "--in", folder)
	h.serve()
	token := strings.TrimSpace(h.run(0, "serve", "token", "add", "ci", "--scope", "scan,read"))
	h.env = append(h.env, "KUBEPROOF_TOKEN="+token)
	h.run(1, "scan", folder, "--fail-on", "low", "--upload", h.url, "--upload-to", "main/production/poisoned")
	h.hand(token, h.poisonedReport())
	anna := h.newVisitor(h.t, "Anna")
	anna.setPassword(h.link, "anna")
	anna.poisonForms()
	return anna
}

// poisonForms fills in, once for each string, every form that takes a text.
func (v *visitor) poisonForms() {
	v.t.Helper()
	until := time.Now().AddDate(0, 2, 0).Format(time.DateOnly)
	today := time.Now().UTC().Format(time.DateOnly)
	v.post("/items/S4.039/answer", "key", "backups", "revision", "0", "value", "yes", "comment", strings.Join(hostile(), "\n"))
	for i, one := range hostile() {
		one = printable(one)
		v.post("/items/S4.039/comment", "key", "backups", "text", one)
		v.post("/exceptions", "control", "container-privileged", "subject", fmt.Sprintf("ns%d/Pod/%s", i, strings.ReplaceAll(one, "/", "")), "expires", until, "reason", one, "compensation", one, "owner", one)
		v.post("/people", "name", one, "role", "viewer")
		v.post("/items/S4.001/evidence", "key", "applicable-standards", "note", one, "title", one, "collected", today)
		v.post("/items/S4.001/evidence", "key", "applicable-standards", "url", "https://example.com/"+one, "title", one, "collected", today)
		v.post("/items/S4.001/evidence", "key", "applicable-standards", "url", one, "title", one, "collected", today)
	}
}

// post sends a form as the visitor does, without the browser.
func (v *visitor) post(path string, pairs ...string) {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	request, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Cookie", v.cookie())
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		v.t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode >= 500 || response.StatusCode == http.StatusForbidden {
		v.t.Fatalf("post to %s gives %s", path, response.Status)
	}
}

// hand gives a report in by the API.
func (h *house) hand(token string, report []byte) {
	h.t.Helper()
	query := url.Values{"environment": {"production"}, "label": {"report"}, "made": {time.Now().UTC().Format(time.RFC3339)}}
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url+"/api/v1/reviews/main/scans?"+query.Encode(), strings.NewReader(string(report)))
	if err != nil {
		h.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		h.t.Fatalf("handing a report in gives %s", response.Status)
	}
}

// write puts a file into a folder of the house and gives the folder.
func (h *house) write(folder, name, text string) {
	h.t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}
